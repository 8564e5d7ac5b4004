/** Sign-up that is limited, on running servers and with an identity provider. */
import { WebSocket } from "ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  audience,
  startIdentityProvider,
  type IdentityProvider,
} from "../setup/identityProvider.js";
import { query, startTestServer, type TestServer } from "./runningServer.js";

const VIEWER = "{ viewer { id email } }";

let provider: IdentityProvider;
let invited: TestServer;
let closed: TestServer;

beforeAll(async () => {
  provider = await startIdentityProvider();
  const oidc = { OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: audience };
  invited = await startTestServer({
    ...oidc,
    SIGN_UP: "invited",
    SIGN_UP_DOMAINS: "example.org, Example.net",
  });
  closed = await startTestServer({ ...oidc, SIGN_UP: "closed", DEMO: "true" });
});
afterAll(async () => {
  await invited.close();
  await closed.close();
  await provider.close();
});

const claims = (sub: string, email = `${sub}@example.org`) => ({
  ...{ sub, name: sub, email, email_verified: true },
});

async function ask(server: TestServer, claimed: object, document = VIEWER, variables = {}) {
  const token = await provider.token(claimed);
  const { status, json } = await query(server, document, variables, token);
  const error = json.errors?.[0];
  return { status, data: json.data as any, code: error?.extensions?.code, message: error?.message };
}

/** An account that was there before, with a team that invites. */
async function host() {
  const id = invited.services.newId();
  const account = { id, email: `host.${id}@example.org`, name: "Host", passwordHash: null };
  const made = { ...account, avatarUrl: null, createdAt: Date.now() };
  const identity = { issuer: provider.issuer, subject: id };
  await invited.services.users.createWithIdentity(made, identity, Date.now());
  const { data } = await ask(
    invited,
    { sub: id },
    `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`,
  );
  const teamId = data.createTeam.team.id as string;
  return {
    invite: (email: string) =>
      ask(
        invited,
        { sub: id },
        `mutation ($input: InviteToTeamInput!) { inviteToTeam(input: $input) { __typename } }`,
        { input: { teamId, email, role: "MEMBER" } },
      ),
  };
}

test("AUTH-54: who comes from the provider without an invitation gets no account, and is told what to do", async () => {
  const before = await ask(invited, claims("uninvited"));
  expect(before).toMatchObject({ status: 403, code: "FORBIDDEN" });
  expect(before.message).toContain("invitation");
  expect(await invited.services.users.findBySignInName("uninvited@example.org")).toBeUndefined();
});

test("AUTH-54: who is invited at the address that the provider verified gets one, and goes on", async () => {
  const { invite } = await host();
  await invite("guest@example.org");
  const unverified = { ...claims("guest"), email_verified: false };
  expect((await ask(invited, unverified)).status).toBe(403);
  expect((await ask(invited, claims("other", "guest2@example.org"))).status).toBe(403);
  const come = await ask(invited, claims("guest"));
  expect(come.data.viewer.email).toBe("guest@example.org");
  const accepted = await ask(
    invited,
    { sub: "guest" },
    `{ viewer { invitations { nodes { id } } } }`,
  );
  expect(accepted.data.viewer.invitations.nodes).toHaveLength(1);
  expect((await ask(invited, { sub: "guest" })).data.viewer).toEqual(come.data.viewer);
});

test("AUTH-54: an address of another domain is not let in, invited or not", async () => {
  const { invite } = await host();
  await invite("guest@example.com");
  const refused = await ask(invited, claims("foreign", "guest@example.com"));
  expect(refused).toMatchObject({ status: 403, code: "FORBIDDEN" });
  await invite("guest@example.net");
  expect((await ask(invited, claims("net", "guest@example.net"))).status).toBe(200);
});

test("AUTH-54: where sign-up is closed nobody comes in, over WebSockets neither", async () => {
  const refused = await ask(closed, claims("newcomer"));
  expect(refused).toMatchObject({ status: 403, code: "FORBIDDEN" });
  const token = await provider.token(claims("newcomer"));
  const socket = new WebSocket(closed.wsUrl, "graphql-transport-ws");
  const end = await new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("open", () => {
      const payload = { authorization: `Bearer ${token}` };
      socket.send(JSON.stringify({ type: "connection_init", payload }));
    });
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  expect(end).toEqual({ code: 4_403, reason: refused.message });
});

test("AUTH-50: the demo is made also where sign-up is closed", async () => {
  expect(closed.demo?.email).toBe("demo@strata.local");
  const made = await closed.services.users.findBySignInName("demo@strata.local");
  expect(made).toMatchObject({ name: "Demo" });
});
