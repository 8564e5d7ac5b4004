/** The documents' code in a real browser, as printed, on a page of another port, while the server is restarted. */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  eventStreamCode,
  faultsIn,
  reached,
  readmeCode,
  type ToldChange,
} from "../setup/printedCode.js";
import {
  editOverRestarts,
  startRestartedServer,
  type RestartedServer,
} from "../setup/restartedServer.js";
import { launchBrowser } from "./browser.js";

let dataDir: string;
let server: RestartedServer;
let browser: Browser;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-e2e-"));
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const imports = {
  graphql: "/node_modules/graphql/index.mjs",
  "graphql-ws": "/node_modules/graphql-ws/dist/index.js",
};
const page = `<!doctype html>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/code.js"></script>`;

/** A page that runs the code, with the packages that a bundler would put in. */
async function servePage(code: string): Promise<Server> {
  const pages = createServer((request, response) => {
    const path = request.url ?? "/";
    const isCode = path.endsWith("js");
    response.setHeader("content-type", isCode ? "text/javascript" : "text/html");
    if (!path.startsWith("/node_modules/")) return void response.end(isCode ? code : page);
    readFile(path.slice(1)).then(
      (text) => response.end(text),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void pages.listen(0, "127.0.0.1", resolve));
  return pages;
}

/** What the code tells, as it tells it. */
async function run(code: string): Promise<{ told: ToldChange[]; problems: string[] }> {
  const pages = await servePage(code);
  const told: ToldChange[] = [];
  const problems: string[] = [];
  const opened = await browser.newPage();
  opened.on("pageerror", (error) => problems.push(error.message));
  opened.on("close", () => pages.close());
  await opened.exposeFunction("tell", (change: ToldChange) => void told.push(change));
  await opened.addInitScript("console.log = (change) => tell(change)");
  await opened.goto(`http://localhost:${(pages.address() as AddressInfo).port}/`);
  return { told, problems };
}

describe("code that the documents print", () => {
  const codes = [
    ["README.md", 1, () => readmeCode(server)],
    ["docs/PROTOCOL.md", 0, () => eventStreamCode(server, server.templateId)],
  ] as const;

  test.for(codes)(
    "CLIENT-13 of %s follows a template over restarts, each change once",
    async ([, ownEdits, codeOf]) => {
      server = await startRestartedServer({ DATA_DIR: dataDir });
      const { told, problems } = await run(codeOf());
      await editOverRestarts(server, 1 + ownEdits, (version) =>
        expect.poll(() => reached(told)).toBe(version),
      );
      expect(faultsIn(told)).toEqual([]);
      await server.remove();
      await expect.poll(() => told.at(-1)?.kind).toBe("DELETED");
      expect(problems).toEqual([]);
      for (const opened of browser.contexts().flatMap((context) => context.pages())) {
        await opened.close();
      }
      await server.close();
    },
  );
});
