/** Which operations of a log a list holds. */
import type { LoggedOperation, OperationType } from "../operations/operation.js";

/** What is given must all be so. Ids are compared as a whole with those of the target and of who sent it. */
export interface LogFilter {
  readonly elementId?: string;
  /** The page itself and what is on it. */
  readonly pageId?: string;
  /** The audio layer itself and its clips. */
  readonly audioLayerId?: string;
  readonly clipId?: string;
  readonly userId?: string;
  readonly clientId?: string;
  readonly batchId?: string;
  readonly types?: readonly OperationType[];
  /** Server time, milliseconds since the epoch: this instant or later, … */
  readonly from?: number;
  /** … and before this one. */
  readonly to?: number;
}

type FilteredOperation = Pick<
  LoggedOperation,
  "target" | "userId" | "clientId" | "batchId" | "type" | "serverTimestamp"
>;

/** Whether the operation is among those of the filter. */
export function isInFilter(filter: LogFilter, operation: FilteredOperation): boolean {
  const { target, userId, clientId, batchId, type, serverTimestamp } = operation;
  const values: Partial<Record<keyof LogFilter, string | null | undefined>> = {
    elementId: target.elementId,
    pageId: target.pageId,
    audioLayerId: target.audioLayerId,
    clipId: target.clipId,
    userId,
    clientId,
    batchId,
  };
  const { types, from = -Infinity, to = Infinity, ...ids } = filter;
  return (
    Object.entries(ids).every(([name, id]) => id === values[name as keyof LogFilter]) &&
    (types === undefined || types.includes(type)) &&
    serverTimestamp >= from &&
    serverTimestamp < to
  );
}
