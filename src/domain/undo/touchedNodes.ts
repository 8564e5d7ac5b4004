/** Which nodes of a history a step is about: those that it touches, what these are in, and what goes into those that it adds or deletes. */
import type { LogEntry } from "../history/logEntry.js";
import {
  ancestorsOf,
  nodePath,
  segmentsOf,
  type NodePath,
  type Touch,
} from "../operations/footprint.js";
import { forEachInSteps, type Steps } from "../steps.js";

export interface Touched {
  /** With all that they are in or need. */
  readonly nodes: ReadonlySet<NodePath>;
  /** Those that are added or deleted. */
  readonly whole: ReadonlySet<NodePath>;
}

/** The nodes that the operations are about, from the whole history, oldest first. */
export function* touchedBy(
  history: readonly LogEntry[],
  operationIds: ReadonlySet<string>,
): Steps<Touched> {
  const nodes = new Set<NodePath>();
  const whole = new Set<NodePath>();
  const add = ({ path }: Touch) => {
    for (const node of [path, ...ancestorsOf(path)]) nodes.add(node);
  };
  for (const { id, footprint } of history) {
    if (!operationIds.has(id)) continue;
    yield* forEachInSteps(footprint, (touch) => {
      add(touch);
      if (touch.kind === "create" || touch.kind === "delete") whole.add(touch.path);
    });
  }
  // What goes into a group that the step adds or deletes, or leaves it, comes and goes with it.
  yield* forEachInSteps(history, ({ footprint }) => {
    const isAbout = footprint.some((touch) => whole.has(touch.path) || whole.has(groupLeft(touch)));
    if (!isAbout) return;
    for (const touch of footprint) {
      if (touch.kind === "create") whole.add(touch.path);
      if (touch.kind === "create" || groupLeft(touch) !== "") add(touch);
    }
  });
  // Backwards, since what a node is in was there before it.
  yield* forEachInSteps(history.toReversed(), ({ footprint }) => {
    const adds = footprint.some(({ kind, path }) => kind === "create" && nodes.has(path));
    if (adds) for (const touch of footprint) if (touch.kind === "read") add(touch);
  });
  return { nodes, whole };
}

/** The group that the touch takes a node out of or, where it was in none, the page; empty where it takes it out of nothing. */
function groupLeft(touch: Touch): NodePath {
  if (touch.kind !== "write" || touch.formerParentId === undefined) return "";
  const siblings = touch.path.slice(0, touch.path.lastIndexOf("/"));
  const [, pageId = ""] = segmentsOf(touch.path);
  const { formerParentId } = touch;
  return formerParentId === null ? siblings : nodePath("pages", pageId, "elements", formerParentId);
}
