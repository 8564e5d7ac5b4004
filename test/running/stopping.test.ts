/** Programs that are asked to stop, as a terminal asks: with nothing that stays behind. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { readPidFile } from "../../src/storage/embedded/pidFile.js";

/** Longer than two signals of one Ctrl-C are apart. */
const ASKED_AGAIN_MS = 700;
const TIMEOUT_MS = 120_000;

let dataDir: string;
let port: number;
let child: ChildProcess | undefined;
let output: string;

beforeAll(() => {
  spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "ignore" });
}, TIMEOUT_MS);
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "strata-stopping-"));
  // As root, PostgreSQL runs as another user, who has to be able to enter.
  chmodSync(dataDir, 0o755);
  port = await findFreePort(19_000 + (process.pid % 500) * 10);
  output = "";
});
afterEach(() => {
  child?.kill("SIGKILL");
  // Where a test failed.
  const left = postgres();
  if (left !== undefined) process.kill(left.pid, "SIGQUIT");
  rmSync(dataDir, { recursive: true, force: true });
});

const programs = {
  node: ["dist/src/main.js"],
  cluster: ["--import", "tsx", "scripts/cluster/run.ts", "2"],
} as const;
type Program = keyof typeof programs;

/** Starts the program; resolves when its output holds the text, or at once. */
async function start(program: Program, ready?: string): Promise<ChildProcess> {
  // REDIS_URL and DATABASE_URL of the tests are left out: what the program starts itself is what is looked for.
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env;
  const started = spawn(process.execPath, programs[program], {
    env: { ...rest, NODE_ENV: "development", PORT: String(port), DATA_DIR: dataDir, DEMO: "false" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  for (const stream of [started.stdout, started.stderr]) {
    stream.on("data", (text: Buffer) => (output += text.toString()));
  }
  if (ready !== undefined) {
    await until(() => output.includes(ready));
  }
  return started;
}

/** However slow the machine is; the test's own time limit ends it. */
async function until(condition: () => boolean): Promise<void> {
  for (;;) {
    if (condition() || child?.exitCode !== null) return;
    await sleep(5);
  }
}

/** As npm does where the shell is bash: the terminal's own signal, and the same one passed on. */
async function pressTwice(program: ChildProcess): Promise<number> {
  const exited = once(program, "exit");
  program.kill("SIGINT");
  await sleep(5);
  program.kill("SIGINT");
  const [code] = (await exited) as [number];
  return code;
}

function reaches(to: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(to, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** The address of PostgreSQL, while it runs. */
function postgres() {
  return readPidFile(join(dataDir, "postgres"));
}

describe("a program that is asked to stop", () => {
  test.for([
    ["node", "ready"],
    ["cluster", "2 nodes ready"],
  ] as const)(
    "RUN-1 (%s) waits for all that it started, where one Ctrl-C comes twice",
    { timeout: TIMEOUT_MS },
    async ([program, ready]) => {
      const started = await start(program, ready);
      const database = postgres();
      expect(database).toBeDefined();
      expect(await pressTwice(started)).toBe(0);
      expect(output).toMatch(/stopping; Ctrl-C again ends[^\n]+\n(.*\n)* *(Strata +)?stopped\n$/);
      expect(output.match(/Ctrl-C/g)).toHaveLength(1);
      expect(postgres()).toBeUndefined();
      for (const one of [port, port + 1, port + 2, database?.port ?? 0])
        expect(await reaches(one)).toBe(false);
      for (const left of ["strata.pid", "cluster-redis.json"]) {
        expect(existsSync(join(dataDir, left))).toBe(false);
      }
    },
  );

  test.for(["node", "cluster"] as const)(
    "RUN-1 (%s) leaves nothing where it was only starting",
    { timeout: TIMEOUT_MS },
    async (program) => {
      const started = await start(program);
      await until(() => postgres() !== undefined);
      await pressTwice(started);
      expect(postgres()).toBeUndefined();
      expect(existsSync(join(dataDir, "strata.pid"))).toBe(false);
      expect(output).not.toMatch(/ready|strata:|cluster:/);
    },
  );

  test(
    "RUN-2 ends at once when it is asked again, and takes PostgreSQL along",
    async () => {
      const started = await start("node", "ready");
      const unfinished = await beginRequest(port);
      const exited = once(started, "exit");
      started.kill("SIGINT");
      await sleep(ASKED_AGAIN_MS);
      expect(started.exitCode).toBeNull();
      started.kill("SIGINT");
      expect(await exited).toEqual([130, null]);
      unfinished.destroy();
      expect(postgres()).toBeUndefined();
    },
    TIMEOUT_MS,
  );

  test(
    "RUN-2 a command that does not look after signals takes PostgreSQL along",
    async () => {
      const words = ["--import", "tsx", "test/integration/fixtures/holdPostgres.ts", dataDir];
      const holder = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
      child = holder;
      await once(holder.stdout, "data");
      expect(postgres()).toBeDefined();
      holder.kill("SIGINT");
      expect(await once(holder, "exit")).toEqual([130, null]);
      expect(postgres()).toBeUndefined();
    },
    TIMEOUT_MS,
  );
});

/** A request whose body never ends keeps a stop waiting. */
async function beginRequest(to: number): Promise<Socket> {
  const socket = connect(to, "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => undefined);
  const head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
  socket.write(`${head}content-length: 100\r\n\r\n{`);
  await sleep(200);
  return socket;
}
