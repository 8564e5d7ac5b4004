/** Nodes whose wall clocks are wrong or are set ahead and back while they run; the database's clock is right. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/platform/clock.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

const HOUR_MS = 3_600_000;
const WAIT = { timeout: 15_000, interval: 50 };
const SIGN_UP = `mutation ($input: SignUpInput!) {
  signUp(input: $input) { __typename ... on Session { token expiresAt refreshToken user { id } } }
}`;
const REFRESH = `mutation ($refreshToken: String!) {
  refreshSession(input: { refreshToken: $refreshToken }) { __typename ... on Session { token } }
}`;
const MAKE_TOKEN = `mutation ($input: CreateApiTokenInput!) {
  createApiToken(input: $input) { ... on ApiTokenCreated { token apiToken { id } } }
}`;

let jumpedMs = 0;
let wrong: TestServer;
let right: TestServer;
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  // Without Redis no node hears what another one ends: each goes by what it reads.
  const shared = { DATABASE_URL: database.url, TOKEN_LIFETIME_SECONDS: "2" };
  const clock = { ...systemClock, now: () => Date.now() + jumpedMs };
  wrong = await startTestServer(shared, { clock });
  right = await startTestServer(shared);
});
afterAll(async () => {
  await Promise.all([wrong.close(), right.close()]);
  await database.drop();
});

async function ask(
  server: TestServer,
  document: string,
  variables: object,
  token?: string,
): Promise<Record<string, any>> {
  const { json, text } = await query(server, document, variables, token);
  const [answer] = Object.values(json.data ?? {});
  if (answer === undefined || answer === null) throw new Error(text);
  return answer as Record<string, any>;
}

async function newPerson(server: TestServer) {
  const input = { email: `${randomUUID()}@example.com`, password: "a long password", name: "Ada" };
  return ask(server, SIGN_UP, { input });
}

async function codeWith(server: TestServer, token: string): Promise<string | undefined> {
  const { json } = await query(server, "{ viewer { id } }", {}, token);
  return json.errors?.[0]?.extensions?.code;
}

async function newApiToken() {
  const { token } = await newAuthor(right);
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  const input = { name: "CI", scopes: ["READ", "WRITE"], expiresAt };
  const made = await ask(right, MAKE_TOKEN, { input }, token);
  return { token, apiToken: made["token"] as string, id: made["apiToken"].id as string };
}

test.for([-HOUR_MS, HOUR_MS])(
  "TIME-1 what is revoked elsewhere ends on a node whose clock is set by %d ms",
  async (byMs) => {
    const { token, apiToken, id } = await newApiToken();
    expect(await codeWith(wrong, apiToken)).toBeUndefined();
    jumpedMs += byMs;
    const revoke = `mutation ($id: ID!) { revokeApiToken(input: { id: $id }) { __typename } }`;
    await ask(right, revoke, { id }, token);
    await expect.poll(() => codeWith(wrong, apiToken), WAIT).toBe("UNAUTHENTICATED");
  },
);

test("TIME-1 an access token and a sign-in run out on a node whose clock is set back", async () => {
  const { token, refreshToken } = await newPerson(wrong);
  expect(await codeWith(wrong, token)).toBeUndefined();
  jumpedMs -= HOUR_MS;
  await expect.poll(() => codeWith(wrong, token), WAIT).toBe("UNAUTHENTICATED");
  expect(await ask(wrong, REFRESH, { refreshToken })).toMatchObject({ __typename: "Session" });
});

test("TIME-1 what a share link gave is over with it on a node whose clock is set back", async () => {
  const { token, templateId } = await newAuthor(right);
  const guest = (await newApiToken()).apiToken;
  const create = `mutation ($input: CreateShareLinkInput!) {
    createShareLink(input: $input) { __typename ... on ShareLinkCreated { token } ... on RequestError { message } }
  }`;
  const expiresAt = new Date(Date.now() + 3_000).toISOString();
  const link = { templateId, role: "VIEW", expiresAt };
  const made = await ask(right, create, { input: link }, token);
  const open = `mutation ($token: String!) { acceptShareLink(input: { token: $token }) { __typename } }`;
  await ask(right, open, { token: made["token"] }, guest);
  const look = async () => {
    const document = "query ($id: ID!) { template(id: $id) { id } }";
    return (await query(wrong, document, { id: templateId }, guest)).json.data?.["template"];
  };
  expect(await look()).toMatchObject({ id: templateId });
  jumpedMs -= HOUR_MS;
  await expect.poll(look, WAIT).toBeNull();
});

test("TIME-2 a node whose clock is wrong issues what is right elsewhere", async () => {
  jumpedMs = 30 * 24 * HOUR_MS;
  const clock = { ...systemClock, now: () => Date.now() + jumpedMs };
  const started = await startTestServer({ DATABASE_URL: database.url }, { clock });
  try {
    const { token, expiresAt } = await newPerson(started);
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(2 * HOUR_MS);
    expect(await codeWith(right, token)).toBeUndefined();
    jumpedMs = -jumpedMs;
    expect(await codeWith(started, token)).toBeUndefined();
  } finally {
    await started.close();
  }
});
