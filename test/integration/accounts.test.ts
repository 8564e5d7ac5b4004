/** Accounts on running servers: two nodes on one database, with nothing between them that carries news. */
import { randomUUID } from "node:crypto";
import { createClient, type Client } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer } from "../../src/node/server.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import {
  audience,
  startIdentityProvider,
  type IdentityProvider,
} from "../setup/identityProvider.js";

const PASSWORD = "correct horse";
const JWT_SECRET = "a secret of the tests, long enough";
const SESSION = "token refreshToken user { id email name }";

let provider: IdentityProvider;
let database: TestDatabase;
let nodes: readonly RunningServer[];

beforeAll(async () => {
  provider = await startIdentityProvider();
  database = await createTestDatabase();
  const start = () =>
    startServer(
      readConfig({
        NODE_ENV: "test",
        PORT: "0",
        DATABASE_URL: database.url,
        JWT_SECRET,
        LOG_LEVEL: "silent",
        SHUTDOWN_MS: "3000",
        OIDC_ISSUER: provider.issuer,
        OIDC_AUDIENCE: audience,
        ACCOUNT_PASSWORDS_PER_HOUR_MAX: "3",
      }),
    );
  nodes = [await start(), await start()];
});

afterAll(async () => {
  for (const node of nodes) await node.close();
  await database.drop();
  await provider.close();
});

