/** The pages that links for people lead to, on a node in production without GraphiQL, in a real browser. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer } from "../../src/node/server.js";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { launchBrowser } from "./browser.js";

const PASSWORD = "correct horse battery";
let dataDir: string;
let origin: string;
let server: RunningServer;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-e2e-"));
  const port = await findFreePort(18_600);
  server = await startServer(
    readConfig({
      ...{ NODE_ENV: "production", PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: "error" },
      JWT_SECRET: "a secret of the tests, long enough",
    }),
  );
  origin = `http://localhost:${port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  const context = await browser.newContext();
  page = await context.newPage();
  faults = [];
  // A script or style that the policy blocks is an error on the console.
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(error.message));
});
afterEach(async () => {
  await page.context().close();
  expect(faults).toEqual([]);
});

async function ask(query: string, variables: object, token?: string): Promise<any> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...authorization },
    body: JSON.stringify({ query, variables }),
  });
  return ((await answer.json()) as { data: unknown }).data;
}

/** A new account with its token; an administrator's where it says so. */
async function account(email: string, { isAdministrator = false } = {}): Promise<string> {
  const signUp = `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token user { id } } } }`;
  const input = { email, name: "Somebody", password: PASSWORD };
  const { token, user } = (await ask(signUp, { input })).signUp;
  if (isAdministrator) await server.services.users.setRole(user.id, "ADMIN");
  return token;
}

async function canSignIn(email: string, password: string): Promise<boolean> {
  const signIn = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }`;
  const answer = await ask(signIn, { input: { email, password } });
  return answer.signIn.__typename === "Session";
}

const said = (role: "status" | "alert") =>
  expect.poll(() => page.locator(`[role=${role}]`).innerText());
const signInsOf = (email: string) =>
  server.services.users.findBySignInName(email).then(async (user) => {
    const known = await server.services.accounts.credentials.standings([user!.id], Date.now());
    return known.get(user!.id)?.listed.size;
  });

describe("/reset-password", () => {
  const email = "ada@example.com";
  let link: string;
  beforeAll(async () => {
    const root = await account("root@example.com", { isAdministrator: true });
    await account(email);
    const user = await server.services.users.findBySignInName(email);
    const create = `mutation ($id: ID!) { createPasswordReset(input: { userId: $id }) { ... on PasswordResetCreated { link } } }`;
    link = (await ask(create, { id: user!.id }, root)).createPasswordReset.link;
  });

  test("AUTH-29 refuses two passwords that differ, and one that is too short, and goes on", async () => {
    await page.goto(`${origin}${link}`);
    await page.fill("[name=password]", "one password");
    await page.fill("[name=repeated]", "another one");
    await page.click("button");
    await said("alert").toBe("The two passwords differ.");
    for (const name of ["password", "repeated"]) await page.fill(`[name=${name}]`, "short");
    await page.click("button");
    await said("alert").toMatch(/^The password must have 8 to \d+ characters\.$/);
    await expect.poll(() => page.locator("button").isEnabled()).toBe(true);
  });

  test("AUTH-29 sets a new password once, and leaves token and session nowhere", async () => {
    await page.goto(`${origin}${link}`);
    await page.waitForSelector("form:not([hidden])");
    expect(page.url()).toBe(`${origin}/reset-password`);
    for (const name of ["password", "repeated"])
      await page.fill(`[name=${name}]`, "a new password");
    await page.keyboard.press("Enter");
    await said("status").toContain("Your new password is set");
    expect(await page.locator("form").isVisible()).toBe(false);
    expect(await page.evaluate("localStorage.length + sessionStorage.length")).toBe(0);
    expect(await page.context().cookies()).toEqual([]);
    await expect.poll(() => signInsOf(email)).toBe(0);
    expect(await canSignIn(email, PASSWORD)).toBe(false);
    expect(await canSignIn(email, "a new password")).toBe(true);
  });

  test("AUTH-29 says that a used link is not valid, and that one without a token is incomplete", async () => {
    await page.goto(`${origin}${link}`);
    for (const name of ["password", "repeated"])
      await page.fill(`[name=${name}]`, "a third password");
    await page.click("button");
    await said("alert").toContain("The link is not valid");
    await page.goto("about:blank");
    await page.goto(`${origin}/reset-password`);
    await said("alert").toContain("This link is incomplete");
    expect(await page.locator("form").isVisible()).toBe(false);
  });
});

describe("/invitation", () => {
  let teamId: string;
  let host: string;
  beforeAll(async () => {
    host = await account("host@example.com");
    const create = `mutation { createTeam(input: { name: "Design" }) { ... on TeamCreated { team { id } } } }`;
    teamId = (await ask(create, {}, host)).createTeam.team.id;
  });

  async function invite(email: string): Promise<string> {
    const document = `mutation ($input: InviteToTeamInput!) { inviteToTeam(input: $input) { ... on TeamInvited { link } } }`;
    const input = { teamId, email, role: "MEMBER" };
    return (await ask(document, { input }, host)).inviteToTeam.link;
  }

  async function members(): Promise<string> {
    const document = `query ($id: ID!) { team(id: $id) { members(first: 50) { nodes { user { name } } } } }`;
    return JSON.stringify(await ask(document, { id: teamId }, host));
  }

  test("AUTH-55 lets who has no account make one and accept", async () => {
    await page.goto(`${origin}${await invite("new@example.com")}`);
    await page.fill("[name=email]", "new@example.com");
    await page.fill("[name=password]", PASSWORD);
    await page.fill("[name=name]", "Newcomer");
    await page.click("button[value=signUp]");
    await said("status").toContain("The invitation is accepted");
    expect(await members()).toContain("Newcomer");
    expect(await canSignIn("new@example.com", PASSWORD)).toBe(true);
  });

  test("AUTH-55 lets who has an account sign in and accept, and says what is wrong before", async () => {
    await account("bob@example.com");
    const before = await signInsOf("bob@example.com");
    await page.goto(`${origin}${await invite("bob@example.com")}`);
    await page.fill("[name=email]", "bob@example.com");
    await page.fill("[name=password]", "not the password");
    await page.click("button[value=signIn]");
    await said("alert").toMatch(/\w/);
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[value=signIn]");
    await said("status").toContain("The invitation is accepted");
    await expect.poll(() => signInsOf("bob@example.com")).toBe(before);
    expect((await members()).match(/Somebody/g)).toHaveLength(2);
  });

  test("AUTH-55 accepts a permission that was granted to an e-mail address", async () => {
    const create = `mutation { createTemplate(input: { name: "Poster" }) { ... on TemplateCreated { template { id } } } }`;
    const templateId = (await ask(create, {}, host)).createTemplate.template.id;
    const grant = `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { ... on TemplatePermissionSet { link } } }`;
    const input = { templateId, email: "eve@example.com", role: "VIEW" };
    const { link } = (await ask(grant, { input }, host)).setTemplatePermission;
    const eve = await account("eve@example.com");
    await page.goto(`${origin}${link}`);
    await page.fill("[name=email]", "eve@example.com");
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[value=signIn]");
    await said("status").toContain("The invitation is accepted");
    const read = `query ($id: ID!) { template(id: $id) { name } }`;
    expect(await ask(read, { id: templateId }, eve)).toEqual({ template: { name: "Poster" } });
  });
});
