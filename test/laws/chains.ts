/** Operations of one side that go on from each other: what is dropped of them takes along what follows. */
import type { Design } from "../../src/domain/document/design.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import type { OperationContent, OperationType } from "../../src/domain/operations/operation.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import { drawDelta, drawOperationOf } from "./operationGenerators.js";
import { drawPoints, drawText, drawValue, pick, type Draw } from "./generators.js";

export function after(design: Design, content: OperationContent): Design {
  const applied = applyOperation(documentOf(design), content, unbounded);
  if (!applied.ok) throw new Error(applied.error.message);
  return designOf(applied.value);
}

export interface Chain {
  readonly mine: readonly OperationContent[];
  /** What others do that one of these loses to. */
  readonly theirs: readonly OperationContent[];
}

const none: Chain = { mine: [], theirs: [] };

/** Operations that go on from each other; none where the design has nothing for them. */
export function drawChain(draw: Draw, design: Design): Chain {
  const chains = [
    setAndGrow,
    setAndGrow,
    regroupAndDelete,
    regroupAndDelete,
    addAndChange,
    cutAndPaste,
    cutAndPaste,
  ];
  return pick(draw, chains)(draw, design);
}

/** The design with nothing in it but what the operations are about, and the groups that they name. */
export function narrowed(design: Design, contents: readonly OperationContent[]): Design {
  const named = (name: "pageId" | "elementId" | "audioLayerId" | "clipId") =>
    new Set(contents.map(({ target }) => target[name]));
  const [pages, layers, clips] = [named("pageId"), named("audioLayerId"), named("clipId")];
  const elements = named("elementId");
  for (const { payload } of contents) elements.add(payload?.["parentId"] as string | undefined);
  return {
    ...design,
    pages: design.pages
      .filter(({ id }) => pages.has(id))
      .map((page) => ({ ...page, elements: page.elements.filter(({ id }) => elements.has(id)) })),
    audioLayers: design.audioLayers
      .filter(({ id }) => layers.has(id))
      .map((layer) => ({ ...layer, clips: layer.clips.filter(({ id }) => clips.has(id)) })),
  };
}

/** A text or stroke is set and then edited or extended. */
function setAndGrow(draw: Draw, design: Design): Chain {
  const set = drawOperationOf(draw, "UPDATE_ELEMENT_PROPS", design);
  if (set === undefined) return none;
  const { target } = set;
  const change = { fill: drawValue(draw) };
  const colour = { ...set, payload: { fill: drawValue(draw) } };
  const element = narrowed(design, [set]);
  if (pick(draw, ["text", "points"]) === "points") {
    const grown = { points: drawPoints(draw), ...pick(draw, [{}, { from: 1 }]) };
    const theirs = pick(draw, [colour, drawOperationOf(draw, "EXTEND_STROKE", element)!]);
    return {
      mine: [
        { ...set, payload: { ...change, points: drawPoints(draw) } },
        { type: "EXTEND_STROKE", target, payload: grown },
      ],
      theirs: [theirs],
    };
  }
  const text = drawText(draw);
  return {
    mine: [
      { ...set, payload: { ...change, text } },
      { type: "EDIT_TEXT", target, payload: { delta: drawDelta(draw, text) } },
    ],
    theirs: [pick(draw, [colour, drawOperationOf(draw, "EDIT_TEXT", element)!])],
  };
}