interface Answer {
  readonly status: number;
  // Answers have the shape that the document asks for.
  readonly data?: any;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

async function ask(
  node: RunningServer,
  query: string,
  variables: object = {},
  token?: string,
): Promise<Answer> {
  const response = await fetch(node.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

let people = 0;

async function signUp() {
  people += 1;
  const email = `person.${people}@example.org`;
  const document = `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { ${SESSION} } ... on RequestError { code message } } }`;
  const input = { email, name: "Person", password: PASSWORD };
  const { data } = await ask(nodes[0]!, document, { input });
  return { email, ...data.signUp };
}

async function newTemplate(token: string): Promise<string> {
  const document = `mutation { createTemplate(input: { name: "T" }) { ... on TemplateCreated { template { id } } } }`;
  const { data } = await ask(nodes[0]!, document, {}, token);
  return data.createTemplate.template.id;
}

async function newApiToken(token: string, scopes: readonly string[]): Promise<string> {
  const document = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { ... on ApiTokenCreated { token } } }`;
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const { data } = await ask(
    nodes[0]!,
    document,
    { input: { name: "CI", scopes, expiresAt } },
    token,
  );
  return data.createApiToken.token;
}

/** A WebSocket that is open, and how it will be closed. */
async function connect(node: RunningServer, token: string) {
  let closed: (event: { code: number }) => void;
  const closing = new Promise<{ code: number }>((resolve) => (closed = resolve));
  let client!: Client;
  await new Promise<void>((resolve, reject) => {
    client = createClient({
      url: node.wsUrl,
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
      onNonLazyError: reject,
      on: {
        connected: () => resolve(),
        closed: (event) => {
          closed(event as { code: number });
          reject(new Error(`closed: ${(event as { code: number }).code}`));
        },
      },
    });
  });
  return { client, closing };
}

async function over(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const results: any[] = [];
  for await (const result of client.iterate({ query, variables })) results.push(result);
  return results[0];
}

/** An event stream that has begun, and its end. */
async function follow(node: RunningServer, token: string, templateId: string) {
  const response = await fetch(node.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({
      query: `subscription { templateChanged(templateId: "${templateId}") { toVersion } }`,
    }),
  });
  return { status: response.status, text: response.text() };
}

describe("signing out", () => {
  test("AUTH-14: everywhere closes sockets and streams on all nodes, and refuses the token there", async () => {
    const { token, refreshToken } = await signUp();
    const templateId = await newTemplate(token);
    const sockets = await Promise.all(nodes.map((node) => connect(node, token)));
    const streams = await Promise.all(nodes.map((node) => follow(node, token, templateId)));
    expect(streams.map(({ status }) => status)).toEqual([200, 200]);
    const document = `mutation { signOutEverywhere { ... on SignedOut { everywhere } } }`;
    const { data } = await ask(nodes[0]!, document, {}, token);
    expect(data.signOutEverywhere).toEqual({ everywhere: true });
    for (const { closing } of sockets) expect((await closing).code).toBe(4_403);
    // Cut, not completed: the client asks again, and is told to sign in.
    for (const { text } of streams) expect(await text).not.toContain("event: complete");
    for (const node of nodes) {
      expect((await ask(node, "{ viewer { id } }", {}, token)).status).toBe(401);
      await expect(connect(node, token)).rejects.toThrow("4403");
    }
    const refresh = `mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { ... on RequestError { code } } }`;
    const refused = await ask(nodes[1]!, refresh, { refreshToken });
    expect(refused.data.refreshSession).toEqual({ code: "UNAUTHENTICATED" });
  });

  test("AUTH-12: a stolen refresh token ends the thief's socket with the owner's", async () => {
    const owner = await signUp();
    const document = `mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { __typename ... on Session { ${SESSION} } ... on RequestError { code } } }`;
    const refresh = async (node: RunningServer, refreshToken: string) =>
      (await ask(node, document, { refreshToken })).data.refreshSession;
    const thief = await refresh(nodes[1]!, owner.refreshToken);
    const again = await refresh(nodes[0]!, thief.refreshToken);
    const { closing } = await connect(nodes[1]!, again.token);
    expect((await refresh(nodes[0]!, owner.refreshToken)).code).toBe("UNAUTHENTICATED");
    expect((await closing).code).toBe(4_403);
  });

  test("AUTH-17: an account that is deleted loses its sockets on all nodes", async () => {
    const { token } = await signUp();
    const sockets = await Promise.all(nodes.map((node) => connect(node, token)));
    const document = `mutation ($password: String) { deleteAccount(input: { password: $password }) { __typename } }`;
    const { data } = await ask(nodes[0]!, document, { password: PASSWORD }, token);
    expect(data.deleteAccount.__typename).toBe("AccountDeleted");
    for (const { closing } of sockets) expect((await closing).code).toBe(4_403);
    expect((await ask(nodes[1]!, "{ viewer { id } }", {}, token)).status).toBe(401);
  });
});

describe("administering", () => {
  const disable = `mutation ($userId: ID!) { disableAccount(input: { userId: $userId }) { __typename ... on RequestError { code } } }`;

  test("ADMIN-4: an account that is disabled on one node is cut off on all, with its programs", async () => {
    const admin = await signUp();
    await nodes[0]!.services.users.setRole(admin.user.id, "ADMIN");
    const { token, refreshToken, user } = await signUp();
    const apiToken = await newApiToken(token, ["READ"]);
    const templateId = await newTemplate(token);
    const sockets = await Promise.all([
      ...nodes.map((node) => connect(node, token)),
      connect(nodes[1]!, apiToken),
    ]);
    const { text } = await follow(nodes[1]!, token, templateId);
    const { data } = await ask(nodes[0]!, disable, { userId: user.id }, admin.token);
    expect(data.disableAccount.__typename).toBe("AccountDisabled");
    for (const { closing } of sockets) expect((await closing).code).toBe(4_403);
    expect(await text).not.toContain("event: complete");
    for (const node of nodes) {
      for (const used of [token, apiToken]) {
        expect((await ask(node, "{ viewer { id } }", {}, used)).status).toBe(401);
      }
    }
    const refresh = `mutation ($refreshToken: String!) { refreshSession(input: { refreshToken: $refreshToken }) { ... on RequestError { code } } }`;
    const refused = await ask(nodes[1]!, refresh, { refreshToken });
    expect(refused.data.refreshSession).toEqual({ code: "UNAUTHENTICATED" });
  });

  test("ADMIN-4: a disabled account is not got by its provider's token", async () => {
    const admin = await signUp();
    await nodes[0]!.services.users.setRole(admin.user.id, "ADMIN");
    const viewer = "{ viewer { id } }";
    const token = await provider.token({ sub: "to-be-disabled" });
    const userId = (await ask(nodes[0]!, viewer, {}, token)).data.viewer.id;
    await ask(nodes[0]!, disable, { userId }, admin.token);
    const later = () =>
      provider.token({ sub: "to-be-disabled" }, (made) =>
        made.setIssuedAt(Math.ceil(Date.now() / 1_000) + 1),
      );
    for (const used of [token, await later()]) {
      expect((await ask(nodes[0]!, viewer, {}, used)).status).toBe(401);
    }
    const enable = `mutation ($userId: ID!) { enableAccount(input: { userId: $userId }) { __typename } }`;
    await ask(nodes[0]!, enable, { userId }, admin.token);
    const next = await provider.token({ sub: "to-be-disabled" }, (made) =>
      made.setIssuedAt(Math.ceil(Date.now() / 1_000) + 2),
    );
    await expect
      .poll(async () => (await ask(nodes[0]!, viewer, {}, next)).data?.viewer.id)
      .toBe(userId);
  });

  test("ADMIN-7: is in the audit log with who and whom, and without tokens", async () => {
    const admin = await signUp();
    await nodes[0]!.services.users.setRole(admin.user.id, "ADMIN");
    const { user, token } = await signUp();
    const reset = `mutation ($userId: ID!) { createPasswordReset(input: { userId: $userId }) { ... on PasswordResetCreated { token } } }`;
    const made = (await ask(nodes[0]!, reset, { userId: user.id }, admin.token)).data;
    await ask(nodes[0]!, disable, { userId: admin.user.id }, token);
    const use = `mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { __typename } }`;
    const input = { token: made.createPasswordReset.token, newPassword: "secret horse" };
    await ask(nodes[0]!, use, { input });
    const log = `query ($id: ID!) { auditLog(filter: { actorId: $id }) { edges { node { action actorId result code resourceIds } } } }`;
    const entriesOf = async (id: string) =>
      JSON.stringify((await ask(nodes[0]!, log, { id }, admin.token)).data);
    await expect.poll(() => entriesOf(admin.user.id)).toContain("CREATE_PASSWORD_RESET");
    await expect.poll(() => entriesOf(user.id)).toContain("RESET_PASSWORD");
    const told = (await entriesOf(admin.user.id)) + (await entriesOf(user.id));
    expect(told).toContain(`"DISABLE_ACCOUNT","actorId":"${user.id}","result":"REFUSED"`);
    expect(told).toContain(`"userId":"${user.id}"`);
    for (const secret of [input.token, input.newPassword]) expect(told).not.toContain(secret);
  });
});

describe("an API token", () => {
  const rename = (id: string) =>
    `mutation { updateTemplate(input: { templateId: "${id}", name: "Renamed" }) { __typename ... on RequestError { code } } }`;
  const manage = `mutation { signOutEverywhere { __typename ... on RequestError { code } } }`;
  const forbidden = { __typename: "RequestError", code: "FORBIDDEN" };

  test("AUTH-30: is held to its scopes over HTTP, WebSocket and event streams", async () => {
    const { token } = await signUp();
    const templateId = await newTemplate(token);
    const [node] = nodes;
    const read = await newApiToken(token, ["READ"]);
    const write = await newApiToken(token, ["WRITE"]);
    const name = `{ template(id: "${templateId}") { name } }`;

    const overHttp = async (apiToken: string, document: string) =>
      (await ask(node!, document, {}, apiToken)).data;
    expect(await overHttp(read, name)).toEqual({ template: { name: "T" } });
    expect(await overHttp(read, rename(templateId))).toEqual({ updateTemplate: forbidden });
    expect(await overHttp(write, manage)).toEqual({ signOutEverywhere: forbidden });

    const { client } = await connect(node!, read);
    expect((await over(client, name)).data).toEqual({ template: { name: "T" } });
    expect((await over(client, rename(templateId))).data).toEqual({ updateTemplate: forbidden });
    await client.dispose();

    const writer = await connect(node!, write);
    expect((await over(writer.client, manage)).data).toEqual({ signOutEverywhere: forbidden });
    const renamed = (await over(writer.client, rename(templateId))).data.updateTemplate;
    expect(renamed.__typename).toBe("TemplateUpdated");
    await writer.client.dispose();

    const response = await fetch(node!.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        authorization: `Bearer ${read}`,
      },
      body: JSON.stringify({ query: rename(templateId) }),
    });
    expect(await response.text()).toContain("FORBIDDEN");
  });

  test("AUTH-33: is held to its limit on every node, over HTTP, WebSocket and event streams", async () => {
    const { token } = await signUp();
    const [inside, outside] = [await newTemplate(token), await newTemplate(token)];
    const create = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { ... on ApiTokenCreated { token } } }`;
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const input = { name: "CI", scopes: ["WRITE"], expiresAt, templateId: inside };
    const made = (await ask(nodes[0]!, create, { input }, token)).data.createApiToken.token;
    const both = `{ inside: template(id: "${inside}") { name } outside: template(id: "${outside}") { name }
      templates { nodes { id } } }`;
    const held = { inside: { name: "T" }, outside: null, templates: { nodes: [{ id: inside }] } };
    for (const node of nodes) {
      expect((await ask(node, both, {}, made)).data).toEqual(held);
      const { client } = await connect(node, made);
      expect((await over(client, both)).data).toEqual(held);
      const renamed = (await over(client, rename(outside))).data.updateTemplate;
      expect(renamed).toEqual({ __typename: "RequestError", code: "NOT_FOUND" });
      await client.dispose();
      const { text } = await follow(node, made, outside);
      expect(await text).toContain("NOT_FOUND");
    }
  });

  test("AUTH-64: of a service account is told as such in the audit log", async () => {
    const owner = await signUp();
    await nodes[0]!.services.users.setRole(owner.user.id, "ADMIN");
    const run = async (document: string, as = owner.token) =>
      (await ask(nodes[0]!, document, {}, as)).data;
    const { createTeam } = await run(
      `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`,
    );
    const teamId = createTeam.team.id;
    const { createServiceAccount } = await run(
      `mutation { createServiceAccount(input: { teamId: "${teamId}", name: "Robot" }) { ... on ServiceAccountCreated { serviceAccount { id } } } }`,
    );
    const robot = createServiceAccount.serviceAccount.id;
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const { createApiToken } = await run(
      `mutation { createApiToken(input: { name: "CI", scopes: [WRITE], expiresAt: "${expiresAt}", serviceAccountId: "${robot}" }) { ... on ApiTokenCreated { token } } }`,
    );
    await run(
      `mutation { createTemplate(input: { name: "N", teamId: "${teamId}" }) { __typename } }`,
      createApiToken.token,
    );
    const log = `{ auditLog(filter: { actorId: "${robot}" }) { nodes { action actorKind } } }`;
    const entry = { action: "CREATE_TEMPLATE", actorKind: "SERVICE_ACCOUNT" };
    await expect.poll(async () => (await run(log)).auditLog.nodes).toEqual([entry]);
  });

  test("AUTH-31: that is revoked on one node is closed out of the other", async () => {
    const { token } = await signUp();
    const apiToken = await newApiToken(token, ["READ"]);
    const { closing } = await connect(nodes[1]!, apiToken);
    const list = `{ viewer { apiTokens { id lastUsedAt } } }`;
    const { data } = await ask(nodes[0]!, list, {}, token);
    const [{ id }] = data.viewer.apiTokens;
    const revoke = `mutation ($id: ID!) { revokeApiToken(input: { id: $id }) { __typename } }`;
    await ask(nodes[0]!, revoke, { id }, token);
    expect((await closing).code).toBe(4_403);
    expect((await ask(nodes[1]!, "{ viewer { id } }", {}, apiToken)).status).toBe(401);
  });
});

