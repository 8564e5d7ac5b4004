/** Which operations a grant to operation types lets through. */
import type { LoggedOperation, OperationType } from "../operations/operation.js";
import type { Restriction } from "./grant.js";

/** An operation as far as its type is asked for; `requested` is what was sent where something else is committed. */
export type TypedOperation = Pick<LoggedOperation, "type" | "payload"> & {
  readonly requested: { readonly type: OperationType } | null;
  /** Whether it takes back what another operation did, or takes that back. */
  readonly isInverse: boolean;
};

/** What else a type changes that only sets properties; what undoes it may be written so. */
const propertiesOf: Readonly<Partial<Record<OperationType, readonly string[]>>> = {
  MOVE_ELEMENT: ["x", "y"],
  RESIZE_ELEMENT: ["x", "y", "width", "height"],
  ROTATE_ELEMENT: ["rotation"],
  EDIT_TEXT: ["text"],
  EXTEND_STROKE: ["points"],
};

/**
 * Whether the restriction lets through operations of this kind, wherever they are. What counts is the type that was sent. Undoing
 * the first rotation of an element, say, removes the property: an inverse that sets nothing but what a type changes counts as of
 * that type.
 */
export function letsTypeThrough(
  { operationTypes }: Pick<Restriction, "operationTypes">,
  { type, payload, requested, isInverse }: TypedOperation,
): boolean {
  if (operationTypes.length === 0 || operationTypes.includes(requested?.type ?? type)) return true;
  if (!isInverse) return false;
  if (operationTypes.includes(type)) return true;
  if (type !== "UPDATE_ELEMENT_PROPS") return false;
  const set = Object.keys(payload ?? {});
  return operationTypes.some((granted) =>
    set.every((property) => propertiesOf[granted]?.includes(property) === true),
  );
}
