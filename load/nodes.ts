/** Node processes under load: started as users start them, watched from outside, killed where a scenario wants it. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestRedis } from "../test/setup/redisServer.js";
import { startBenchDatabase } from "./bench/database.js";
import { generousLimits } from "./generousLimits.js";

const START_MS_MAX = 60_000;
const nodeArguments = ["--expose-gc", "--import", "./load/memoryProbe.js", "dist/src/main.js"];

export interface LoadedNode {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Resident memory in bytes and CPU seconds since the start. */
  usage(): { readonly rssBytes: number; readonly cpuSeconds: number };
  /** Bytes in use after a full collection. */
  liveBytes(): Promise<number>;
  /** Ends it without a warning. */
  kill(): void;
}

export interface LoadedNodes {
  readonly nodes: readonly LoadedNode[];
  stop(): Promise<void>;
}

/** Starts one node on its embedded default, or several on a PostgreSQL and a Redis of their own. */
export async function startNodes(
  count: number,
  settings: { readonly [name: string]: string } = {},
): Promise<LoadedNodes> {
  const dataDir = mkdtempSync(join(tmpdir(), "strata-load-"));
  // Under root PostgreSQL is another user. What it cannot enter, it would leave for a place that stays.
  chmodSync(dataDir, 0o711);
  const shared = count > 1 ? await startShared() : undefined;
  const children: ChildProcess[] = [];
  const nodes: LoadedNode[] = [];
  const stop = async () => {
    await Promise.all(children.map(ended));
    await shared?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    for (let number = 0; number < count; number += 1) {
      const environment = {
        ...generousLimits,
        ...shared?.environment,
        ...settings,
        DATA_DIR: dataDir,
      };
      const child = spawn(process.execPath, nodeArguments, {
        env: { ...process.env, ...environment, PORT: "0", DEMO: "false" },
        stdio: ["ignore", "pipe", "inherit", "ipc"],
      });
      children.push(child);
      nodes.push(watched(child, await urlOf(child)));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { nodes, stop };
}

/** What several nodes have in common. */
async function startShared() {
  const redis = await startTestRedis();
  if (redis.url === undefined) throw new Error(redis.problem);
  const database = await startBenchDatabase();
  return {
    environment: {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      JWT_SECRET: "a secret of load runs, long enough",
    },
    async stop() {
      await redis.stop();
      await database.stop();
    },
  };
}

/** Where the node listens, as its greeting says. */
function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("a node did not start")), START_MS_MAX);
    child.once("exit", (code) => reject(new Error(`a node ended at its start (${code})`)));
    let greeting = "";
    child.stdout?.on("data", (text: Buffer) => {
      greeting += text.toString();
      const url = /GraphQL\s+(\S+)/.exec(greeting)?.[1];
      if (url === undefined) return;
      clearTimeout(late);
      // The same address for everybody: `localhost` may be two.
      resolve(url.replace("localhost", "127.0.0.1"));
    });
  });
}

function watched(child: ChildProcess, url: string): LoadedNode {
  return {
    url,
    usage() {
      const fields = ["-o", "rss=", "-o", "cputimes=", "-p", String(child.pid)];
      const [kilobytes = 0, cpuSeconds = 0] = execFileSync("ps", fields, { encoding: "utf8" })
        .trim()
        .split(/\s+/)
        .map(Number);
      return { rssBytes: kilobytes * 1_024, cpuSeconds };
    },
    liveBytes: () =>
      new Promise((resolve) => {
        child.once("message", resolve);
        child.send("liveBytes");
      }),
    kill: () => void child.kill("SIGKILL"),
  };
}

function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  return exited;
}
