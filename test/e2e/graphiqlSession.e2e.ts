/** GraphiQL over a restart, over a token that ends, and for who signs in without the demo, in a real browser. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer } from "../../src/node/server.js";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { audience, startIdentityProvider } from "../setup/identityProvider.js";
import { launchBrowser } from "./browser.js";
import { answerOf, choose, run } from "./graphiqlPage.js";

const PASSWORD = "correct horse battery";
let dataDir: string;
let port: number;
let browser: Browser;
let server: RunningServer;
let page: Page;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-e2e-"));
  port = await findFreePort(18_500);
  browser = await launchBrowser();
});
afterEach(async () => {
  await page?.context().close();
  await server?.close();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}): Promise<void> {
  const settings = { PORT: String(port), DATA_DIR: dataDir, LOG_LEVEL: "error" };
  server = await startServer(readConfig({ ...settings, ...environment }));
}

async function open(width = 1_400): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  page = await context.newPage();
  await page.goto(`http://localhost:${port}/graphiql`);
  await page.waitForSelector(".graphiql-tab-button");
}

async function signUp(email: string): Promise<void> {
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", PASSWORD);
  await page.click("button[value=signUp]");
  await page.waitForSelector("#strata-who:not([hidden])");
  await expect.poll(() => page.locator("#strata-who").innerText()).toContain("Signed in as ada");
  await page.waitForSelector(".graphiql-tab-button");
}

/** Ends all tokens of the account that were issued until now, and waits for the next second, in which others are. */
async function signOutEverywhere(token: string): Promise<void> {
  const query = "mutation { signOutEverywhere { __typename ... on UserError { message } } }";
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query });
  const answer = await fetch(server.url, { method: "POST", headers, body });
  expect(await answer.text()).toContain("SignedOut");
  await page.waitForTimeout(2_000);
}

describe("GraphiQL", () => {
  test("RUN-9 follows on over a restart of the server", async () => {
    await start();
    await open();
    await run(page, "Changes", /"fromVersion": 1,/);
    await server.close();
    await expect.poll(() => answerOf(page)).toContain("trying again");
    await start();
    await expect.poll(() => answerOf(page), { timeout: 30_000 }).toContain('"fromVersion": 1,');
    const second = await page.context().newPage();
    await second.goto(`http://localhost:${port}/graphiql`);
    await second.waitForSelector(".graphiql-tab-button");
    await run(second, "Draw", /"OperationsApplied"/);
    await page.bringToFront();
    await expect.poll(() => answerOf(page)).toMatch(/"ADD_ELEMENT"/);
    expect(await answerOf(page)).not.toContain("isTrusted");
  });

  test("RUN-9 signs in to the demo again when the token is over", async () => {
    await start();
    await open();
    await run(page, "Read", /"name": "Demo"/);
    await server.close();
    await start({ JWT_SECRET: "another secret, which makes tokens of before worthless" });
    await run(page, "Read", /"name": "Demo"/);
    await run(page, "Changes", /"fromVersion": 1,/);
  });

  test("RUN-9 walks who signs in through the whole tour, without a pasted id", async () => {
    await start({ DEMO: "false", TOKEN_LIFETIME_SECONDS: "5" });
    await open();
    await run(page, "Read", /Sign in at the top/);
    await signUp("ada@example.com");
    for (const [name, expected] of [
      ["Read", /"name": "ada"[\s\S]*Welcome to Strata/],
      ["Resolve", /"ConflictResolved"/],
      ["Create", /"TemplateCreated"/],
      ["Draw", /"OperationsApplied"/],
      ["Move", /"OperationsApplied"/],
      ["Conflict", /"VersionConflict"/],
      ["Merge", /"OperationsApplied"/],
      ["Undo", /"OperationsApplied"/],
      ["History", /"resultingVersion": 2/],
      ["Revert", /"TemplateReverted"/],
      ["Join", /"TemplateJoined"/],
      ["Presence", /"joined"/],
      ["Changes", /"fromVersion": 1,/],
    ] as const) {
      await run(page, name, expected);
    }
    // Refreshed where the token is over, and signed out where that is, too.
    await page.reload();
    await run(page, "Read", /"name": "ada"/);
    await page.evaluate(
      `localStorage.setItem("strata:session", JSON.stringify({ token: "over", refreshToken: "over" }))`,
    );
    await page.reload();
    await run(page, "Read", /Your sign-in has ended/);
    await page.waitForSelector("#strata-bar form:not([hidden])");
  });

  test("RUN-9 takes a token of an identity provider, keeps it in memory, and asks for a new one", async () => {
    const provider = await startIdentityProvider();
    await start({ DEMO: "false", OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: audience });
    const paste = async (token: string) => {
      await page.fill("[name=token]", token);
      await page.click("#strata-token button");
    };
    const claims = { sub: "ada", name: "Ada", email: "ada@example.org", email_verified: true };
    await open();
    expect(await page.getAttribute("[name=token]", "placeholder")).toContain(provider.issuer);
    await run(page, "Read", /Sign in at the top/);
    await paste("not a token");
    await expect.poll(() => page.locator("#strata-message").innerText()).toMatch(/token/);
    const token = await provider.token(claims);
    await paste(`Bearer ${token}`);
    await expect.poll(() => page.locator("#strata-who").innerText()).toContain("Signed in as Ada");
    expect(await page.locator("#strata-message").innerText()).toBe("");
    await run(page, "Read", /"name": "Ada"[\s\S]*Welcome to Strata/);
    await run(page, "Draw", /"OperationsApplied"/);
    await run(page, "Changes", /"fromVersion": 1,/);
    const kept = await page.evaluate("JSON.stringify([localStorage, sessionStorage])");
    expect(kept).not.toContain(token);
    expect(await page.context().cookies()).toEqual([]);
    await signOutEverywhere(token);
    await run(page, "Read", /paste a new one/);
    await page.waitForSelector("#strata-token:not([hidden])");
    await paste(await provider.token(claims));
    await run(page, "Read", /"name": "Ada"/);
    await page.reload();
    await page.waitForSelector("#strata-token:not([hidden])");
    await provider.close();
  });

  test("RUN-9 shows comments whole in half a window, and no value underlined that the API takes", async () => {
    await start();
    await open(700);
    await choose(page, "Create");
    await page.waitForTimeout(2_000);
    const folder = process.env["SCREENSHOTS"];
    if (folder !== undefined) await page.screenshot({ path: join(folder, "half.png") });
    expect(await page.locator(".squiggly-error, .squiggly-warning").count()).toBe(0);
    const scrolls =
      "[...document.querySelectorAll('.graphiql-query-editor .scrollbar.horizontal .slider')].some((one) => one.clientWidth > 0 && one.closest('.scrollbar').classList.contains('visible'))";
    expect(await page.evaluate(scrolls)).toBe(false);
  });
});
