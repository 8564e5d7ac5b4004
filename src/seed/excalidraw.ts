/**
 * Excalidraw libraries as designs.
 *
 * | Excalidraw                      | design                                                                     |
 * | ------------------------------- | -------------------------------------------------------------------------- |
 * | library item                    | a page: `id` from its name, `name`, `width` and `height` of what is on it   |
 * | rectangle, freedraw             | `rect`, `stroke`; ellipse, diamond, line, arrow, text, image, frame as they are called |
 * | x, y                            | canvas units from the page's upper left corner, hundredths                  |
 * | angle                           | `rotation`, radians to degrees, absent where 0                              |
 * | points (line, arrow, freedraw)  | `points`, relative to x, y; those of a stroke carry the pressure if it was recorded |
 * | groupIds (innermost first)      | an element of type `group` for each; the innermost is the `parentId`        |
 * | frameId                         | `parentId` of what is in no group, and of the outermost group               |
 * | other properties that are set   | kept under their names                                                      |
 * | version, nonces, null, deleted  | left out: they belong to the editor's session                               |
 *
 * Parents stand before their children, so the elements can be added one by one in their order.
 */
import type { Design, DesignElement, DesignPage } from "../domain/document/design.js";
import type { Json, JsonObject } from "../domain/json.js";
import { parseLibrary, type ExcalidrawElement, type LibraryItem } from "./excalidrawLibrary.js";
import {
  namesOf,
  withoutBad,
  type BadElement,
  type FittingDesign,
  type Places,
} from "./withoutBadElements.js";

/**
 * The design of a parsed `.excalidrawlib` file, one page per item. Throws an Error that says what is wrong with the file,
 * and names each element that is bad.
 */
export function convertLibrary(library: unknown): Design {
  const { design, leftOut } = convertWhatFits(library);
  if (leftOut.length === 0) return design;
  const count = leftOut.length === 1 ? "1 element" : `${leftOut.length} elements`;
  throw new Error(
    `not an Excalidraw library that can be drawn as a whole: ${count} must be mended or left out\n${namesOf(leftOut)}`,
  );
}

/** As `convertLibrary`, without the elements that are bad: what cannot be read, and what no design can hold. */
export function convertWhatFits(library: unknown): FittingDesign {
  const { items, bad } = parseLibrary(library);
  const pageIds = new Set<string>();
  const places: Places = new Map();
  const doubled: BadElement[] = [];
  const pages = items.map((item, index) => {
    const name = item.name?.trim() || `Item ${index + 1}`;
    const elements = withoutDoubles(item.elements, doubled);
    return pageOf(elements, name, unusedId(pageIds, slugOf(name)), places);
  });
  const canvas = { background: "#ffffff", unit: "px" };
  const { design, leftOut } = withoutBad({ canvas, pages, audioLayers: [] }, places);
  return { design, leftOut: [...bad, ...doubled, ...leftOut] };
}

/** The elements that are not deleted, each id once. */
function withoutDoubles(
  elements: LibraryItem["elements"],
  doubled: BadElement[],
): LibraryItem["elements"] {
  const ids = new Set<string>();
  return elements.filter(({ element, place }) => {
    if (element.isDeleted) return false;
    if (ids.has(element.id)) {
      doubled.push({ place: `${place}.id`, message: "must differ from the ids before it" });
      return false;
    }
    ids.add(element.id);
    return true;
  });
}

function pageOf(
  present: LibraryItem["elements"],
  name: string,
  id: string,
  places: Places,
): DesignPage {
  const drawn = present.map(({ element }) => element);
  const bounds = boundsOf(drawn);
  const elements = withParents(drawn, bounds);
  const placeById = new Map(present.map(({ element, place }) => [element.id, place]));
  for (const element of elements) {
    places.set(element, placeById.get(element.id) ?? `group ${element.id}`);
  }
  return {
    id,
    name,
    width: Math.ceil(bounds.right - bounds.left),
    height: Math.ceil(bounds.bottom - bounds.top),
    elements,
  };
}

