/**
 * The laws of deletions where a policy decides them: whichever is committed first, a deletion leaves what it leaves when
 * nobody else was there, and of the other operation what still can be done.
 */
import { seedsOf } from "../setup/seeds.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { collisions } from "../../src/domain/merge/collide.js";
import type { Judge } from "../../src/domain/merge/judging/verdict.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { operationTypes } from "../../src/domain/operations/registry.js";
import { footprintOf } from "../../src/domain/operations/registry.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import { smallDesign } from "./histories.js";
import { nodesOf, settled } from "./intents.js";
import { LawBroken } from "./lawBroken.js";
import { drawOperationOf } from "./operationGenerators.js";
import { descendantsOf, expectedDesign } from "./oracle.js";
import { mergePair } from "./pairMerge.js";
import { smallCaseDesign, smallCasesOf } from "./smallCases.js";

interface Pair {
  readonly design: Design;
  readonly deletion: OperationContent;
  readonly other: OperationContent;
}

const RANDOM_PAIRS_PER_TYPES = seedsOf(12);
const deletionTypes = operationTypes.filter((type) => /^(DELETE|CLEAR)_/.test(type));

function* pairs(): Generator<Pair> {
  const random = randomOf(7);
  const draw = fastDraw(random);
  for (const type of deletionTypes) {
    for (const otherType of operationTypes) {
      for (const deletion of smallCasesOf(type)) {
        for (const other of smallCasesOf(otherType)) {
          yield { design: smallCaseDesign, deletion, other };
        }
      }
      for (let count = 0; count < RANDOM_PAIRS_PER_TYPES; count += 1) {
        const design = smallDesign(draw, (limit) => Math.floor(random() * limit));
        const deletion = drawOperationOf(draw, type, design);
        const other = drawOperationOf(draw, otherType, design);
        if (deletion !== undefined && other !== undefined) yield { design, deletion, other };
      }
    }
  }
}

/** The nodes after both, told on plain designs; the places in lists are not judged here. */
function expectedNodes({ design, deletion, other }: Pair) {
  if (deletionTypes.includes(other.type)) return nodesWithout(design, [deletion, other]);
  const left = expectedDesign(design, settled(design, deletion));
  const rest = whatCanBeDone(left, other);
  return nodesOf(rest === undefined ? left : expectedDesign(left, rest));
}

function nodesWithout(design: Design, deletions: readonly OperationContent[]) {
  const gone = new Set(deletions.flatMap((deletion) => deletedPaths(design, deletion)));
  const nodes = nodesOf(design);
  for (const [path, node] of nodes) {
    const [owner = ""] = path.split(" / ");
    if (gone.has(path) || gone.has(owner)) nodes.delete(path);
    else if (gone.has(`${owner} / ${String(node["parentId"])}`)) delete node["parentId"];
  }
  return nodes;
}

function deletedPaths(design: Design, deletion: OperationContent): string[] {
  const { pageId = "", elementId = "", audioLayerId = "", clipId = "" } = deletion.target;
  const elements = design.pages.find(({ id }) => id === pageId)?.elements ?? [];
  switch (deletion.type) {
    case "DELETE_ELEMENT":
      return [...descendantsOf(elements, elementId)].map((id) => `${pageId} / ${id}`);
    case "CLEAR_PAGE": {
      const ids = settled(design, deletion).payload?.["elementIds"] as readonly string[];
      return ids.map((id) => `${pageId} / ${id}`);
    }
    case "DELETE_PAGE":
      return [pageId];
    case "DELETE_AUDIO_LAYER":
      return [`layer ${audioLayerId}`];
    default:
      return [`layer ${audioLayerId} / ${clipId}`];
  }
}

/** What of the operation can be done on the design; undefined where nothing can. */
function whatCanBeDone(design: Design, operation: OperationContent): OperationContent | undefined {
  const { type, target, payload } = operation;
  const page = design.pages.find(({ id }) => id === target.pageId);
  const layer = design.audioLayers.find(({ id }) => id === target.audioLayerId);
  if (target.pageId !== undefined && page === undefined && type !== "ADD_PAGE") return undefined;
  if (target.audioLayerId !== undefined && layer === undefined && type !== "ADD_AUDIO_LAYER") {
    return undefined;
  }
  const isNew = type.startsWith("ADD_");
  const has = (list: readonly { readonly id: string }[] = [], id: string) =>
    list.some((node) => node.id === id);
  if (!isNew && target.elementId !== undefined && !has(page?.elements, target.elementId)) {
    return undefined;
  }
  if (!isNew && target.clipId !== undefined && !has(layer?.clips, target.clipId)) return undefined;
  const parentId = payload?.["parentId"];
  if (typeof parentId !== "string" || has(page?.elements, parentId)) return operation;
  if (isNew) return undefined;
  const { parentId: _gone, ...rest } = payload!;
  return Object.keys(rest).length === 0 ? undefined : { type, target, payload: rest };
}

/** What collides besides the deletion: two moves that may close a cycle, and ids that both use. */
function collidesOtherwise({ design, deletion, other }: Pair): boolean {
  const document = documentOf(design);
  const [one, two] = [deletion, other].map((content, index) => ({
    id: `${index}`,
    footprint: footprintOf(document, settled(design, content)),
  }));
  return collisions([one!], [two!]).some(({ kind }) => kind !== "DELETED_TARGET");
}

function collide({ design, deletion, other }: Pair): boolean {
  const document = documentOf(design);
  const footprint = (content: OperationContent) => footprintOf(document, settled(design, content));
  const [client, server] = [
    { id: "b", footprint: footprint(deletion) },
    { id: "a", footprint: footprint(other) },
  ];
  return collisions([client], [server]).length > 0;
}

/** Throws where a pair leaves something else, or the later one does not name the earlier one. Answers how many collide. */
export function checkDeletions(judge: Judge): number {
  let colliding = 0;
  for (const pair of pairs()) {
    if (collidesOtherwise(pair)) continue;
    const expected = expectedNodes(pair);
    const isColliding = collide(pair);
    if (isColliding) colliding += 1;
    for (const [earlier, later] of [
      [pair.deletion, pair.other],
      [pair.other, pair.deletion],
    ] as const) {
      const { outcome, document, merged } = mergePair(
        pair.design,
        [{ id: "a", content: earlier }],
        [{ id: "b", content: later }],
        judge,
      );
      const told = JSON.stringify([earlier, later, pair.design]);
      if (document === undefined) throw new LawBroken(`${outcome.kind}: ${told}`);
      const found = nodesOf(designOf(document));
      const [actual, wanted] = [found, expected].map((nodes) =>
        canonicalJson(Object.fromEntries(nodes)),
      );
      if (actual !== wanted) {
        throw new LawBroken(`${actual}\n  is not\n${wanted}\n  with ${told}`);
      }
      const row = merged.find(({ id }) => id === "b");
      if (isColliding && row?.transformedFrom.includes("a") !== true && isTold(pair, later)) {
        throw new LawBroken(`who was met is not named: ${told}`);
      }
    }
  }
  return colliding;
}

/** A cleared page loses nothing where what was to leave its group is gone, too, nor a move where only groups further around are. */
function isTold({ deletion, other }: Pair, later: OperationContent): boolean {
  if (deletionTypes.includes(other.type) && deletionTypes.includes(deletion.type)) return false;
  return !(later.type === "REORDER_ELEMENT" && deletion.type === "CLEAR_PAGE");
}
