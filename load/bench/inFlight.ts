/** Keeps a number of requests in flight for a time and counts those that were answered within it. */

export interface Throughput {
  readonly answered: number;
  readonly perSecond: number;
  /** Of each request answered, in milliseconds. */
  readonly latenciesMs: readonly number[];
}

/** `request` gets the number of the worker that calls it and a count that grows by one with each call. */
export async function keepInFlight(
  workers: number,
  durationMs: number,
  request: (worker: number, count: number) => Promise<void>,
): Promise<Throughput> {
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;
  let count = 0;
  async function work(worker: number): Promise<void> {
    for (;;) {
      const sentAt = performance.now();
      if (sentAt >= endsAt) return;
      await request(worker, count++);
      const answeredAt = performance.now();
      if (answeredAt <= endsAt) latenciesMs.push(answeredAt - sentAt);
    }
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  const answered = latenciesMs.length;
  return { answered, perSecond: (answered * 1_000) / durationMs, latenciesMs };
}
