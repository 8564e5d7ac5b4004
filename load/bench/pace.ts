/** Does something so many times at a steady pace, whether or not the one before has ended. */
export async function atPace(
  perSecond: number,
  times: number,
  act: (count: number) => Promise<unknown>,
): Promise<void> {
  const startedAt = performance.now();
  const acts: Promise<unknown>[] = [];
  for (let count = 0; count < times; count += 1) {
    const waitMs = startedAt + (count * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    acts.push(act(count));
  }
  await Promise.all(acts);
}