test("AUTH-41: while a provider's keys cannot be had its tokens wait, and others are taken", async () => {
  const away = await startIdentityProvider();
  away.answer(503);
  const node = await startServer(
    readConfig({
      NODE_ENV: "test",
      PORT: "0",
      DATABASE_URL: database.url,
      JWT_SECRET,
      LOG_LEVEL: "silent",
      OIDC_ISSUER: away.issuer,
      OIDC_AUDIENCE: audience,
      OIDC_JWKS_URL: away.jwksUrl,
    }),
  );
  const token = await away.token({ sub: "ada" });
  const answer = await ask(node, "{ viewer { id } }", {}, token);
  expect(answer.status).toBe(503);
  expect(answer.errors).toMatchObject([
    { extensions: { code: "UNAVAILABLE", retryAfterMs: 2_000 } },
  ]);
  await expect(connect(node, token)).rejects.toThrow("1013");
  const own = await signUp();
  const { data } = await ask(node, "{ viewer { id } }", {}, own.token);
  expect(data.viewer.id).toBe(own.user.id);
  await node.close();
  await away.close();
});

describe("a provider's token", () => {
  const viewer = "{ viewer { id name email } }";

  test("AUTH-42: makes an account at its first use, one however many requests come, and finds it again", async () => {
    const email = "oidc@example.org";
    const claims = { sub: "subject-1", name: " Oidc\u0000\nPerson ", email, email_verified: true };
    const token = await provider.token(claims);
    const answers = await Promise.all(
      [...nodes, ...nodes, ...nodes].map((node) => ask(node, viewer, {}, token)),
    );
    const [first] = answers;
    expect(first!.data.viewer).toMatchObject({ name: "Oidc Person", email });
    for (const { data } of answers) expect(data).toEqual(first!.data);
    const later = await ask(nodes[1]!, viewer, {}, await provider.token({ sub: "subject-1" }));
    expect(later.data).toEqual(first!.data);
    const { client } = await connect(nodes[0]!, token);
    expect((await over(client, viewer)).data).toEqual(first!.data);
    await client.dispose();
  });

  test("AUTH-42, AUTH-80: is never linked to an account by its address, and an account that only signs in with it keeps that", async () => {
    const { email, user, token: strangers } = await signUp();
    const templateId = await newTemplate(strangers);
    const seen = `{ viewer { id name email } template(id: "${templateId}") { id } }`;
    const claims = { sub: "subject-2", name: "Other", email, email_verified: true };
    const { data } = await ask(nodes[0]!, seen, {}, await provider.token(claims));
    expect(data).toMatchObject({ viewer: { name: "Other", email }, template: null });
    const signIn = `mutation { signIn(input: { email: "${email}", password: "${PASSWORD}" }) { ... on Session { user { id } } } }`;
    expect((await ask(nodes[1]!, signIn)).data.signIn.user.id).toBe(user.id);
  });

  test("AUTH-42: an address that is not verified is not taken over", async () => {
    const claims = { sub: "subject-3", email: "unverified@example.org" };
    const { data } = await ask(nodes[0]!, viewer, {}, await provider.token(claims));
    expect(data.viewer).toMatchObject({ name: "New person", email: null });
  });

  test("AUTH-42, ACC-40, AUTH-80: an address that is verified later is taken then, with what waits at it, also where a stranger signs in with it", async () => {
    const owner = await signUp();
    const { email } = await signUp();
    const templateId = await newTemplate(owner.token);
    const permit = `mutation { setTemplatePermission(input: { templateId: "${templateId}", email: "${email}", role: VIEW }) { __typename } }`;
    await ask(nodes[0]!, permit, {}, owner.token);
    const seen = `query ($templateId: ID!) { viewer { email } template(id: $templateId) { id } }`;
    const come = async (email_verified: boolean) => {
      const token = await provider.token({ sub: "late", email, email_verified, jti: randomUUID() });
      return (await ask(nodes[1]!, seen, { templateId }, token)).data;
    };
    expect(await come(false)).toEqual({ viewer: { email: null }, template: null });
    expect(await come(true)).toEqual({ viewer: { email }, template: { id: templateId } });
  });

  test("AUTH-40: that is not good is refused", async () => {
    const token = await provider.token({ sub: "ada" }, (made) => made.setAudience("elsewhere"));
    expect((await ask(nodes[0]!, viewer, {}, token)).status).toBe(401);
  });

  test("AUTH-19: that was issued before its person's account was erased makes none, a later one does", async () => {
    const token = await provider.token({ sub: "subject-5" });
    const { id } = (await ask(nodes[0]!, viewer, {}, token)).data.viewer;
    await ask(nodes[0]!, `mutation { deleteAccount(input: {}) { __typename } }`, {}, token);
    for (const node of nodes) {
      await expect.poll(async () => (await ask(node, viewer, {}, token)).status).toBe(401);
    }
    const later = await provider.token({ sub: "subject-5" }, (made) =>
      made.setIssuedAt(Math.ceil(Date.now() / 1_000) + 1),
    );
    const { data } = await ask(nodes[1]!, viewer, {}, later);
    expect(data.viewer.id).not.toBe(id);
  });

  test("AUTH-15: that was issued before its person signed out everywhere is refused", async () => {
    const token = await provider.token({ sub: "subject-4" });
    const { closing } = await connect(nodes[1]!, token);
    await ask(nodes[0]!, `mutation { signOutEverywhere { __typename } }`, {}, token);
    expect((await closing).code).toBe(4_403);
    expect((await ask(nodes[0]!, viewer, {}, token)).status).toBe(401);
    const later = await provider.token({ sub: "subject-4" }, (made) =>
      made.setIssuedAt(Math.ceil(Date.now() / 1_000) + 1),
    );
    expect((await ask(nodes[0]!, viewer, {}, later)).data.viewer).not.toBeNull();
  });
});

test("AUTH-20: passwords are tried so often, over HTTP too", async () => {
  const { email } = await signUp();
  const document = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ... on RequestError { code message retryAfterMs } } }`;
  const attempt = async (address: string, password: string) =>
    (await ask(nodes[0]!, document, { input: { email: address, password } })).data.signIn;
  for (let count = 0; count < 3; count += 1) {
    expect((await attempt(email, "wrong horse")).code).toBe("UNAUTHENTICATED");
    expect((await attempt("nobody@example.org", "wrong horse")).code).toBe("UNAUTHENTICATED");
  }
  for (const address of [email, "nobody@example.org"]) {
    const refusal = await attempt(address, PASSWORD);
    expect(refusal).toMatchObject({ __typename: "RequestError", code: "RATE_LIMITED" });
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
  }
});
