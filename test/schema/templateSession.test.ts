import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missedOperations } from "../../src/commands/history/missedOperations.js";
import { defaultSessionSettings } from "../../src/sessions/sessionSettings.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;
let pageId: string;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  templateId = await ada.createTemplate({ name: "Poster", isPublic: true });
  pageId = await ada.firstPage(templateId);
});
afterAll(() => api.stop());

const session = "session { id token color clientId user { id name } joinedAt expiresAt }";
const joinDocument = (selection: string) => `mutation ($input: JoinTemplateInput!) {
  joinTemplate(input: $input) { __typename
    ... on TemplateJoined { ${selection} }
    ... on RequestError { code path retryAfterMs } } }`;

interface Input {
  readonly templateId?: string;
  readonly clientId?: string;
  readonly lastKnownVersion?: number;
  readonly sessionToken?: string;
}

async function join(
  client: Client,
  input: Input = {},
  selection = `resumed ${session} template { version } missedOperations { id resultingVersion }`,
) {
  const data = await client.data(joinDocument(selection), {
    input: { templateId, clientId: "tab", ...input },
  });
  return data.joinTemplate;
}

const leave = async (client: Client, sessionToken: string) => {
  const { leaveTemplate } = await client.data(
    `mutation ($token: String!) { leaveTemplate(input: { sessionToken: $token }) { __typename
      ... on TemplateLeft { ended } ... on RequestError { code } } }`,
    { token: sessionToken },
  );
  return leaveTemplate;
};

const addMany = async (count: number) => {
  for (let one = 0; one < count; one += 1) {
    await ada.addElement(templateId, pageId, `e${one}`);
  }
};

