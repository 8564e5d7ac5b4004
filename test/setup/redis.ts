import { inject } from "vitest";

/**
 * The address of the Redis of this test run. Suites share it: each uses channels and keys of its own.
 *
 * @throws Error saying how to get a Redis, so that suites which need one fail and are not skipped
 */
export function redisUrl(): string {
  const url = inject("redisUrl");
  if (url === undefined) throw new Error(inject("redisProblem") ?? "there is no Redis");
  return url;
}
