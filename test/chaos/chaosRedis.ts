/** The Redis of a run: without persistence, so that one that was killed comes back empty. */
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { findRedisProgram, redisArguments } from "../setup/redisServer.js";
import { ManagedProcess } from "./managedProcess.js";

/** As that of the run's PostgreSQL. */
const FIRST_PORT = 23_400;

export class ChaosRedis {
  private constructor(
    readonly port: number,
    private readonly logFile: string,
    private process: ManagedProcess,
  ) {}

  static async start(logFile: string): Promise<ChaosRedis> {
    const port = await findFreePort(FIRST_PORT);
    return new ChaosRedis(port, logFile, await startProgram(port, logFile));
  }

  kill(): void {
    this.process.kill();
  }

  pause(): void {
    this.process.pause();
  }

  resume(): void {
    this.process.resume();
  }

  /** A new one on the same port, with nothing in it. */
  async startAgain(): Promise<void> {
    await this.process.exited;
    this.process = await startProgram(this.port, this.logFile);
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

function startProgram(port: number, logFile: string): Promise<ManagedProcess> {
  const command = findRedisProgram();
  if (command === undefined) throw new Error("failure tests need redis-server or valkey-server");
  return ManagedProcess.start({
    command,
    arguments: redisArguments(port),
    ready: "Ready to accept connections",
    logFile,
  });
}
