/**
 * What an undo or redo is named by in the log. It stays the same however often the request is decided, so that what was decided
 * about a part of it still holds when the rest is.
 */
import { PassedOver } from "../../domain/undo/undoNewest.js";
import { firstOperationId } from "./earlierStep.js";
import type { UndoInput } from "../inputs.js";
import type { Services } from "../services.js";

/** What the rows of a request are named by, and what was decided about it: the same however often it is decided. */
export interface Naming {
  readonly stepId: string;
  /** Only this id is one that somebody could guess and use for something else; the log is asked about it. */
  readonly firstId: string | undefined;
  readonly authorSalt: string;
  readonly idOf: (number: number) => string;
  readonly passedOver: PassedOver;
}

/** New names; the ids are made of the batch id that the client chose, where it did. */
export function namingOf(services: Services, { batchId }: UndoInput): Naming {
  const stepId = services.newId();
  const firstId = batchId == null ? undefined : firstOperationId(batchId);
  const idOf = (number: number) =>
    number === 1 ? (firstId ?? `${stepId}-1`) : `${stepId}-${number}`;
  const authorSalt = services.newSalt();
  return { stepId, firstId, authorSalt, idOf, passedOver: new PassedOver() };
}
