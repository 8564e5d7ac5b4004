/** Concurrent histories: made at random from a seed, run, and made smaller where they break a law. */
import type { Design } from "../../src/domain/document/design.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import {
  clipIds,
  drawClip,
  drawElementBody,
  drawProperties,
  elementIds,
  layerIds,
  pageIds,
} from "./generators.js";
import type { Draw } from "./generators.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { drawOperation, drawOperationOf } from "./operationGenerators.js";
import { World, type Policy, type Step } from "./world.js";

export interface History {
  readonly design: Design;
  /** MERGE where it is absent. */
  readonly policy?: Policy | undefined;
  readonly steps: readonly Step[];
}

const CLIENTS = 3;
const policies: readonly Policy[] = ["MERGE", "LAST_WRITER_WINS", "MERGE", "RULES"];
const OPERATIONS_MAX = 30;

/** What a seed gives: a history, and what broke while it was made. */
export function madeHistory(seed: number): { readonly history: History; readonly broken?: Error } {
  const random = randomOf(seed);
  const draw = fastDraw(random);
  const below = (count: number) => Math.floor(random() * count);
  const design = smallDesign(draw, below);
  const policy = policies[seed % policies.length]!;
  const world = new World(design, CLIENTS, policy);
  const steps: Step[] = [];
  // Short ones are as good at breaking laws, and quicker.
  const operations = 2 + Math.floor((OPERATIONS_MAX - 1) * random() ** 6);
  try {
    for (let made = 0; made < operations;) {
      const step = nextStep(world, draw, below);
      if (step.kind === "edit") made += 1;
      steps.push(step);
      world.take(step);
    }
    world.finish(seed % 8 === 0);
    return { history: { design, policy, steps } };
  } catch (error) {
    return { history: { design, policy, steps }, broken: error as Error };
  }
}

/** What breaks when the history is run; undefined where nothing does. */
export function brokenBy({ design, policy, steps }: History): Error | undefined {
  try {
    const world = new World(design, CLIENTS, policy);
    for (const step of steps) world.take(step);
    world.finish();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** A history in which no step and no part of the design can be left out without it passing. */
export function shrunk(history: History): History {
  const kind = kindOf(brokenBy(history));
  let smallest = history;
  for (let size = -1; size !== sizeOf(smallest);) {
    size = sizeOf(smallest);
    for (const smaller of smallerOnes(smallest)) {
      if (sizeOf(smaller) < sizeOf(smallest) && kindOf(brokenBy(smaller)) === kind) {
        smallest = smaller;
        break;
      }
    }
  }
  return smallest;
}

/** What broke, without what differs from one history to the next. */
function kindOf(error: Error | undefined): string | undefined {
  return error?.message.slice(0, 9);
}

function sizeOf(history: History): number {
  return JSON.stringify(history).length;
}

function* smallerOnes({ design, policy, steps }: History): Generator<History> {
  for (let length = steps.length >> 1; length >= 1; length >>= 1) {
    for (let start = 0; start < steps.length; start += length) {
      yield { design, policy, steps: steps.toSpliced(start, length) };
    }
  }
  for (const smaller of withoutOne(design)) yield { design: smaller as Design, policy, steps };
  for (const [index, step] of steps.entries()) {
    if (step.kind !== "edit") continue;
    for (const payload of withoutOne(step.operation.payload)) {
      const operation = { ...step.operation, payload: payload as typeof step.operation.payload };
      yield { design, policy, steps: steps.with(index, { ...step, operation }) };
    }
  }
}

/** The value without one of its parts, at any depth. */
function* withoutOne(value: unknown): Generator {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield value.toSpliced(index, 1);
      for (const smaller of withoutOne(item)) yield value.with(index, smaller);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (!needed.has(key)) {
        yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
      }
      for (const smaller of withoutOne(item)) yield { ...value, [key]: smaller };
    }
  }
}

const needed = new Set([
  "id",
  "type",
  "x",
  "y",
  "canvas",
  "pages",
  "elements",
  "audioLayers",
  "clips",
]);

function nextStep(world: World, draw: Draw, below: (count: number) => number): Step {
  const client = below(CLIENTS);
  const kind = below(32);
  if (kind < 10) {
    const design = designOf(world.clients[client]!.local.document);
    return { kind: "edit", client, operation: drawEdit(draw, design, below) };
  }
  if (kind < 16) return { kind: "send", client };
  if (kind < 22) return { kind: "arrive", client };
  if (kind < 29) return { kind: "receive", client, commits: 1 + below(3) };
  return { kind: kind < 31 ? "undo" : "redo", client };
}

/** What brings, takes away and regroups things. */
const structural = [
  "ADD_ELEMENT",
  "DELETE_ELEMENT",
  "REORDER_ELEMENT",
  "CLEAR_PAGE",
  "ADD_PAGE",
  "DELETE_PAGE",
] as const;

/** Any operation; texts and what changes the tree more often than their share: they merge by rules of their own. */
function drawEdit(draw: Draw, design: Design, below: (count: number) => number): OperationContent {
  const choice = below(10);
  const type = choice < 2 ? "EDIT_TEXT" : choice < 5 ? structural[below(6)] : undefined;
  const drawn = type === undefined ? undefined : drawOperationOf(draw, type, design);
  return drawn ?? drawOperation(draw, design);
}

/** A design of few things, so that most operations on it meet. */
export function smallDesign(draw: Draw, below: (count: number) => number): Design {
  return {
    canvas: {},
    pages: pageIds.slice(0, 1 + below(2)).map((id) => ({
      id,
      ...drawProperties(draw),
      elements: elementIds.slice(0, below(5)).map((elementId, index) => ({
        id: elementId,
        ...drawElementBody(draw),
        ...(index > 0 && below(2) === 0 ? { parentId: elementIds[below(index)]! } : {}),
      })),
    })),
    audioLayers: layerIds.slice(0, below(2)).map((id) => ({
      id,
      clips: clipIds.slice(0, below(3)).map((clipId) => drawClip(draw, clipId)),
    })),
  };
}
