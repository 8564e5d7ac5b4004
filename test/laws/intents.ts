/**
 * What has to be there after two operations that were made on one design and do not collide, told from what each of
 * them says: register by register, list by list, with none of the code under test.
 */
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { Design } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { expectedDesign } from "./oracle.js";
import { mergedText } from "./textOracle.js";

type Registers = Record<string, Json>;
type Nodes = Map<string, Registers>;

/** Every node by its path with its own properties. */
export function nodesOf({ canvas, pages, audioLayers }: Design): Nodes {
  const nodes: Nodes = new Map([["canvas", { ...canvas }]]);
  for (const { elements, ...page } of pages) {
    nodes.set(page.id, { ...page });
    for (const element of elements) nodes.set(`${page.id} / ${element.id}`, { ...element });
  }
  for (const { clips, ...layer } of audioLayers) {
    nodes.set(`layer ${layer.id}`, { ...layer });
    for (const clip of clips) nodes.set(`layer ${layer.id} / ${clip.id}`, { ...clip });
  }
  return nodes;
}

/** The nodes and their properties after both, the later one committed after the earlier one. */
export function expectedNodes(
  design: Design,
  earlier: OperationContent,
  later: OperationContent,
): Nodes {
  const before = nodesOf(design);
  const [afterEarlier, afterLater] = [earlier, later].map((operation) =>
    nodesOf(expectedDesign(design, settled(design, operation))),
  ) as [Nodes, Nodes];
  const expected: Nodes = new Map();
  for (const [path, registers] of [...before, ...afterEarlier, ...afterLater]) {
    const isGone = before.has(path) && !(afterEarlier.has(path) && afterLater.has(path));
    if (!isGone && !expected.has(path)) expected.set(path, { ...registers });
  }
  for (const [operation, after] of [
    [earlier, afterEarlier],
    [later, afterLater],
  ] as const) {
    for (const [path, name] of written(design, operation)) {
      const node = expected.get(path);
      if (node === undefined) continue;
      const value = after.get(path)?.[name];
      if (value === undefined) delete node[name];
      else node[name] = value;
    }
  }
  blendBoth(before, expected, earlier, later);
  return expected;
}

/** CLEAR_PAGE without ids means all on the page. */
export function settled(design: Design, operation: OperationContent): OperationContent {
  const { type, target, payload } = operation;
  if (type !== "CLEAR_PAGE" || payload?.["elementIds"] !== undefined) return operation;
  const page = design.pages.find(({ id }) => id === target.pageId);
  return { type, target, payload: { elementIds: page?.elements.map(({ id }) => id) ?? [] } };
}

/** The properties that an operation sets on nodes that were there. */
function written(design: Design, operation: OperationContent): [path: string, name: string][] {
  const { type, target, payload } = operation;
  const path = pathOf(operation);
  const names = Object.keys(payload ?? {}).filter((name) => name !== "afterId");
  switch (type) {
    case "EDIT_TEXT":
      return [[path, "text"]];
    case "CLEAR_PAGE": {
      const page = design.pages.find(({ id }) => id === target.pageId);
      const ids = settled(design, operation).payload?.["elementIds"] as readonly string[];
      const left = page?.elements.filter(({ parentId }) => ids.includes(parentId as string)) ?? [];
      return left.map(({ id }) => [`${target.pageId} / ${id}`, "parentId"]);
    }
    case "REORDER_PAGES":
      return [];
    case "EXTEND_STROKE":
      return [[path, "points"]];
    default:
      return type.startsWith("ADD_") ? [] : names.map((name) => [path, name]);
  }
}

/** Two deltas of one text and two extensions of one stroke are both there. */
function blendBoth(
  before: Nodes,
  expected: Nodes,
  earlier: OperationContent,
  later: OperationContent,
): void {
  const path = pathOf(earlier);
  const node = expected.get(path);
  if (earlier.type !== later.type || path !== pathOf(later) || node === undefined) return;
  const was = before.get(path)!;
  if (earlier.type === "EDIT_TEXT") {
    const [mine, theirs] = [earlier, later].map(({ payload }) => payload?.["delta"] as Json);
    const text = mergedText(was["text"] ?? "", [mine!], [theirs!]);
    if (text !== "" || was["text"] !== undefined) node["text"] = text;
    else delete node["text"];
  } else if (earlier.type === "EXTEND_STROKE") {
    const points = [was, earlier.payload, later.payload].flatMap(
      (from) => ((from as JsonObject)["points"] ?? []) as readonly Json[],
    );
    node["points"] = points;
  }
}

function pathOf({ type, target }: OperationContent): string {
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (type === "UPDATE_CANVAS") return "canvas";
  if (pageId !== undefined) return elementId === undefined ? pageId : `${pageId} / ${elementId}`;
  return clipId === undefined ? `layer ${audioLayerId}` : `layer ${audioLayerId} / ${clipId}`;
}

