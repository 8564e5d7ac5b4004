/** What an operation type says of itself beyond its footprint: what merging, undo, restoring and grants ask. */
import type { JsonObject } from "../json.js";
import type { Delta } from "../text/delta.js";
import type { NodePath } from "./footprint.js";
import type { OperationContent, OperationTarget } from "./operation.js";

/** The lists of a document, in which things have places. */
export type ListKind = "pages" | "elements" | "audioLayers" | "clips";

/** A thing that goes above another; `order` where all of the list are put in an order. */
export type Placing =
  | { readonly id: string; readonly afterId: string | null | undefined }
  | { readonly order: readonly string[] };

/** The operation brings a thing into a list, takes one out, or moves some in it. */
export interface ListChange<T, P> {
  readonly list: ListKind;
  /** Where it puts what; undefined where it only takes something out, or leaves the places as they are. */
  placing(target: T, payload: P): Placing | undefined;
}

/** The operation adds the node that its target names. */
export interface Addition {
  /** The property of the payload that lists what is in the node from the start; null where it has none. */
  readonly contents: "elements" | "clips" | null;
}

/**
 * The operation has nothing left to do once its target is gone, and it deletes:
 * - `node`: a page, layer or clip, with all that is in it
 * - `elementTree`: the element of its target, with all that is in it
 * - `elements`: those of the page that it names, each without what is in it; a merge may leave some of them alone
 */
export type Deletion<T, P> =
  | { readonly of: "node" }
  | { readonly of: "elementTree" }
  | {
      readonly of: "elements";
      /** Undefined where it means all that its client saw on the page. */
      named(payload: P): readonly string[] | undefined;
      naming(target: T, elementIds: readonly string[]): OperationContent;
    };

/**
 * The operation goes on from the value that it finds, of a property of its element: it means nothing on another value. A
 * text is changed by a delta, which is rebased over the deltas of others; to a stroke points are appended.
 */
export type IncrementalChange<P> =
  | {
      readonly property: "text";
      deltaOf(payload: P): Delta;
      withDelta(payload: P, delta: Delta): JsonObject;
    }
  | { readonly property: "points" };

/** The operation puts the element of its target into a group, or out of its own. */
export interface Regrouping<P> {
  /** The group; null: out of all; undefined where it leaves that as it is. */
  groupOf(payload: P): string | null | undefined;
}

/** Each is required, since no default is right for all types: null or false where it does not apply. */
export interface OperationTraits<T extends OperationTarget, P extends JsonObject | null> {
  readonly adds: Addition | null;
  readonly deletes: Deletion<T, P> | null;
  /** Whether the payload holds values of the node's properties by name, null for none. */
  readonly setsProperties: boolean;
  readonly incremental: IncrementalChange<P> | null;
  readonly regroups: Regrouping<P> | null;
  /** Whether it may change which elements there are on its page, or which of them are in which. */
  readonly restructures: boolean;
  readonly placesIn: ListChange<T, P> | null;
  /**
   * The parts of it that others' work may take away one by one: properties, or `PLACE`. None where it is done as a whole or
   * not at all.
   */
  parts(payload: P): readonly string[];
  /** The operation without the parts that it lost, of which there is at least one; undefined where it cannot be without them. */
  without(target: T, payload: P, lost: ReadonlySet<string>): OperationContent | undefined;
}

/** Hooks with a safe default. */
export interface OptionalHooks<T extends OperationTarget> {
  /**
   * The part of it that needs or changes the node at the path, where that is another one than its target. By default, and where
   * undefined, a collision there is about the operation as a whole.
   */
  partAt?(target: T, path: NodePath): string | undefined;
  /**
   * The properties that it changes, where it changes no others: a grant to the type lets through what takes them back. By
   * default it does not.
   */
  readonly changes?: readonly string[];
}