/** An element goes out of its group, which is then deleted. */
function regroupAndDelete(draw: Draw, design: Design): Chain {
  const grouped = design.pages.flatMap(({ id: pageId, elements }) =>
    elements.flatMap(({ id: elementId, parentId }) =>
      typeof parentId === "string" ? { pageId, elementId, parentId, elements } : [],
    ),
  );
  if (grouped.length === 0) return none;
  const { pageId, elementId, parentId, elements } = pick(draw, grouped);
  const groups = elements.filter(({ id }) => id !== elementId && id !== parentId);
  const into = pick(draw, [null, ...groups.map(({ id }) => id), ...groups.map(({ id }) => id)]);
  const move: OperationContent = {
    type: "REORDER_ELEMENT",
    target: { pageId, elementId },
    payload: { parentId: into },
  };
  const applied = applyOperation(documentOf(design), move, unbounded);
  if (!applied.ok) return none;
  const type = pick<OperationType>(draw, ["DELETE_ELEMENT", "DELETE_ELEMENT", "CLEAR_PAGE"]);
  const deletion: OperationContent =
    type === "CLEAR_PAGE"
      ? { type, target: { pageId }, payload: { elementIds: [parentId] } }
      : { type, target: { pageId, elementId: parentId }, payload: null };
  const theirs: readonly OperationContent[] =
    into === null
      ? []
      : [{ type: "DELETE_ELEMENT", target: { pageId, elementId: into }, payload: null }];
  return { mine: [move, deletion], theirs };
}

/** Something is added, perhaps into a group, and then changed, filled or deleted. */
function addAndChange(draw: Draw, design: Design): Chain {
  const type = pick<OperationType>(draw, ["ADD_ELEMENT", "ADD_ELEMENT", "ADD_AUDIO_CLIP"]);
  const added = drawOperationOf(draw, type, design);
  if (added === undefined) return none;
  const next = after(design, added);
  const changes: readonly OperationType[] =
    type === "ADD_ELEMENT"
      ? ["UPDATE_ELEMENT_PROPS", "EDIT_TEXT", "EXTEND_STROKE", "REORDER_ELEMENT", "MOVE_ELEMENT"]
      : ["UPDATE_AUDIO_CLIP", "DELETE_AUDIO_CLIP", "REORDER_AUDIO_CLIP"];
  const change = drawOperationOf(draw, pick(draw, changes), narrowed(next, [added]));
  const mine = change === undefined ? [added] : [added, change];
  return { mine, theirs: [deletionAround(added)] };
}

/** An element goes to another page or a clip to another layer, in either order of adding and deleting. */
function cutAndPaste(draw: Draw, design: Design): Chain {
  const type = pick<OperationType>(draw, ["DELETE_ELEMENT", "DELETE_ELEMENT", "DELETE_AUDIO_CLIP"]);
  const cut = drawOperationOf(draw, type, design);
  if (cut === undefined) return none;
  const { pageId, elementId, audioLayerId, clipId } = cut.target;
  const without = (items: readonly { readonly id: string }[], id: string | undefined) =>
    items.every((item) => item.id !== id);
  const pages = design.pages.filter(({ id, elements }) => {
    return id !== pageId && without(elements, elementId);
  });
  const layers = design.audioLayers.filter(({ id, clips }) => {
    return id !== audioLayerId && without(clips, clipId);
  });
  const places = type === "DELETE_ELEMENT" ? pages : layers;
  if (places.length === 0) return none;
  const { id } = pick<{ readonly id: string }>(draw, places);
  const pasted: OperationContent =
    type === "DELETE_ELEMENT"
      ? {
          type: "ADD_ELEMENT",
          target: { pageId: id, elementId: elementId! },
          payload: { type: "rect", x: 1, y: 2 },
        }
      : {
          type: "ADD_AUDIO_CLIP",
          target: { audioLayerId: id, clipId: clipId! },
          payload: { start: 1 },
        };
  const mine = pick(draw, [
    [cut, pasted],
    [pasted, cut],
  ]);
  return { mine, theirs: [deletionAround(pasted)] };
}

/** Deletes the page or layer that the target is on. */
function deletionAround({ target: { pageId, audioLayerId } }: OperationContent): OperationContent {
  return pageId === undefined
    ? { type: "DELETE_AUDIO_LAYER", target: { audioLayerId: audioLayerId! }, payload: null }
    : { type: "DELETE_PAGE", target: { pageId }, payload: null };
}