/** The elements of a page in paint order, each frame and group just below the first thing it holds. */
function withParents(elements: readonly ExcalidrawElement[], bounds: Bounds): DesignElement[] {
  const frames = new Map(
    elements.filter((element) => element.type === "frame").map((frame) => [frame.id, frame]),
  );
  const members = membersOfGroups(elements);
  const placed = new Map<string, DesignElement>();

  function placeFrame(frameId: string | null | undefined): string | undefined {
    const frame = frameId == null ? undefined : frames.get(frameId);
    if (frame === undefined) return undefined;
    if (!placed.has(frame.id)) placed.set(frame.id, elementOf(frame, undefined, bounds));
    return frame.id;
  }

  function placeGroups(element: ExcalidrawElement): string | undefined {
    let parentId = placeFrame(element.frameId);
    for (const groupId of (element.groupIds ?? []).toReversed()) {
      if (!placed.has(groupId)) {
        placed.set(groupId, groupOf(groupId, members.get(groupId) ?? [], parentId, bounds));
      }
      parentId = groupId;
    }
    return parentId;
  }

  for (const element of elements) {
    // Frames hold things and are in nothing: a frame in a group that it holds would be its own ancestor.
    if (element.type === "frame") placeFrame(element.id);
    else placed.set(element.id, elementOf(element, placeGroups(element), bounds));
  }
  return [...placed.values()];
}

function membersOfGroups(
  elements: readonly ExcalidrawElement[],
): ReadonlyMap<string, ExcalidrawElement[]> {
  const members = new Map<string, ExcalidrawElement[]>();
  for (const element of elements) {
    if (element.type === "frame") continue;
    for (const groupId of element.groupIds ?? []) {
      const group = members.get(groupId);
      if (group === undefined) members.set(groupId, [element]);
      else group.push(element);
    }
  }
  return members;
}

function groupOf(
  id: string,
  members: readonly ExcalidrawElement[],
  parentId: string | undefined,
  page: Bounds,
): DesignElement {
  const bounds = boundsOf(members);
  return {
    id,
    type: "group",
    x: hundredths(bounds.left - page.left),
    y: hundredths(bounds.top - page.top),
    width: hundredths(bounds.right - bounds.left),
    height: hundredths(bounds.bottom - bounds.top),
    ...(parentId === undefined ? {} : { parentId }),
  };
}

/** What the design says in its own words, and what only Excalidraw's editor needs. */
const converted = new Set(["id", "type", "x", "y", "width", "height", "angle", "points"]);
const dropped = new Set(
  "version,versionNonce,index,isDeleted,updated,boundElements,groupIds,frameId,pressures,simulatePressure,lastCommittedPoint,boundElementIds,originalText,baseline,isFrameName,seed".split(
    ",",
  ),
);

function elementOf(
  element: ExcalidrawElement,
  parentId: string | undefined,
  page: Bounds,
): DesignElement {
  return {
    ...editorProperties(element),
    id: element.id,
    type: typeNames[element.type] ?? element.type,
    x: hundredths(element.x - page.left),
    y: hundredths(element.y - page.top),
    width: hundredths(element.width),
    height: hundredths(element.height),
    ...(element.angle ? { rotation: degreesOf(element.angle) } : {}),
    ...(element.points === undefined ? {} : { points: pointsOf(element) }),
    ...(parentId === undefined ? {} : { parentId }),
  };
}

const typeNames: { readonly [type: string]: string } = { rectangle: "rect", freedraw: "stroke" };

function editorProperties(element: ExcalidrawElement): JsonObject {
  const kept: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(element)) {
    if (converted.has(key) || dropped.has(key) || value === null || value === undefined) continue;
    kept[key] = value as Json;
  }
  return kept;
}

function pointsOf({ points = [], pressures, simulatePressure }: ExcalidrawElement): Json {
  const recorded = simulatePressure ? undefined : pressures;
  return points.map(([x, y], index) => {
    const pressure = recorded?.[index];
    const place = [hundredths(x), hundredths(y)];
    return pressure === undefined ? place : [...place, hundredths(pressure)];
  });
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around the elements, without regard to rotation. */
function boundsOf(elements: readonly ExcalidrawElement[]): Bounds {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y, width, height, points } of elements) {
    const corners: readonly (readonly [number, number, ...number[]])[] = points ?? [
      [0, 0],
      [width, height],
    ];
    for (const [dx, dy] of corners) {
      left = Math.min(left, x + dx);
      top = Math.min(top, y + dy);
      right = Math.max(right, x + dx);
      bottom = Math.max(bottom, y + dy);
    }
  }
  return left <= right ? { left, top, right, bottom } : { left: 0, top: 0, right: 0, bottom: 0 };
}

function hundredths(value: number): number {
  // Adding 0 turns -0 into 0, which JSON could not tell apart anyway.
  return Math.round(value * 100) / 100 + 0;
}

function degreesOf(radians: number): number {
  return hundredths((radians * 180) / Math.PI);
}

function slugOf(name: string): string {
  const slug = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return slug || "page";
}

function unusedId(used: Set<string>, wanted: string): string {
  let id = wanted;
  for (let count = 2; used.has(id); count += 1) id = `${wanted}-${count}`;
  used.add(id);
  return id;
}
