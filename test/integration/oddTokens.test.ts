/** Tokens that a provider signed, with claims of every type: each is taken or refused as a token, never an error of ours. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  audience,
  startIdentityProvider,
  type IdentityProvider,
} from "../setup/identityProvider.js";
import { query, startTestServer, type TestServer } from "./runningServer.js";

const odd: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 1e15, -1e300, 1e300, {}, [], [[]], { a: { b: [] } }, "1700000000"],
  ...["", " ", "\u0000", "a\u0000b", "\ud800", "__proto__", "x".repeat(256), "💥", "ada\n"],
];
const claims = ["sub", "iat", "exp", "nbf", "name", "preferred_username", "email", "jti", "sid"];

let provider: IdentityProvider;
let server: TestServer;

beforeAll(async () => {
  provider = await startIdentityProvider();
  server = await startTestServer({ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: audience });
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

function times() {
  const now = Math.floor(Date.now() / 1_000);
  return { iat: now, exp: now + 60 };
}

async function codeWith(token: string): Promise<readonly [status: number, code: unknown]> {
  const { status, json } = await query(server, "{ viewer { id name email } }", {}, token);
  return [status, json.errors?.[0]?.extensions?.code];
}

test.for(claims)("AUTH-43 an odd %s is as none or refuses the token", async (name) => {
  const good = { ...times(), sub: `who has an odd ${name}`, email_verified: true };
  expect(await codeWith(await provider.signed(good))).toEqual([200, undefined]);
  for (const value of odd) {
    const [status, code] = await codeWith(await provider.signed({ ...good, [name]: value }));
    const what = `${name}: ${JSON.stringify(value).slice(0, 40)}`;
    expect([200, 401], what).toContain(status);
    expect(code, what).toBe(status === 401 ? "UNAUTHENTICATED" : undefined);
  }
});

test("AUTH-43 a token without a subject, an issue or an end is as none", async () => {
  for (const name of ["sub", "iat", "exp"]) {
    const { [name]: _left, ...rest } = { ...times(), sub: "ada" } as Record<string, unknown>;
    expect(await codeWith(await provider.signed(rest))).toEqual([401, "UNAUTHENTICATED"]);
  }
});
