/**
 * Draws an Excalidraw library through the public API, operation by operation, while a second client follows; then
 * compares what everyone holds, in canonical form:
 *
 * - the server's state, against the design that was to be drawn (where all of it was drawn);
 * - the follower's copy, against the server's state;
 * - `at(version)` for ten random versions, and its hash, against a replay of the operations sent.
 *
 * `npm run example -- draw FILE [--limit N] [--seed N] [--leave-out-bad]`; src/seed/excalidraw.ts documents the conversion.
 */
import { randomInt } from "node:crypto";
import type { Design } from "../src/domain/document/design.js";
import type { OperationContent } from "../src/domain/operations/operation.js";
import { signUp } from "./account.js";
import { createClient, type Client } from "./client.js";
import { compare, type Comparison } from "./comparisons.js";
import { blankDesign, drawingSteps } from "./drawingSteps.js";
import { applyOperation, createTemplate } from "./editor.js";
import { Follower } from "./follower.js";

/** How long the follower may take for what is left once the last operation is acknowledged. */
const FOLLOWER_WAIT_MS = 30_000;

export interface DrawOptions {
  readonly url: string;
  readonly name: string;
  readonly design: Design;
  /** Draws only so many operations. */
  readonly limit?: number;
  /** Of the random versions; chosen and printed where it is absent. */
  readonly seed?: number;
  readonly progress?: (done: number, total: number) => void;
}

export interface Drawn {
  readonly templateId: string;
  readonly seed: number;
  readonly operations: number;
  readonly operationsByType: ReadonlyMap<string, number>;
  /** Changes that the follower was told of. */
  readonly events: number;
  readonly seconds: number;
  readonly comparisons: readonly Comparison[];
}

/** Rejects where an operation is refused or the follower sees a gap. */
export async function draw(options: DrawOptions): Promise<Drawn> {
  const { url, design, limit, seed = randomInt(2 ** 31) } = options;
  const token = await signUp(url, "Draughtsman");
  const editor = createClient({ url, token });
  const reader = createClient({ url, token });
  try {
    const templateId = await createTemplate(editor, options.name, blankDesign);
    const steps = [...drawingSteps(design)];
    const drawn = steps.slice(0, limit);
    const follower = new Follower(reader, templateId, blankDesign, 1);
    const startedAt = performance.now();
    await together(
      follower.follow(1 + drawn.length),
      send(editor, templateId, drawn, options.progress),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const goal = drawn.length === steps.length ? design : undefined;
    return {
      templateId,
      seed,
      operations: drawn.length,
      operationsByType: countByType(drawn),
      events: follower.events,
      seconds,
      comparisons: await compare(editor, {
        templateId,
        operations: drawn,
        followed: follower.design,
        goal,
        seed,
      }),
    };
  } finally {
    await Promise.all([editor.close(), reader.close()]);
  }
}

async function send(
  client: Client,
  templateId: string,
  operations: readonly OperationContent[],
  progress: DrawOptions["progress"],
): Promise<void> {
  let version = 1;
  for (const [index, operation] of operations.entries()) {
    version = await applyOperation(client, templateId, version, operation);
    progress?.(index + 1, operations.length);
  }
}

/** Waits for both; the follower's failure ends the wait at once, its slowness some time after the last operation. */
async function together(following: Promise<void>, sending: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = sending.then(
    () =>
      new Promise<never>((_resolve, reject) => {
        const late = () => reject(new Error("the follower did not reach the last version"));
        timer = setTimeout(late, FOLLOWER_WAIT_MS);
      }),
  );
  try {
    await Promise.race([Promise.all([following, sending]), patience]);
  } finally {
    clearTimeout(timer);
  }
}

function countByType(operations: readonly OperationContent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of operations) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}
