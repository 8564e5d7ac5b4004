/** Edits count against their person's rate by what they cost: before any work is done for them, and settled afterwards. */
import { userKey } from "../../limits/rates/keys.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { SignedInViewer } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { jsonBytes } from "../../domain/document/bytes.js";

/** The refusal where a request of so many operations is too much now; nothing where it was counted. */
export async function takeOperations(
  { rates }: Pick<Services, "rates">,
  { userId }: SignedInViewer,
  count: number,
): Promise<RequestError | undefined> {
  const taken = await rates.operations.take(userKey(userId), editPoints(count, 0));
  return taken.ok ? undefined : rateLimited("too many operations", taken.retryAfterMs);
}

/** The refusal where the person had too many bytes of documents stored in full; nothing where these were counted. */
export async function takeCopy(
  { rates }: Pick<Services, "rates">,
  { userId }: Pick<SignedInViewer, "userId">,
  bytes: number,
): Promise<RequestError | undefined> {
  const taken = await rates.copies.take(userKey(userId), bytes);
  return taken.ok ? undefined : rateLimited("too many bytes copied", taken.retryAfterMs);
}

/** Settles what was taken for so many operations by what the request committed; nothing for what an earlier try had. */
export function chargeOperations(
  { rates }: Pick<Services, "rates">,
  { userId }: SignedInViewer,
  taken: number,
  committed: readonly LoggedOperation[],
): void {
  const points = pointsOfLogged(committed) - editPoints(taken, 0);
  if (points !== 0) rates.operations.charge(userKey(userId), points);
}

/** The refusal of what somebody did too often. */
export function rateLimited(what: string, retryAfterMs: number): RequestError {
  return refused("RATE_LIMITED", `${what}: try again in ${retryAfterMs} ms`, { retryAfterMs });
}

// A point of the rate `operations` is an ordinary request with one operation. Measured on PostgreSQL
// (docs/decisions/edit-cost.md): 40 further rows of one commit take as long as a request of their own, and so do some 100 KB of
// payload; bytes count threefold, since the log keeps them.
const ROWS_PER_POINT = 40;
const BYTES_PER_POINT = 32_768;

/** The points of so many rows with so many bytes in one commit; none for no rows. */
function editPoints(rows: number, bytes: number): number {
  if (rows <= 0) return 0;
  return 1 + Math.floor((rows - 1) / ROWS_PER_POINT + bytes / BYTES_PER_POINT);
}

/** The points of operations as they were logged. */
function pointsOfLogged(operations: readonly LoggedOperation[]): number {
  let bytes = 0;
  for (const { payload, inverse } of operations) {
    bytes += jsonBytes(payload);
    for (const content of inverse) bytes += jsonBytes(content.payload);
  }
  return editPoints(operations.length, bytes);
}
