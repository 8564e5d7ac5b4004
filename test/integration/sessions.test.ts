/** Sessions as clients of two nodes see them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

const joinDocument = `mutation ($input: JoinTemplateInput!) {
  joinTemplate(input: $input) { ... on TemplateJoined { resumed session { id token color } } }
}`;

interface Joined {
  readonly resumed: boolean;
  readonly session: { readonly id: string; readonly token: string; readonly color: string };
}

async function join(server: TestServer, token: string, input: object): Promise<Joined> {
  const { json } = await query(
    server,
    joinDocument,
    { input: { clientId: "tab", ...input } },
    token,
  );
  return json.data?.["joinTemplate"] as Joined;
}

describe("sessions of two nodes", () => {
  let first: TestServer;
  let second: TestServer;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = {
      DATABASE_URL: database.url,
      REDIS_URL: redisUrl(),
      SESSION_GRACE_MS: "5000",
      SESSION_RENEW_MS: "100",
    };
    first = await startTestServer(shared);
    second = await startTestServer(shared);
  });
  afterAll(async () => {
    await second.close();
    await database.drop();
  });

  test("SESS-3 SESS-7 SESS-12: a session outlasts its node, and ends without its client", async () => {
    const { token, templateId } = await newAuthor(first);
    const { session } = await join(first, token, { templateId });
    await first.close();
    const again = await join(second, token, { templateId, sessionToken: session.token });
    expect(again).toEqual({ resumed: true, session });
    await expect.poll(() => second.services.sessions.list(templateId)).toEqual([]);
    const late = await join(second, token, { templateId, sessionToken: session.token });
    expect(late.resumed).toBe(false);
    expect(late.session.id).not.toBe(session.id);
  });
});
