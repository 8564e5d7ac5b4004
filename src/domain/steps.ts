/** Work in steps: between two of them whoever drives it may do something else. What it computes does not depend on that. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All steps at once. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
