/** A child process that is started again when it dies. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export interface KeptProcessOptions {
  readonly name: string;
  readonly program: string;
  readonly parameters: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

const RESTART_MS_MIN = 250;
const RESTART_MS_MAX = 10_000;
/** One that ran so long did not fail at its start. */
const STABLE_MS = 10_000;

export class KeptProcess {
  readonly #options: KeptProcessOptions;
  #child: ChildProcess | undefined;
  #restartMs = RESTART_MS_MIN;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: KeptProcessOptions) {
    this.#options = options;
    this.#start();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Asks it to stop, and resolves when it is gone; where it does not go in time, it is killed. */
  async stop(msMax: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const cut = setTimeout(() => child.kill("SIGKILL"), msMax);
    await gone;
    clearTimeout(cut);
  }

  kill(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#child?.kill("SIGKILL");
  }

  #start(): void {
    const { name, program, parameters, environment, say } = this.#options;
    const startedAt = performance.now();
    const child = spawn(program, parameters, {
      env: environment,
      // A session of its own: Ctrl-C reaches the command alone, which stops all in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    for (const output of [child.stdout, child.stderr]) {
      if (output !== null) createInterface(output).on("line", (line) => say(`${name}: ${line}`));
    }
    child.once("error", (error) => say(`${name}: ${error.message}`));
    child.once("exit", (code, signal) => {
      this.#child = undefined;
      if (this.#stopping) return;
      if (performance.now() - startedAt > STABLE_MS) this.#restartMs = RESTART_MS_MIN;
      say(`${name} ended with ${signal ?? `exit code ${code}`}; starting it again`);
      this.#timer = setTimeout(() => this.#start(), this.#restartMs);
      this.#restartMs = Math.min(2 * this.#restartMs, RESTART_MS_MAX);
    });
  }
}
