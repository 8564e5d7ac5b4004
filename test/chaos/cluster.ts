/** Everything that runs: one PostgreSQL, one Redis, two nodes, each a process of its own. */
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChaosNode } from "./chaosNode.js";
import { ChaosPostgres } from "./chaosPostgres.js";
import { ChaosRedis } from "./chaosRedis.js";
import type { Timeline } from "./timeline.js";

const NODE_NAMES = ["north", "south"];

export class Cluster {
  private constructor(
    /** Logs of the processes, and PostgreSQL's data. */
    readonly workDir: string,
    readonly postgres: ChaosPostgres,
    readonly redis: ChaosRedis,
    readonly nodes: readonly ChaosNode[],
    readonly timeline: Timeline,
  ) {
    process.once("exit", this.#endNow);
  }

  static async start(programDir: string, timeline: Timeline): Promise<Cluster> {
    const workDir = await mkdtemp(join(tmpdir(), "strata-chaos-"));
    // PostgreSQL's user has to pass through it.
    await chmod(workDir, 0o711);
    const postgres = await ChaosPostgres.start(join(workDir, "data"));
    const redis = await ChaosRedis.start(join(workDir, "redis.log"));
    const jwtSecret = randomBytes(32).toString("hex");
    const nodes: ChaosNode[] = [];
    for (const [index, name] of NODE_NAMES.entries()) {
      const parts = { name, postgres, redis, jwtSecret, programDir, workDir, timeline };
      nodes.push(await ChaosNode.start(parts, index));
    }
    return new Cluster(workDir, postgres, redis, nodes, timeline);
  }

  /** A run that is interrupted leaves nothing running. */
  readonly #endNow = (): void => {
    for (const { process } of this.nodes) process.kill();
    this.redis.kill();
    this.postgres.kill();
  };

  /** Ends everything; with `keep` the logs stay. */
  async close({ keep }: { readonly keep: boolean }): Promise<void> {
    process.off("exit", this.#endNow);
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.redis.stop();
    await this.postgres.stop();
    if (!keep) await rm(this.workDir, { recursive: true, force: true });
  }
}
