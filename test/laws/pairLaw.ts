/** The laws of two operations made on one document: exhaustive over a small design, random beyond. */
import { seedsOf } from "../setup/seeds.js";
import { isDeepStrictEqual } from "node:util";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { Json } from "../../src/domain/json.js";
import { unbounded } from "../../src/domain/limits.js";
import { operationsBetween } from "../../src/domain/diff/diff.js";
import { receiveCommits } from "../../src/domain/client/receiveCommits.js";
import { edited, localState, sent } from "../../src/domain/client/localState.js";
import { lastWriterWins, reportCollisions } from "../../src/domain/merge/judging/verdict.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { operationTypes } from "../../src/domain/operations/registry.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import { smallDesign } from "./histories.js";
import { expectedNodes, misplaced, nodesOf } from "./intents.js";
import { drawOperationOf } from "./operationGenerators.js";
import { mergePair, type PairOutcome } from "./pairMerge.js";
import { smallCaseDesign, smallCasesOf } from "./smallCases.js";
import { LawBroken } from "./lawBroken.js";
import { sameContent } from "./world.js";

const RANDOM_PAIRS_PER_TYPE = seedsOf(63);

interface Pair {
  readonly design: Design;
  readonly a: OperationContent;
  readonly b: OperationContent;
}

/** Every pair with the type on the earlier side: all small cases, then random ones. */
function* pairsOf(type: OperationContent["type"]): Generator<Pair> {
  for (const a of smallCasesOf(type)) {
    for (const other of operationTypes) {
      for (const b of smallCasesOf(other)) yield { design: smallCaseDesign, a, b };
    }
  }
  const random = randomOf(operationTypes.indexOf(type));
  const draw = fastDraw(random);
  for (let count = 0; count < RANDOM_PAIRS_PER_TYPE; count += 1) {
    const design = smallDesign(draw, (limit) => Math.floor(random() * limit));
    const a = drawOperationOf(draw, type, design);
    const other = operationTypes[count % operationTypes.length]!;
    const b = drawOperationOf(draw, other, design);
    if (a !== undefined && b !== undefined) yield { design, a, b };
  }
}

/** What the server makes of the pair. */
function merged({ design, a, b }: Pair): PairOutcome {
  return mergePair(design, [{ id: "a", content: a }], [{ id: "b", content: b }]);
}

/** The collisions without which side is whose, so that both orders of commit can be compared. */
function collisionsOf({ outcome }: PairOutcome): string {
  if (outcome.kind !== "collides") return "";
  return outcome.collisions
    .map(({ kind, path, properties }) => [kind, path, ...properties].join(" "))
    .toSorted()
    .join("\n");
}

function same(actual: unknown, expected: unknown, { a, b, design }: Pair): void {
  if (actual === expected) return;
  const told = JSON.stringify([a, b, design]);
  throw new LawBroken(`${String(actual)}\n  is not\n${String(expected)}\n  with ${told}`);
}

function textOf(nodes: ReadonlyMap<string, Json>): string {
  return canonicalJson(Object.fromEntries(nodes));
}

function applied(document: Document, changes: readonly OperationContent[]): Document {
  return changes.reduce((current, change) => {
    const result = applyOperation(current, change, unbounded);
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }, document);
}

/** What does not collide has both intents. */
function expectIntents(pair: Pair, { outcome, document }: PairOutcome): void {
  if (outcome.kind === "collides") return;
  same(outcome.kind, "merged", pair);
  const result = designOf(document!);
  const [found, expected] = [nodesOf(result), expectedNodes(pair.design, pair.a, pair.b)];
  if (!isDeepStrictEqual(found, expected)) same(textOf(found), textOf(expected), pair);
  same(misplaced(pair.design, pair.a, pair.b, result), undefined, pair);
}

/** A client that has the later one on its way, or waiting, shows what the server will have, or stands still. */
function expectShown(pair: Pair, { committed, document }: PairOutcome): void {
  const base = localState(1, documentOf(pair.design));
  const made = edited(base, { ...pair.b, id: "b", timestamp: null });
  if (!made.ok) throw new Error(made.error.message);
  const before = made.value.document;
  for (const state of [sent(made.value, 1), made.value]) {
    const { local, taken, obstacle } = receiveCommits(state, committed, rules);
    const of = state.inFlight === undefined ? "pending" : "inFlight";
    same(obstacle?.of, document === undefined ? of : undefined, pair);
    same(taken, document === undefined ? 0 : committed.length, pair);
    same(sameContent(local.document, document ?? before), true, pair);
    same(
      sameContent(applied(before, operationsBetween(before, local.document)), local.document),
      true,
      pair,
    );
  }
}

const rules = { judge: reportCollisions, clientId: null };

/**
 * Merges every pair with the type committed first, and throws where one collides otherwise from its other side, lacks
 * an intent, or is not what a client shows. Answers how many there were of each outcome.
 */
export function checkPairs(type: OperationContent["type"]) {
  const counts = { collides: 0, merged: 0, needs: 0, refused: 0 };
  for (const pair of pairsOf(type)) {
    const result = merged(pair);
    counts[result.outcome.kind] += 1;
    const isFirst = operationTypes.indexOf(pair.b.type) >= operationTypes.indexOf(type);
    const swapped = isFirst ? merged({ ...pair, a: pair.b, b: pair.a }) : result;
    same(collisionsOf(swapped), collisionsOf(result), pair);
    expectIntents(pair, result);
    expectShown(pair, result);
  }
  return counts;
}

/** Throws where of two writes another one wins when the other is committed first. Answers how many were compared. */
export function checkLastWriter(): number {
  const writers = operationTypes.filter((type) => !/ADD|DELETE|CLEAR|PAGES/.test(type));
  const cases = writers.flatMap(smallCasesOf);
  let compared = 0;
  for (const [index, a] of cases.entries()) {
    for (const b of cases.slice(0, index + 1)) {
      const pair = { design: smallCaseDesign, a, b };
      const areReplaced = [a, b].every(({ type }) => /MOVE|RESIZE|ROTATE/.test(type));
      if (areReplaced || merged(pair).outcome.kind === "collides") compared += compareWriters(pair);
    }
  }
  return compared;
}

const stamps = [0, 1].flatMap((timestamp) =>
  ["x", "y"].map((clientId) => ({ timestamp, clientId })),
);

function compareWriters(pair: Pair): number {
  const judge = lastWriterWins(0);
  let compared = 0;
  for (const one of stamps) {
    for (const other of stamps) {
      const mine = { id: "a", content: pair.a, ...one };
      const theirs = { id: "b", content: pair.b, ...other };
      const left = mergePair(pair.design, [mine], [theirs], judge);
      const right = mergePair(pair.design, [theirs], [mine], judge);
      same(left.outcome.kind, right.outcome.kind, pair);
      if (left.document === undefined || right.document === undefined) continue;
      compared += 1;
      same(sameContent(left.document, right.document), true, pair);
    }
  }
  return compared;
}
