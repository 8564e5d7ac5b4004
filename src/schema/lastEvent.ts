/** Where a client of an event stream goes on: the number that the id of its last event tells. */
import { badUserInput } from "./errors.js";

const INT_MAX = 2 ** 31 - 1;

/**
 * The number, before which the client has everything, whatever its arguments say: an EventSource sends those again that
 * it began with. Undefined where it names none. Throws BAD_USER_INPUT for what is no id of such an event.
 */
export function numberOfLastEvent(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined) return undefined;
  const number = /^[1-9]\d{0,9}$/.test(lastEventId) ? Number(lastEventId) : INT_MAX + 1;
  if (number <= INT_MAX) return number;
  throw badUserInput("`Last-Event-ID` must be absent or the id of an event of this subscription.");
}
