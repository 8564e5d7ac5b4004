/** One node of the run: the program as it is shipped, in a process of its own, with networks of its own. */
import { join } from "node:path";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import type { ChaosPostgres } from "./chaosPostgres.js";
import type { ChaosRedis } from "./chaosRedis.js";
import { ManagedProcess } from "./managedProcess.js";
import { TcpProxy } from "./tcpProxy.js";
import type { Timeline } from "./timeline.js";
import { generousLimits } from "../../load/generousLimits.js";

/** Outside the range that systems give to outgoing connections: a node comes back to its port. */
const FIRST_PORT = 28_000;

/** Small cadences, so that checkpoints and snapshots are under way all the time, and bounds that a run can wait for. */
const SETTINGS = {
  CHECKPOINT_VERSIONS_MIN: "5",
  CHECKPOINT_VERSIONS_MAX: "20",
  CHECKPOINT_IDLE_MS: "1000",
  SNAPSHOT_VERSIONS_MIN: "30",
  SNAPSHOT_VERSIONS_MAX: "60",
  // A network that swallows everything is noticed after it; the default is 30 s.
  STATEMENT_MS: "3000",
  CONNECT_MS: "2000",
  // All clients of a template are one person's.
  ...generousLimits,
  SESSIONS_PER_USER_MAX: "5000",
  SESSIONS_PER_USER_AND_TEMPLATE_MAX: "2000",
  // Runs last longer than the default hour.
  TOKEN_LIFETIME_SECONDS: "86400",
  GRAPHIQL: "false",
  DEMO: "false",
};

export interface NodeOptions {
  readonly name: string;
  readonly postgres: ChaosPostgres;
  readonly redis: ChaosRedis;
  readonly jwtSecret: string;
  /** The folder of the build to run: dist/src/main.js is in it. */
  readonly programDir: string;
  readonly workDir: string;
  readonly timeline: Timeline;
}

const STARTS_MAX = 3;
/** What a node says that ends at its start for that reason. */
const NO_DATABASE = "the database cannot be used";

export class ChaosNode {
  #process: ManagedProcess | undefined;

  private constructor(
    private readonly options: NodeOptions,
    readonly port: number,
    /** The way to PostgreSQL. */
    readonly postgres: TcpProxy,
    /** The way to Redis. */
    readonly redis: TcpProxy,
  ) {}

  static async start(options: NodeOptions, index: number): Promise<ChaosNode> {
    const port = await findFreePort(FIRST_PORT + 200 * index + (process.pid % 200));
    const postgres = await TcpProxy.listen(() => Number(options.postgres.url.port));
    const redis = await TcpProxy.listen(() => options.redis.port);
    const node = new ChaosNode(options, port, postgres, redis);
    await node.start();
    return node;
  }

  get name(): string {
    return this.options.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  get process(): ManagedProcess {
    if (this.#process === undefined) throw new Error(`${this.name} was never started`);
    return this.#process;
  }

  /** Resolves once it takes requests. One that had no database in time is started again, as a supervisor does. */
  async start(): Promise<void> {
    for (let attempt = 1; this.#process === undefined || !this.process.isRunning; attempt += 1) {
      try {
        this.#process = await this.#launch();
      } catch (error) {
        if (attempt === STARTS_MAX || !String(error).includes(NO_DATABASE)) throw error;
      }
    }
  }

  #launch(): Promise<ManagedProcess> {
    const { workDir, programDir, jwtSecret, timeline, name } = this.options;
    const databaseUrl = this.options.postgres.url;
    databaseUrl.port = String(this.postgres.port);
    return ManagedProcess.start({
      command: process.execPath,
      arguments: [join(programDir, "dist/src/main.js")],
      cwd: programDir,
      ready: "ready\n",
      logFile: join(workDir, `${name}.log`),
      env: {
        PATH: process.env["PATH"],
        ...SETTINGS,
        PORT: String(this.port),
        DATABASE_URL: databaseUrl.href,
        REDIS_URL: `redis://127.0.0.1:${this.redis.port}`,
        JWT_SECRET: jwtSecret,
        DATA_DIR: join(workDir, name),
        LOG_LEVEL: "warn",
      },
      onError: (line) => {
        const isHidden = line.includes("an error was hidden from a client");
        if (isHidden) timeline.violate("FAIL-4", `${name} met an unexpected error: ${line}`);
      },
    });
  }

  /** Starts again where it is dead; networks that were cut are well before that. */
  async revive(): Promise<void> {
    this.postgres.heal();
    this.redis.heal();
    if (this.process.isRunning) return;
    await this.process.exited;
    await this.start();
  }

  async close(): Promise<void> {
    if (this.process.isRunning) await this.process.stop();
    await Promise.all([this.postgres.close(), this.redis.close()]);
  }
}
