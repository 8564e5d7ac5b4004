/** A process of its own for whatever is measured by CPU or memory: starts it, asks it questions, ends it. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const START_MS_MAX = 60_000;
const ANSWER_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;

/** What a child sends: once that it is ready, then an answer to each question. */
export type FromChild =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "answer"; readonly question: number; readonly answer: unknown }
  | { readonly kind: "failed"; readonly question: number; readonly message: string };

export interface ToChild {
  readonly question: number;
  readonly name: string;
  readonly argument: unknown;
}

export interface Child {
  /** Where it listens; empty for one that does not. */
  readonly url: string;
  ask<T>(name: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** CPU used since the process started; resident memory, and what of the heap is in use, after a forced collection. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/** Starts `<name>.js` beside this file, as compiled; resolves when it says that it is ready. */
export async function startChild(
  name: string,
  environment: { readonly [name: string]: string } = {},
  execArgv: readonly string[] = [],
): Promise<Child> {
  const path = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const child = fork(path, {
    env: { ...process.env, ...environment },
    execArgv: ["--expose-gc", ...execArgv],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let questions = 0;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${code})`));
      resolve();
    });
  });
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} did not start`)), START_MS_MAX);
    child.once("exit", (code) => reject(new Error(`${name} ended at its start (${code})`)));
    child.on("message", (message: FromChild) => {
      if (message.kind === "ready") {
        clearTimeout(late);
        return resolve(message.url);
      }
      const asked = waiting.get(message.question);
      waiting.delete(message.question);
      if (message.kind === "answer") asked?.resolve(message.answer);
      else asked?.reject(new Error(`${name}: ${message.message}`));
    });
  });
  return {
    url,
    ask<T>(question: string, argument: unknown = null) {
      return new Promise<T>((resolve, reject) => {
        const number = (questions += 1);
        // A run that hangs says where.
        const late = setTimeout(
          () => reject(new Error(`${name}: no answer to ${question}`)),
          ANSWER_MS_MAX,
        );
        waiting.set(number, {
          resolve(answer) {
            clearTimeout(late);
            resolve(answer as T);
          },
          reject,
        });
        child.send({ question: number, name: question, argument } satisfies ToChild);
      });
    },
    async stop() {
      child.kill("SIGTERM");
      const cutOff = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
      await exited;
      clearTimeout(cutOff);
    },
  };
}
