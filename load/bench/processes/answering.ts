/** The child's side: says that it is ready, then answers questions; what every child can tell is its usage. */
import type { FromChild, ToChild, Usage } from "./child.js";

export type Answers = { readonly [name: string]: (argument: never) => unknown };

const SETTLE_MS = 100;

export function answerQuestions(url: string, answers: Answers): void {
  const all: Answers = { usage, ...answers };
  process.on("message", (message: ToChild) => void answer(message, all));
  // A parent that is gone asks nothing any more.
  process.on("disconnect", () => process.exit(0));
  send({ kind: "ready", url });
}

async function answer({ question, name, argument }: ToChild, answers: Answers): Promise<void> {
  try {
    const answerTo = answers[name];
    if (answerTo === undefined) throw new Error(`nobody knows ${name}`);
    send({ kind: "answer", question, answer: await answerTo(argument as never) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send({ kind: "failed", question, message });
  }
}

async function usage({ collect }: { readonly collect: boolean }): Promise<Usage> {
  const { user, system } = process.cpuUsage();
  if (collect) {
    // Twice, with a pause: what finalisers let go of is freed by the second.
    for (let round = 0; round < 2; round += 1) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMs: (user + system) / 1_000, rssBytes: rss, heapBytes: heapUsed };
}

function send(message: FromChild): void {
  process.send?.(message);
}
