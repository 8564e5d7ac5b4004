/** The pages that links for people lead to, over HTTP: what they are served with, and what their script sends. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountDocuments } from "../../src/http/accountPages/accountDocuments.js";
import { query, send, startTestServer, type TestServer } from "../integration/runningServer.js";

const get = (server: TestServer, path: string) => send(server, { method: "GET", path });

const CREATE_ACCOUNT = `mutation ($email: String!) {
  createAccount(input: { email: $email, name: "Ada" }) { ... on AccountCreated { token link } }
}`;

describe("a server in production that requires persisted documents", () => {
  let server: TestServer;
  let folder: string;
  let administrator: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "strata-account-pages-"));
    const sha256 = createHash("sha256").update(CREATE_ACCOUNT).digest("hex");
    const file = join(folder, "documents.json");
    writeFileSync(file, JSON.stringify({ [sha256]: CREATE_ACCOUNT }));
    server = await startTestServer({
      NODE_ENV: "production",
      PERSISTED_DOCUMENTS: "require",
      PERSISTED_DOCUMENTS_FILE: file,
      PUBLIC_URL: "https://strata.example.com",
    });
    const id = server.services.newId();
    const rest = { passwordHash: "none", avatarUrl: null, createdAt: server.services.clock.now() };
    await server.services.users.create({ id, email: "root@example.com", name: "Root", ...rest });
    await server.services.users.setRole(id, "ADMIN");
    administrator = (await server.services.tokens.issue(id)).token;
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.for(["/reset-password", "/invitation"])(
    "AUTH-29 AUTH-55 serves %s, whose policy allows scripts of the server alone",
    async (path) => {
      const { status, headers, text } = await get(server, path);
      expect(status).toBe(200);
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(headers["cache-control"]).toBe("no-store");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      const policy = String(headers["content-security-policy"]);
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(policy).not.toContain("unsafe");
      expect(text).not.toMatch(/<script>|<style>|style="|\son\w+="/);
      for (const [, file = ""] of text.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
        const loaded = await get(server, file);
        expect([file, loaded.status]).toEqual([file, 200]);
        expect(loaded.headers["x-content-type-options"]).toBe("nosniff");
      }
      expect((await get(server, `${path}/x`)).status).toBe(404);
      expect((await send(server, { method: "POST", path })).status).toBe(404);
    },
  );

  test("AUTH-29 runs what the page sends, and answers a link that begins with PUBLIC_URL", async () => {
    const persisted = (text: string, variables: object, token?: string) =>
      send(server, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          documentId: createHash("sha256").update(text).digest("hex"),
          query: text,
          variables,
        }),
      });
    const email = "ada@example.com";
    const { json } = await persisted(CREATE_ACCOUNT, { email }, administrator);
    const { token, link } = json.data!["createAccount"] as { token: string; link: string };
    expect(link).toBe(`https://strata.example.com/reset-password#${token}`);
    const input = { token, newPassword: "correct horse battery" };
    const reset = await persisted(accountDocuments.resetPassword.text, { input });
    expect(reset.json.data?.["answer"]).toMatchObject({ token: expect.any(String) });
    const { refreshToken } = reset.json.data!["answer"] as { refreshToken: string };
    const ended = await persisted(accountDocuments.signOut.text, { input: { refreshToken } });
    expect(ended.text).toContain("SignedOut");
    const again = await persisted(accountDocuments.resetPassword.text, { input });
    expect(again.text).toContain("token is not valid");
    const own = await query(server, "{ viewer { id } }");
    expect(own.text).toContain("PERSISTED_DOCUMENT_REQUIRED");
  });
});
