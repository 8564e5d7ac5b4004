/** A program of the run: started, killed, stopped and let go on. Only its own process id is ever signalled. */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { appendFileSync } from "node:fs";

const START_MS_MAX = 60_000;
const OUTPUT_UNITS_KEPT = 4_000;

export interface ProgramOptions extends SpawnOptions {
  readonly command: string;
  readonly arguments: readonly string[];
  /** What it writes when it is ready. */
  readonly ready: string;
  readonly logFile: string;
  /** Told of each line on standard error. */
  readonly onError?: (line: string) => void;
}

export class ManagedProcess {
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  private constructor(private readonly child: ChildProcess) {
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  /** Resolves once it says that it is ready; rejects with the end of its output where it ends before. */
  static async start(options: ProgramOptions): Promise<ManagedProcess> {
    const { command, arguments: given, ready, logFile, onError, ...rest } = options;
    const child = spawn(command, given, { ...rest, stdio: ["ignore", "pipe", "pipe"] });
    const started = new ManagedProcess(child);
    let output = "";
    const take = (text: string) => {
      output = (output + text).slice(-OUTPUT_UNITS_KEPT);
      appendFileSync(logFile, text);
    };
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      take(text);
      for (const line of text.split("\n")) if (line !== "") onError?.(line);
    });
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${command}: ${why}\n${output}`));
      const late = setTimeout(() => fail("is not ready in time"), START_MS_MAX);
      child.once("error", ({ message }) => fail(message));
      child.once("exit", () => fail("ended at its start"));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        take(text);
        if (!output.includes(ready)) return;
        clearTimeout(late);
        resolve();
      });
    });
    return started;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the program did not start");
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** `kill -9`: nothing it does afterwards is seen by anybody. */
  kill(): void {
    if (this.isRunning) this.child.kill("SIGKILL");
  }

  /** Asks it to stop and waits until it has. */
  async stop(): Promise<void> {
    if (this.isRunning) this.child.kill("SIGTERM");
    await this.exited;
  }

  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }
}
