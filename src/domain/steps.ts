/** Work in steps: between two of them whoever drives it may do something else. What it computes does not depend on that. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** What most work answers at once, and large work in steps. */
export type MaybeSteps<T> = T | Steps<T>;

/** How many small things of the same kind are done in one step: about a millisecond of work. */
export const STEP_ITEMS = 500;

/** The result, in steps where the work has any. */
export function* inSteps<T extends object>(work: MaybeSteps<T>): Steps<T> {
  return isSteps(work) ? yield* work : work;
}

/** The result at once. */
export function atOnce<T extends object>(work: MaybeSteps<T>): T {
  return isSteps(work) ? finished(work) : work;
}

function isSteps<T extends object>(work: MaybeSteps<T>): work is Steps<T> {
  return Symbol.iterator in work && "next" in work;
}

/** All steps at once. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does the work for each item, so many in one step. */
export function* forEachInSteps<T>(items: Iterable<T>, work: (item: T) => void): Steps<void> {
  let count = 0;
  for (const item of items) {
    count += 1;
    if (count % STEP_ITEMS === 0) yield;
    work(item);
  }
}
