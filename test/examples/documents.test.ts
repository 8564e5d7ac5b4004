/** The documents' code in Node, as printed, while the server is restarted. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
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

let database: TestDatabase;
let server: RestartedServer;
const children: { kill(): void }[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  server = await startRestartedServer({
    NODE_ENV: "test",
    DATABASE_URL: database.url,
    JWT_SECRET: "a secret of the tests, long enough",
  });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill();
  await server.close();
  await database.drop();
});

/** What is told is written as one line of JSON. */
const AS_LINES = "console.log = (told) => process.stdout.write(`${JSON.stringify(told)}\\n`);";

interface Run {
  readonly told: ToldChange[];
  readonly exitCode: Promise<number | null>;
}

function run(code: string): Run {
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(AS_LINES)}`, "--input-type=module"],
    { stdio: ["pipe", "pipe", "ignore"] },
  );
  children.push(child);
  const told: ToldChange[] = [];
  createInterface(child.stdout).on("line", (line) => told.push(JSON.parse(line) as ToldChange));
  child.stdin.end(code);
  const exitCode = new Promise<number | null>((resolve) => void child.on("close", resolve));
  return { told, exitCode };
}

describe("code that the documents print", () => {
  const codes = [
    ["README.md", 1, () => readmeCode(server)],
    ["docs/PROTOCOL.md", 0, () => eventStreamCode(server, server.templateId)],
  ] as const;

  test.for(codes)(
    "CLIENT-13 of %s follows a template over restarts, each change once",
    async ([, ownEdits, codeOf]) => {
      const { told, exitCode } = run(codeOf());
      await editOverRestarts(server, 1 + ownEdits, (version) =>
        expect.poll(() => reached(told)).toBe(version),
      );
      expect(faultsIn(told)).toEqual([]);
      await server.remove();
      expect(await exitCode).toBe(0);
      expect(told.at(-1)?.kind).toBe("DELETED");
    },
  );
});
