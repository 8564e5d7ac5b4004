/** What has to be brought back before an operation that won over a committed one can apply. */
import type { Document } from "../document/document.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { targetOfPath, type Collision } from "./collide.js";
import { deletesNode, nodePath, type Footprint } from "./footprint.js";

/**
 * - `inverse`: what the committed operation deleted, by its own inverse
 * - `value`: the value that a text delta or appended points were made on
 * - `remove`: the other thing under the same id
 */
export type Restoration = "inverse" | "value" | "remove" | undefined;

/** What the beaten collision takes, told from footprints; undefined where the winner just applies. */
export function restorationOf(
  { kind, path, properties }: Collision,
  winner: OperationContent,
  beaten: Footprint,
): Restoration {
  if (kind === "DUPLICATE_ID") return "remove";
  if (kind === "DELETED_TARGET") {
    return deletesNode(beaten, path) ? "inverse" : undefined;
  }
  const builds = winner.type === "EDIT_TEXT" || winner.type === "EXTEND_STROKE";
  const wrote = beaten.some(
    (touch) =>
      touch.kind === "write" &&
      touch.path === path &&
      touch.properties.some((name) => properties.includes(name)),
  );
  return builds && wrote ? "value" : undefined;
}

/** The node under the id that both sides used, deleted. */
export function removal({ path }: Collision): OperationContent {
  const target = targetOfPath(path);
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (elementId !== undefined) return { type: "DELETE_ELEMENT", target, payload: null };
  if (pageId !== undefined) return { type: "DELETE_PAGE", target, payload: null };
  if (clipId !== undefined) return { type: "DELETE_AUDIO_CLIP", target, payload: null };
  if (audioLayerId !== undefined) return { type: "DELETE_AUDIO_LAYER", target, payload: null };
  throw new Error(`no operation deletes ${path}`);
}

/** The properties as they were before the committed operation. */
export function formerValues(
  { path, properties }: Collision,
  committed: Pick<LoggedOperation, "inverse">,
): readonly OperationContent[] {
  // What took points from the end of a stroke kept those before, and so does what gives them back.
  const strokes = committed.inverse.filter(({ type }) => type === "EXTEND_STROKE");
  if (strokes.length > 0) return strokes;
  const payload = Object.fromEntries(
    committed.inverse.flatMap((content) =>
      Object.entries(content.payload ?? {}).filter(([name]) => properties.includes(name)),
    ),
  );
  if (Object.keys(payload).length === 0) return [];
  return [{ type: "UPDATE_ELEMENT_PROPS", target: targetOfPath(path), payload }];
}

/** The groups around a new parent as its client saw them, for a move that closes a cycle with those that it won over. */
export function formerGroups(
  { type, target: { pageId = "", elementId = "" } }: OperationContent,
  beaten: readonly Collision[],
  committed: (operationId: string) => Footprint,
  document: Document,
): readonly OperationContent[] {
  if (type !== "REORDER_ELEMENT") return [];
  const moved = nodePath("pages", pageId, "elements", elementId);
  return beaten
    .filter(({ path }) => path !== moved)
    .flatMap((collision) => formerGroup(collision, committed(collision.serverOperation), document));
}

/** The element back in the group that the committed operation took it out of; out of all where that is gone. */
function formerGroup(
  { path }: Collision,
  committed: Footprint,
  document: Document,
): readonly OperationContent[] {
  const target = targetOfPath(path);
  const page = document.pages.items.get(target.pageId ?? "");
  if (target.elementId === undefined || page?.elements.items.has(target.elementId) !== true)
    return [];
  return committed.flatMap((touch): OperationContent[] => {
    if (touch.kind !== "write" || touch.path !== path || touch.formerParentId === undefined)
      return [];
    const former = touch.formerParentId;
    const parentId = former !== null && page.elements.items.has(former) ? former : null;
    return [{ type: "REORDER_ELEMENT", target, payload: { parentId } }];
  });
}
