/** Operations count against their person's rate before any work is done for them. */
import { userKey } from "../limits/keys.js";
import type { SignedInViewer } from "./authorize.js";
import { refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/** The refusal where so many operations are too much now; nothing where they were counted. */
export async function takeOperations(
  { rates }: Pick<Services, "rates">,
  { userId }: SignedInViewer,
  count: number,
): Promise<RequestError | undefined> {
  const taken = await rates.operations.take(userKey(userId), count);
  return taken.ok ? undefined : rateLimited("too many operations", taken.retryAfterMs);
}

/** Corrects the count where more or fewer operations were committed than were taken. */
export function chargeOperations(
  { rates }: Pick<Services, "rates">,
  { userId }: SignedInViewer,
  taken: number,
  committed: number,
): void {
  if (committed !== taken) rates.operations.charge(userKey(userId), committed - taken);
}

/** The refusal of what somebody did too often. */
export function rateLimited(what: string, retryAfterMs: number): RequestError {
  return refused("RATE_LIMITED", `${what}: try again in ${retryAfterMs} ms`, { retryAfterMs });
}
