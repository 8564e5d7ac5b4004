/** What the nodes share: a PostgreSQL and a Redis, those that the environment names or ones of this command's own. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../src/config/readConfig.js";
import type { Closers } from "../../src/platform/closers.js";
import { StartError } from "../../src/platform/startError.js";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { birthOf } from "../../src/storage/embedded/processIdentity.js";
import { startEmbeddedPostgres } from "../../src/storage/embedded/startEmbeddedPostgres.js";
import { findRedisProgram, redisArguments } from "../../test/setup/redisServer.js";

const FIRST_REDIS_PORT = 26_479;
/** Beside the nodes: this command's own, `npm run admin`, `npm run verify`. */
const SPARE_CONNECTIONS = 30;

/** The address of PostgreSQL. */
export async function postgresFor(
  config: Config,
  nodes: number,
  closers: Closers,
  say: (line: string) => void,
): Promise<string> {
  if (config.database.url !== undefined) return config.database.url;
  const connections = nodes * (config.database.poolConnectionsMax + 1) + SPARE_CONNECTIONS;
  const postgres = await startEmbeddedPostgres({
    dataDir: config.server.dataDir,
    log: say,
    settings: { max_connections: String(connections) },
  });
  closers.add(() => postgres.stop());
  return postgres.url;
}

/** The address of Redis. Throws StartError where there is none. */
export async function redisFor(
  config: Config,
  closers: Closers,
  say: (line: string) => void,
): Promise<string> {
  if (config.redis.url !== undefined) return config.redis.url;
  const program = findRedisProgram();
  if (program === undefined) {
    throw new StartError(
      "several nodes need a Redis: set REDIS_URL, or install redis-server or valkey-server (Debian: apt-get install redis-server, macOS: brew install redis)",
    );
  }
  const note = join(config.server.dataDir, "cluster-redis.json");
  mkdirSync(config.server.dataDir, { recursive: true });
  endLeftOver(note);
  const port = await findFreePort(FIRST_REDIS_PORT);
  let stopping = false;
  const start = () => {
    const child = spawn(program, redisArguments(port), { stdio: "ignore", detached: true });
    writeFileSync(note, JSON.stringify({ pid: child.pid, birth: birthOf(child.pid ?? 0) }));
    child.once("error", (error) => say(`Redis: ${error.message}`));
    child.once("exit", () => {
      if (stopping) return;
      say("Redis ended; starting it again");
      setTimeout(() => {
        if (!stopping) current = start();
      }, 500);
    });
    return child;
  };
  let current = start();
  // Also where the command is made to end at once.
  process.once("exit", () => current.kill("SIGKILL"));
  closers.add(async () => {
    stopping = true;
    await ended(current);
    rmSync(note, { force: true });
  });
  return `redis://127.0.0.1:${port}`;
}

function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const gone = new Promise((resolve) => void child.once("exit", resolve).once("error", resolve));
  child.kill("SIGTERM");
  return gone;
}

/** Ends the Redis of a command that was killed; a process that has its number by now is left alone. */
function endLeftOver(note: string): void {
  try {
    const { pid, birth } = JSON.parse(readFileSync(note, "utf8")) as {
      pid: number;
      birth?: string;
    };
    if (birth !== undefined && birthOf(pid) === birth) process.kill(pid, "SIGTERM");
  } catch {
    // There is none.
  }
}
