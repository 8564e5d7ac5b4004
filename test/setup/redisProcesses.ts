/** Redis servers of a test's own, to kill and to build clusters from. They end with the test. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { findFreePort } from "../../src/storage/embedded/freePort.js";

export interface RedisProcess {
  readonly port: number;
  /** For commands of the test; reconnects by itself. */
  readonly redis: Redis;
  kill(): Promise<void>;
}

/** The bus of a cluster listens 10,000 above; both stay below the ports of outgoing connections. */
let nextPort = 11_000 + (process.pid % 800) * 12;

export class RedisProcesses {
  readonly #folder = mkdtempSync(join(tmpdir(), "strata-redis-"));
  readonly #children: { readonly child: ChildProcess; readonly redis: Redis }[] = [];

  /** A port that no other process of these has. */
  freePort(): Promise<number> {
    return findFreePort((nextPort += 1));
  }

  /** Without persistence; `options` as on the command line. */
  async server(...options: readonly string[]): Promise<RedisProcess> {
    const port = await this.freePort();
    return this.serverAt(port, ...options);
  }

  /** As `server`, on a port of one that was killed. */
  async serverAt(port: number, ...options: readonly string[]): Promise<RedisProcess> {
    const inMemory = ["--save", "", "--appendonly", "no", "--dir", this.#folder];
    return this.#start(port, [
      ...["--port", String(port), "--bind", "127.0.0.1", ...inMemory, ...options],
    ]);
  }

  /** A Sentinel that alone decides on the master's name; `options` as in its file, `masterHost` one that they resolve. */
  async sentinel(
    masterName: string,
    masterPort: number,
    options: readonly string[] = [],
    masterHost = "127.0.0.1",
  ): Promise<RedisProcess> {
    const port = await this.freePort();
    const file = join(this.#folder, `sentinel-${port}.conf`);
    const lines = [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir ${this.#folder}`,
      ...options,
      `sentinel monitor ${masterName} ${masterHost} ${masterPort} 1`,
      `sentinel down-after-milliseconds ${masterName} 300`,
      `sentinel failover-timeout ${masterName} 2000`,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    return this.#start(port, [file, "--sentinel"]);
  }

  /** Three masters, which share the slots evenly, and a replica of the first. */
  async cluster(): Promise<readonly RedisProcess[]> {
    const options = ["--cluster-enabled", "yes", "--cluster-node-timeout", "500"];
    const nodes = await Promise.all(
      Array.from({ length: 4 }, async (_, index) => {
        const port = await this.freePort();
        const file = `nodes-${port}-${index}.conf`;
        return this.serverAt(port, ...options, "--cluster-config-file", file);
      }),
    );
    const [first, second, third, replica] = nodes;
    if (first === undefined || replica === undefined) throw new Error("no cluster was started");
    const shares = [
      [first, 0, 5_460],
      [second, 5_461, 10_922],
      [third, 10_923, 16_383],
    ] as const;
    for (const [node, from, to] of shares) {
      await node?.redis.call("CLUSTER", "ADDSLOTSRANGE", from, to);
    }
    for (const node of nodes.slice(1)) {
      await first.redis.call("CLUSTER", "MEET", "127.0.0.1", node.port);
    }
    const says = (node: RedisProcess, text: string) => async () =>
      ((await node.redis.call("CLUSTER", "INFO")) as string).includes(text);
    for (const node of nodes) await until(says(node, "cluster_known_nodes:4"));
    await until(async () => {
      const id = (await first.redis.call("CLUSTER", "MYID")) as string;
      return replica.redis.call("CLUSTER", "REPLICATE", id).then(
        () => true,
        () => false,
      );
    });
    for (const node of nodes) await until(says(node, "cluster_state:ok"));
    await until(async () => (await first.redis.info("replication")).includes("state=online"));
    return nodes;
  }

  async end(): Promise<void> {
    for (const { child, redis } of this.#children) {
      redis.disconnect();
      child.kill("SIGKILL");
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(port: number, parameters: readonly string[]): Promise<RedisProcess> {
    const child = spawn("redis-server", parameters, { stdio: ["ignore", "ignore", "inherit"] });
    const redis = new Redis(port, "127.0.0.1", { retryStrategy: () => 20 });
    redis.on("error", () => {});
    this.#children.push({ child, redis });
    const ended = new Promise<never>((_resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error("redis-server ended, its output says why")));
    });
    await Promise.race([redis.ping(), ended]);
    ended.catch(() => {});
    return {
      port,
      redis,
      kill: () =>
        new Promise((resolve) => {
          child.once("exit", () => resolve());
          child.kill("SIGKILL");
        }),
    };
  }
}

/** Waits until the condition holds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