/** What is wrong with the order of a list after both; undefined where nothing is. */
export function misplaced(
  design: Design,
  earlier: OperationContent,
  later: OperationContent,
  result: Design,
): string | undefined {
  for (const [list, order] of listsOf(result)) {
    const first = placementOf(list, earlier);
    const second = placementOf(list, later);
    const former = (listsOf(design).get(list) ?? []).filter((id) => order.includes(id));
    if (first === "all" || second === "all") {
      const last = (second === "all" ? later : earlier).payload?.["pageIds"] as readonly string[];
      const placed = second === "all" ? undefined : second;
      const named = last.filter((id) => order.includes(id) && id !== placed?.id);
      if (!isSubsequence(named, order)) return `${list} is ${order.join()}: not ${named.join()}`;
      if (placed !== undefined && !isInPlace(placed, order, [])) return `${placed.id} in ${list}`;
      continue;
    }
    const untouched = former.filter((id) => id !== first?.id && id !== second?.id);
    if (!isSubsequence(untouched, order)) return `${list} changed beyond what was placed`;
    const standing =
      second === undefined
        ? undefined
        : amongThoseLeft(second, order, listsOf(design).get(list) ?? []);
    if (standing !== undefined && !isInPlace(standing, order, []))
      return `${standing.id} in ${list}`;
    if (first === undefined || first.id === second?.id || !order.includes(first.id)) continue;
    // The later one may have gone between the two, or taken the neighbour elsewhere.
    if (first.afterId === second?.id && second !== undefined) continue;
    if (typeof first.afterId === "string" && !order.includes(first.afterId)) continue;
    if (!isInPlace(first, order, [second?.id])) return `${first.id} in ${list}, the earlier one`;
  }
  return undefined;
}

interface Placed {
  readonly id: string;
  readonly afterId: Json | undefined;
}

/** Where its neighbour is gone: above the nearest that was below that one and is there still. */
function amongThoseLeft(
  { id, afterId }: Placed,
  order: readonly string[],
  former: readonly string[],
): Placed {
  if (typeof afterId !== "string" || order.includes(afterId)) return { id, afterId };
  const below = former.slice(0, Math.max(0, former.indexOf(afterId)));
  const left = below.findLast((other) => other !== id && order.includes(other));
  return former.includes(afterId) ? { id, afterId: left ?? null } : { id, afterId };
}

/** Whether it stands right above its neighbour, not counting those that may stand between. */
function isInPlace(
  { id, afterId }: Placed,
  order: readonly string[],
  between: readonly (string | undefined)[],
): boolean {
  if (!order.includes(id)) return true;
  const counted = order.filter((other) => !between.includes(other));
  const index = counted.indexOf(id);
  if (afterId === null) return index === 0;
  const below = typeof afterId === "string" && afterId !== id ? counted.indexOf(afterId) : -1;
  return below < 0 ? index === counted.length - 1 : index === below + 1;
}

function isSubsequence(ids: readonly string[], order: readonly string[]): boolean {
  return order.filter((id) => ids.includes(id)).join() === ids.join();
}

export function listsOf({ pages, audioLayers }: Design): Map<string, string[]> {
  const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id);
  return new Map([
    ["pages", idsOf(pages)],
    ["layers", idsOf(audioLayers)],
    ...pages.map(({ id, elements }) => [`page ${id}`, idsOf(elements)] as const),
    ...audioLayers.map(({ id, clips }) => [`layer ${id}`, idsOf(clips)] as const),
  ]);
}

/** What the operation places in the list; `all` where it gives a new order to all. */
export function placementOf(list: string, { type, target, payload }: OperationContent) {
  const { pageId, elementId, audioLayerId, clipId } = target;
  const places = (id: string | undefined, where: string): Placed | undefined =>
    where === list && id !== undefined ? { id, afterId: payload?.["afterId"] } : undefined;
  switch (type) {
    case "REORDER_PAGES":
      return list === "pages" ? "all" : undefined;
    case "REORDER_ELEMENT":
      return payload?.["afterId"] === undefined ? undefined : places(elementId, `page ${pageId}`);
    case "ADD_ELEMENT":
      return places(elementId, `page ${pageId}`);
    case "ADD_PAGE":
      return places(pageId, "pages");
    case "ADD_AUDIO_LAYER":
    case "REORDER_AUDIO_LAYER":
      return places(audioLayerId, "layers");
    case "ADD_AUDIO_CLIP":
    case "REORDER_AUDIO_CLIP":
      return places(clipId, `layer ${audioLayerId}`);
    default:
      return undefined;
  }
}