describe("joining", () => {
  test("SESS-1: opens a session, with what an editor needs to begin", async () => {
    await addMany(2);
    const joined = await join(
      ada,
      {},
      `resumed ${session} template { version versionHash designData } missedOperations { id }`,
    );
    expect(joined).toMatchObject({
      __typename: "TemplateJoined",
      resumed: false,
      session: { clientId: "tab", user: { id: ada.id, name: "Ada" } },
      template: { version: 3 },
      missedOperations: null,
    });
    expect(joined.template.designData.pages[0].elements).toHaveLength(2);
    expect(joined.session.token).toMatch(/^[\w-]{43}$/);
    expect(joined.session.color).toMatch(/^#[0-9a-f]{6}$/);
    expect(Date.parse(joined.session.expiresAt)).toBeGreaterThan(
      Date.parse(joined.session.joinedAt),
    );
  });

  test("SESS-2: gives people and clients different colours", async () => {
    const joined = [
      await join(ada),
      await join(ada, { clientId: "other tab" }),
      await join(bob),
      await join(bob, { clientId: "other tab" }),
    ];
    expect(new Set(joined.map(({ session: { color } }) => color)).size).toBe(joined.length);
  });

  test("SESS-3: goes on under the same id and colour with the token", async () => {
    const first = await join(ada);
    const { token, id, color } = first.session;
    const again = await join(ada, { sessionToken: token });
    expect(again).toMatchObject({ resumed: true, session: { token, id, color } });
  });

  test("SESS-4: answers a token of somebody else as one that never was", async () => {
    const { token, id } = (await join(ada)).session;
    const never = token.split("").toReversed().join("");
    const left = (await join(ada)).session.token;
    await leave(ada, left);
    for (const sessionToken of [token, never, left, "", "\0", "x".repeat(100_000)]) {
      const joined = await join(bob, { sessionToken });
      expect(joined).toMatchObject({ __typename: "TemplateJoined", resumed: false });
      expect(joined.session.id).not.toBe(id);
      expect(joined.session.token).not.toBe(sessionToken);
    }
    expect((await join(ada, { sessionToken: token })).session.id).toBe(id);
  });

  test("SESS-4: keeps a session to its template and client", async () => {
    const { token } = (await join(ada)).session;
    const elsewhere = await ada.createTemplate({ name: "Card" });
    expect((await join(ada, { sessionToken: token, templateId: elsewhere })).resumed).toBe(false);
    expect((await join(ada, { sessionToken: token, clientId: "new tab" })).resumed).toBe(false);
    expect((await join(ada, { sessionToken: token })).resumed).toBe(true);
  });

  test("SESS-10: is for those who see the template", async () => {
    const refusal = async (client: Client, input: Input = {}) => (await join(client, input)).code;
    const hidden = await ada.createTemplate({ name: "Hidden" });
    expect(await refusal(api.anonymous)).toBe("UNAUTHENTICATED");
    expect(await refusal(bob, { templateId: hidden })).toBe("NOT_FOUND");
    expect(await refusal(bob, { templateId: "no id" })).toBe("NOT_FOUND");
    const { token } = (await join(bob)).session;
    await ada.deleteTemplate(templateId);
    for (const client of [ada, bob]) {
      expect(await refusal(client, { sessionToken: token })).toBe("NOT_FOUND");
    }
  });

  test("SESS-10: a session ends with the sight of its template", async () => {
    const [mine, theirs] = [await join(ada), await join(bob)];
    await ada.data(`mutation { updateTemplate(input: { templateId: "${templateId}", isPublic: false }) {
      ... on TemplateUpdated { template { id } } } }`);
    await expect
      .poll(async () => (await api.services.sessions.list(templateId)).map(({ id }) => id))
      .toEqual([mine.session.id]);
    expect(await leave(bob, theirs.session.token)).toMatchObject({ ended: false });
  });

  test("SESS-15: tells what was missed, in order, and does not read the document for it", async () => {
    await addMany(5);
    const statements = await api.statements(async () => {
      const joined = await join(ada, { lastKnownVersion: 3 });
      expect(joined.template.version).toBe(6);
      expect(joined.missedOperations).toEqual([
        { id: "add e2", resultingVersion: 4 },
        { id: "add e3", resultingVersion: 5 },
        { id: "add e4", resultingVersion: 6 },
      ]);
    });
    expect(statements.filter((sql) => /design_data|"?payload"?/.test(sql))).toEqual([]);
    const none = await join(ada, { lastKnownVersion: 6 });
    expect(none.missedOperations).toEqual([]);
    const payloads = await join(ada, { lastKnownVersion: 5 }, "missedOperations { payload }");
    expect(payloads.missedOperations).toEqual([{ payload: { type: "rect", x: 1, y: 2 } }]);
  });

  test("SESS-15: document, version and what was missed are of one moment", async () => {
    await addMany(3);
    const joins = Array.from({ length: 8 }, () =>
      join(
        ada,
        { lastKnownVersion: 1 },
        "template { version designData } missedOperations { resultingVersion }",
      ),
    );
    const writes = Array.from({ length: 8 }, (_, one) =>
      ada.addElement(templateId, pageId, `meanwhile${one}`),
    );
    const answers = await Promise.all(joins);
    await Promise.all(writes);
    for (const { template, missedOperations } of answers) {
      expect(missedOperations).toHaveLength(template.version - 1);
      expect(template.designData.pages[0].elements).toHaveLength(template.version - 1);
    }
  });

  test("SESS-15: leaves it to the document where the log does not lead on or too much was missed", async () => {
    await addMany(3);
    expect((await join(ada, { lastKnownVersion: 5 })).missedOperations).toBeNull();
    const { services } = api;
    const head = await services.head(templateId);
    const limits = { ...services.limits, missedOperationsMax: 2 };
    const missed = (after: number, logStartVersion = 1) =>
      missedOperations(
        { templates: services.templates, limits },
        { ...head!, logStartVersion },
        after,
        { payload: false },
        ada.context.work,
      );
    expect(await missed(1)).toBeNull();
    expect(await missed(2)).toHaveLength(2);
    expect(await missed(2, 3)).toBeNull();
    const [one, two] = await Promise.all([missed(2), missed(2)]);
    expect(one).toBe(two);
  });

  test("SESS-15: shows what is locked", async () => {
    const { token, id } = (await join(ada)).session;
    await ada.data(`mutation { acquireLock(input: {
      templateId: "${templateId}", sessionToken: "${token}", target: { pageId: "${pageId}" }
    }) { __typename } }`);
    const locks = "locks { sessionId target { pageId } }";
    const joined = await join(bob, {}, `${locks} template { ${locks} }`);
    expect(joined.locks).toEqual([{ sessionId: id, target: { pageId } }]);
    expect(joined.template.locks).toEqual(joined.locks);
    await leave(ada, token);
    expect((await join(bob, {}, locks)).locks).toEqual([]);
  });

  test("SESS-11: is refused beyond the bound, with a time to come again", async () => {
    const { sessionsPerUserAndTemplateMax, sessionGraceMs } = defaultSessionSettings;
    for (let one = 0; one < sessionsPerUserAndTemplateMax; one += 1) await join(ada);
    expect(await join(ada)).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: sessionGraceMs });
    expect((await join(bob)).__typename).toBe("TemplateJoined");
  });

  test("SESS-16: is refused by the field that is wrong", async () => {
    for (const [input, field] of [
      [{ clientId: "" }, "clientId"],
      [{ clientId: "x".repeat(129) }, "clientId"],
      [{ clientId: "\u0007" }, "clientId"],
      [{ lastKnownVersion: 0 }, "lastKnownVersion"],
      [{ lastKnownVersion: -1 }, "lastKnownVersion"],
    ] as const) {
      expect(await join(ada, input)).toMatchObject({ code: "INVALID_INPUT", path: [field] });
    }
    expect(await api.services.sessions.list(templateId)).toEqual([]);
  });
});

describe("leaving", () => {
  test("SESS-9: ends the session at once, and again changes nothing", async () => {
    const { token } = (await join(ada)).session;
    expect(await leave(bob, token)).toEqual({ __typename: "TemplateLeft", ended: false });
    expect(await leave(ada, token)).toEqual({ __typename: "TemplateLeft", ended: true });
    expect(await leave(ada, token)).toEqual({ __typename: "TemplateLeft", ended: false });
    expect((await join(ada, { sessionToken: token })).resumed).toBe(false);
    expect((await leave(api.anonymous, token)).code).toBe("UNAUTHENTICATED");
  });
});
