/**
 * What an operation touches, as registers of the document. Conflict detection, merging, locks, viewport filters,
 * permissions and undo are derived from footprints, so that a new operation type needs no case against the others.
 *
 * A node's path is a JSON pointer of collection names and ids: `/pages/p1`, `/pages/p1/elements/e1`,
 * `/audioLayers/l1/clips/c1`, `/canvas`; in an id `~` is written `~0` and `/` is written `~1` (RFC 6901).
 * Paths are hierarchical: deleting `/pages/p1` touches everything under it.
 */
export type NodePath = string;

/** One node that an operation touches. A footprint holds at most one touch of each kind per node. */
export type Touch =
  | { readonly kind: "create"; readonly path: NodePath }
  /** `formerParentId` as with a write; absent where there was no such element. */
  | { readonly kind: "delete"; readonly path: NodePath; readonly formerParentId?: string | null }
  /**
   * Sets the named properties of the node. A write of an element's `parentId` tells what it was before, null for none, so that history tells what was in what.
   */
  | {
      readonly kind: "write";
      readonly path: NodePath;
      readonly properties: readonly string[];
      readonly formerParentId?: string | null;
    }
  /**
   * Changes properties in a way that always merges with other changes of that kind: text deltas, appended points,
   * places in an order, position, size and rotation. A blend of `order` is of the place; a write of `order` is of an
   * editor's own property of that name (`registersOf`).
   */
  | { readonly kind: "blend"; readonly path: NodePath; readonly properties: readonly string[] }
  /**
   * Needs the node to be there: a parent group, the page of a new element. With `properties` it also needs those to
   * stay as they are: that the groups around a new parent stay where they are, or two moves could close a cycle.
   */
  | { readonly kind: "read"; readonly path: NodePath; readonly properties?: readonly string[] };

export type Footprint = readonly Touch[];

/** What footprints call the place in an order, as they are stored. */
const STORED_PLACE = "order";

/**
 * The register of a place in an order: of an element in the paint order, on `/pages` that of the pages. No property of a
 * node can have this name, since payloads name the place by it.
 */
export const PLACE = "afterId";

/** The registers that a touch names: an editor's property `order` is not the place. */
export function registersOf(touch: Touch): readonly string[] {
  if (!("properties" in touch)) return [];
  const names = touch.properties ?? [];
  if (touch.kind !== "blend" || !names.includes(STORED_PLACE)) return names;
  return names.map((name) => (name === STORED_PLACE ? PLACE : name));
}

/** What a register is called where it is told. */
export function toldName(register: string): string {
  return register === PLACE ? STORED_PLACE : register;
}

/** The path of a node from collection names and ids in turn: `nodePath("pages", pageId, "elements", elementId)`. */
export function nodePath(...segments: readonly string[]): NodePath {
  let path = "";
  for (const segment of segments) path += "/" + escapeSegment(segment);
  return path;
}

/** The names and ids of a path, unescaped. */
export function segmentsOf(path: NodePath): string[] {
  const segments = path.split("/").slice(1);
  if (!path.includes("~")) return segments;
  return segments.map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The paths above a path, nearest first. */
export function* ancestorsOf(path: NodePath): Generator<NodePath> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    yield path.slice(0, end);
  }
}

function escapeSegment(segment: string): string {
  return segment.includes("~") || segment.includes("/")
    ? segment.replaceAll("~", "~0").replaceAll("/", "~1")
    : segment;
}

/** Whether the operation deletes the node, or one it is in. */
export function deletesNode(footprint: Footprint, path: NodePath): boolean {
  return footprint.some(
    (touch) =>
      touch.kind === "delete" && (path === touch.path || path.startsWith(`${touch.path}/`)),
  );
}
