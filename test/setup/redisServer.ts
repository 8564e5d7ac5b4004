/**
 * A Redis for the tests: `REDIS_URL`, else a redis-server or valkey-server of this machine, started on a free port and
 * without persistence; on Debian as root it is installed first.
 */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { birthOf, isAlive } from "../../src/storage/embedded/processIdentity.js";
import { findProgram, installOnDebian } from "./debianPackage.js";

/** Either `url` or `problem` is there. */
export interface TestRedis {
  readonly url: string | undefined;
  readonly problem: string | undefined;
  stop(): Promise<void>;
}

type RedisProcess = ChildProcessByStdio<null, Readable, null>;

const FIRST_PORT = 26_379;
const PORT_TRIES_MAX = 10;
const MEMORY_DIR = ".cache/test-redis";
const READY = "Ready to accept connections";
const NONE_HERE =
  "there is no Redis: set REDIS_URL, or install redis-server or valkey-server (Debian: apt-get install redis-server, macOS: brew install redis)";

/** Finds or starts a Redis; never fails, since only some suites need one. */
export async function startTestRedis(): Promise<TestRedis> {
  const given = process.env["REDIS_URL"];
  if (given !== undefined && given !== "")
    return { url: given, problem: undefined, stop: async () => {} };
  try {
    await endOrphans();
    const program =
      findRedisProgram() ?? (installOnDebian("redis-server") ? findRedisProgram() : undefined);
    if (program === undefined) return without(NONE_HERE);
    return await start(program);
  } catch (error) {
    return without(`Redis could not be started: ${(error as Error).message}`);
  }
}

function without(problem: string): TestRedis {
  console.error(problem);
  return { url: undefined, problem, stop: async () => {} };
}

/** A Redis of this machine. */
export function findRedisProgram(): string | undefined {
  return findProgram("redis-server", "valkey-server");
}

async function start(program: string): Promise<TestRedis> {
  let port = FIRST_PORT;
  let lastOutput = "";
  for (let attempt = 0; attempt < PORT_TRIES_MAX; attempt++) {
    port = await findFreePort(port);
    const { child, failure } = await tryPort(program, port);
    if (failure === undefined) {
      const forget = await remember(child);
      return {
        url: `redis://127.0.0.1:${port}`,
        problem: undefined,
        async stop() {
          await end(child);
          await forget();
        },
      };
    }
    lastOutput = failure;
    // Another run may have taken the port in between.
    port++;
  }
  throw new Error(lastOutput);
}

async function tryPort(
  program: string,
  port: number,
): Promise<{ child: RedisProcess; failure: string | undefined }> {
  const child = spawn(program, redisArguments(port), { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8");
  const failure = await new Promise<string | undefined>((settle) => {
    child.once("error", (error) => settle(error.message));
    child.once("exit", () => settle(output.trim().split("\n").at(-1) ?? "no output"));
    child.stdout.on("data", (text: string) => {
      output += text;
      if (output.includes(READY)) settle(undefined);
    });
  });
  return { child, failure };
}

/** For this machine alone, and without persistence. */
export function redisArguments(port: number): string[] {
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--dir", tmpdir()];
  return [...options, "--save", "", "--appendonly", "no"];
}

function end(child: RedisProcess): Promise<void> {
  return new Promise((settle) => {
    if (child.exitCode !== null || child.signalCode !== null) return settle();
    child.once("exit", () => settle());
    child.kill("SIGTERM");
  });
}

/** Notes whom the server belongs to, so that a later run can end it where this one is killed. */
async function remember(child: RedisProcess): Promise<() => Promise<void>> {
  const note = join(MEMORY_DIR, `${process.pid}.json`);
  const server = { pid: child.pid, birth: birthOf(child.pid ?? 0) };
  await mkdir(MEMORY_DIR, { recursive: true });
  await writeFile(note, JSON.stringify(server));
  return () => rm(note, { force: true });
}

async function endOrphans(): Promise<void> {
  const notes = await readdir(MEMORY_DIR).catch(() => []);
  for (const note of notes) {
    if (isAlive(Number.parseInt(note, 10))) continue;
    const path = join(MEMORY_DIR, note);
    const { pid, birth } = JSON.parse(await readFile(path, "utf8")) as {
      pid: number;
      birth?: string;
    };
    // The id may have gone to another process; only the very server that was started is ended.
    if (birth !== undefined && birthOf(pid) === birth) process.kill(pid, "SIGTERM");
    await rm(path, { force: true });
  }
}
