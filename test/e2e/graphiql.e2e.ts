/** A newcomer's walk through GraphiQL, in a real browser, on the embedded default. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer } from "../../src/node/server.js";
import { launchBrowser } from "./browser.js";
import { answerOf, run } from "./graphiqlPage.js";

let dataDir: string;
let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
const foreign: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-e2e-"));
  server = await startServer(
    readConfig({ PORT: "0", DATA_DIR: dataDir, DEMO: "true", LOG_LEVEL: "error" }),
  );
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1_400, height: 900 } });
  page = await open("/graphiql");
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function open(path: string): Promise<Page> {
  const opened = await context.newPage();
  const { origin } = new URL(server.url);
  opened.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) foreign.push(url);
  });
  opened.on("pageerror", (error) => problems.push(error.message));
  opened.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await opened.goto(origin + path);
  await opened.waitForSelector(".graphiql-tab-button");
  return opened;
}

describe("the tour", () => {
  test("reads the demo template as the demo account", () =>
    run(page, "Read", /"name": "Demo"[\s\S]*"E-commerce mobile UI"/));

  test("creates", () => run(page, "Create", /"TemplateCreated"/));

  test("draws, and drawing again applies nothing twice", async () => {
    await run(page, "Draw", /"OperationsApplied"[\s\S]*"duplicateOps": \[\]/);
    await run(page, "Draw", /"duplicateOps": \[\s*"draw-/);
  });

  test("moves", () => run(page, "Move", /"OperationsApplied"/));

  test("meets a conflict", () =>
    run(page, "Conflict", /"VersionConflict"[\s\S]*"conflictingOps": \[\s*"colour-/));

  test("merges, and shows that the text edit found its place again, as the tab says", () =>
    run(page, "Merge", /"requested": \{[\s\S]*"retain": 17[\s\S]*"retain": 39/));

  test("takes each way out of a conflict", () => run(page, "Resolve", /"ConflictResolved"/));

  test("undoes", () => run(page, "Undo", /"OperationsApplied"/));

  test("looks back", () => run(page, "History", /"resultingVersion": 2/));

  test("reverts", () => run(page, "Revert", /"TemplateReverted"[\s\S]*"revertedTo": 1/));

  test("subscribes, and sees what a second window does", async () => {
    await run(page, "Changes", /"kind": "OPERATIONS"[\s\S]*"fromVersion": 1,/);
    // The tabs are the same, stored in the browser; their operations are those of another visit.
    await page.waitForTimeout(1_500);
    const second = await open("/graphql");
    await run(second, "Move", /"OperationsApplied"[\s\S]*"duplicateOps": \[\]/);
    await second.close();
    await page.bringToFront();
    await expect
      .poll(() => answerOf(page))
      .toMatch(/"fromVersion": \d\d+,[\s\S]*"MOVE_ELEMENT"[\s\S]*"x": 240/);
    expect(await answerOf(page)).not.toContain('"fromVersion": 1,');
    await page.locator(".graphiql-execute-button").click();
  });
});

describe("the page", () => {
  test("keeps its tabs and gets a fresh token on the next visit", async () => {
    await page.reload();
    await page.waitForSelector(".graphiql-tab-button");
    await run(page, "Read", /"name": "Demo"/);
    const titles = await page.locator(".graphiql-tab-button").allInnerTexts();
    expect(new Set(titles).size).toBe(titles.length);
    for (const name of ["Draw", "Move", "Merge"]) {
      await run(page, name, /"OperationsApplied"[\s\S]*"duplicateOps": \[\]/);
    }
    await run(page, "Resolve", /"ConflictResolved"/);
  });

  test("forgets the tabs of another database", async () => {
    await page.evaluate(`localStorage.setItem("strata:demo", "somebody else")`);
    await page.goto(new URL("/graphiql", server.url).href);
    await page.waitForSelector(".graphiql-tab-button");
    await run(page, "Read", /"name": "Demo"/);
  });

  test("loads nothing from elsewhere, and nothing of it fails", () => {
    expect(foreign).toEqual([]);
    expect(problems).toEqual([]);
  });

  test("gives no token to who asks under another name", async () => {
    const { port } = new URL(server.url);
    const { get } = await import("node:http");
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { host: `rebound.example:${port}` };
      get({ port, path: "/graphiql", headers }, (response) => {
        let body = "";
        response.on("data", (chunk) => (body += String(chunk)));
        response.on("end", () => resolve(body));
      }).on("error", reject);
    });
    expect(text).toContain("strata-options");
    expect(text).not.toContain("eyJ");
  });
});
