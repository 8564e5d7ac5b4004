/** The PostgreSQL of a run: a real one that flushes what it commits, and that is stopped or killed and comes back. */
import { mkdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readPidFile } from "../../src/storage/embedded/pidFile.js";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { choosePlace, updateMemory } from "../../src/storage/embedded/place.js";
import { isAlive } from "../../src/storage/embedded/processIdentity.js";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/storage/embedded/startEmbeddedPostgres.js";

const DEATH_POLL_MS = 5;
/** Far from where other servers of the machine look for a port: one that took this one meanwhile would be asked. */
const FIRST_PORT = 20_000;

export class ChaosPostgres {
  private killed: number | undefined;

  private constructor(
    private readonly dataDir: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(dataDir: string): Promise<ChaosPostgres> {
    mkdirSync(dataDir);
    updateMemory(dataDir, { port: await findFreePort(FIRST_PORT + (process.pid % 3_000)) });
    return new ChaosPostgres(dataDir, await startEmbeddedPostgres({ dataDir }));
  }

  /** Of the server itself, password included; its port stays as long as nobody else takes it. */
  get url(): URL {
    return new URL(this.server.url);
  }

  /** Ends connections, rolls back what is open, and stops. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  /** `kill -9` of the server and all its processes: what is not flushed by then is lost. */
  kill(): void {
    const pid = readPidFile(choosePlace(this.dataDir, () => undefined).clusterDir)?.pid;
    if (pid === undefined || !isAlive(pid)) return;
    for (const process of [pid, ...childrenOf(pid)]) endNow(process);
    this.killed = pid;
  }

  /** Starts again on the same data, after a stop or a kill. */
  async startAgain(): Promise<void> {
    while (this.killed !== undefined && isAlive(this.killed)) await sleep(DEATH_POLL_MS);
    this.killed = undefined;
    // Gives back the ownership of the folder; the server itself is gone.
    await this.server.stop();
    this.server = await startEmbeddedPostgres({ dataDir: this.dataDir });
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).map(Number);
}

function endNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
