/** The ways out of a conflict, each with exactly what it would lose. */
import type { Document } from "../../domain/document/document.js";
import type { AppendFailure, IncomingOperation } from "../../domain/history/append.js";
import type { LogEntry } from "../../domain/history/logEntry.js";
import { isAtOrUnder, targetOfPath } from "../../domain/operations/paths.js";
import type { Footprint, NodePath, Touch } from "../../domain/operations/footprint.js";
import type { MergeOutcome } from "../../domain/merge/mergeInput.js";
import { overriddenSteps, type Overridden } from "../../domain/merge/overridden.js";
import type { NonConflictingOutcome } from "../../domain/merge/mergeNonConflicting.js";
import { footprintOf } from "../../domain/operations/registry.js";
import type { Steps } from "../../domain/steps.js";
import type { VersionConflict } from "../outcomes.js";

/** Losses named in one warning, and things named in one loss, at most; the conflict itself lists all. */
const LOSSES_NAMED_MAX = 10;
const THINGS_NAMED_MAX = 5;

/** Neither side can be weighed against a history that cannot be read. */
const LOSS_UNKNOWN =
  "the loss is unknown, and the server refuses this strategy: the operations since the base version are pruned from the log or too many to merge";

/** A conflict, and what the ways out of it would lead to. */
export interface ConflictSides {
  readonly operations: readonly IncomingOperation[];
  readonly history: readonly LogEntry[];
  /** The one at the head. */
  readonly document: Document;
  /** What CLIENT_WINS makes of the operations; undefined where the log no longer reaches back to their base. */
  readonly forced: Settled<MergeOutcome> | undefined;
  /** What SERVER_WINS makes of them. */
  readonly fitting: Settled<NonConflictingOutcome> | undefined;
}

/** An outcome for which everything was read. */
export type Settled<Outcome> = Exclude<Outcome, { readonly kind: "needs" }>;

type Strategy = VersionConflict["strategies"][number];

/**
 * CLIENT_WINS, SERVER_WINS and MANUAL, in this order, an operation a step. Each warning is told from what the server would
 * commit.
 */
export function* strategySteps(sides: ConflictSides): Steps<readonly Strategy[]> {
  const discardedOps = sides.operations.map(({ id }) => id);
  const clientWins = yield* clientWinsOf(sides);
  const serverWins = yield* serverWinsOf(sides);
  return [clientWins, serverWins, { ...manual, discardedOps }];
}

const none = { warning: null, discardedOps: [], overriddenOps: [] } as const;

const manual: Strategy = {
  strategy: "MANUAL",
  description: "Provide the complete document yourself.",
  ...none,
};

/** The ways out where an undo or redo would undo what others did: nothing is at stake unless somebody settles anew. */
export const undoStrategies: readonly Strategy[] = [
  { strategy: "SERVER_WINS", description: "Leave everything unchanged.", ...none },
  manual,
];

function* clientWinsOf({ forced, history, document }: ConflictSides): Steps<Strategy> {
  const strategy = {
    strategy: "CLIENT_WINS",
    description: "Keep your operations, despite any collision.",
    ...none,
  } as const;
  switch (forced?.kind) {
    case undefined:
      return { ...strategy, warning: LOSS_UNKNOWN };
    case "merged": {
      const { operations: rows, next } = forced.appended;
      const overridden = yield* overriddenSteps(rows, history, document, next.document);
      const overriddenOps = [...new Set(overridden.map(({ serverOperation }) => serverOperation))];
      return { ...strategy, warning: warningOf(lossesOfServer(overridden)), overriddenOps };
    }
    case "refused":
      return { ...strategy, warning: refusalOf(forced.refusal) };
    case "collides":
      return {
        ...strategy,
        warning: "returns a conflict again: the changes of the two sides exclude each other",
      };
  }
}

function* serverWinsOf({ fitting, operations, document }: ConflictSides): Steps<Strategy> {
  const strategy = {
    strategy: "SERVER_WINS",
    description: "Keep the changes of others, and your operations that do not collide.",
    ...none,
  } as const;
  if (fitting === undefined) return { ...strategy, warning: LOSS_UNKNOWN };
  const { discarded: discardedOps, refusal } = fitting;
  if (refusal !== undefined) return { ...strategy, warning: refusalOf(refusal) };
  const discarded = new Set(discardedOps);
  const losses: string[] = [];
  for (const operation of operations) {
    yield;
    const { id } = operation;
    if (!discarded.has(id)) continue;
    losses.push(`drops your operation ${id}: ${effectOf(footprintOf(document, operation))}`);
  }
  return { ...strategy, warning: warningOf(losses), discardedOps };
}

function refusalOf({ operationId, failure }: AppendFailure): string {
  return `is refused because your operation ${operationId} does not apply: ${failure.message}`;
}

function warningOf(losses: readonly string[]): string | null {
  if (losses.length === 0) return null;
  return listed(losses, LOSSES_NAMED_MAX, "; ");
}

function listed(items: readonly string[], max: number, separator = ", "): string {
  const more = items.length - max;
  const named = items.slice(0, max).join(separator);
  return more > 0 ? `${named}${separator}and ${more} more` : named;
}

/** One sentence per operation of others and what happens to it, with all the things that it happens to. */
function lossesOfServer(overridden: readonly Overridden[]): string[] {
  const byOperation = new Map<string, Overridden[]>();
  for (const loss of overridden) {
    const key = JSON.stringify([loss.kind, loss.serverOperation]);
    const losses = byOperation.get(key) ?? [];
    losses.push(loss);
    byOperation.set(key, losses);
  }
  return [...byOperation.values()].map((losses) => {
    const { kind, serverOperation } = losses[0]!;
    const things = new Set(losses.map(({ path, properties }) => partsOf(path, properties)));
    return `${sentences[kind](listed([...things], THINGS_NAMED_MAX))} (operation ${serverOperation})`;
  });
}

const sentences: Readonly<Record<Overridden["kind"], (things: string) => string>> = {
  removes: (things) => `deletes ${things}, which others added`,
  deletes: (things) => `deletes what others changed: ${things}`,
  restores: (things) => `restores ${things}, which others deleted`,
  overwrites: (things) => `overwrites what others set: ${things}`,
};

/** What an operation does, in words. */
function effectOf(footprint: Footprint): string {
  const made = rootsOf(footprint, "create");
  if (made.length > 0) return `adds ${thingsOf(made)}`;
  const gone = rootsOf(footprint, "delete");
  if (gone.length > 0) return `deletes ${thingsOf(gone)}`;
  const sets = footprint.flatMap((touch) =>
    touch.kind === "write" || touch.kind === "blend" ? partsOf(touch.path, touch.properties) : [],
  );
  // What both writes and goes on from a value touches it twice.
  const changes = [...new Set(sets)];
  return changes.length === 0 ? "changes nothing" : `sets ${listed(changes, THINGS_NAMED_MAX)}`;
}

/** The nodes that are made or deleted, without those that are part of another one of them. */
function rootsOf(footprint: Footprint, kind: Touch["kind"]): NodePath[] {
  const paths = new Set(footprint.filter((touch) => touch.kind === kind).map(({ path }) => path));
  return [...paths].filter((path) => {
    const parent = path.slice(0, path.lastIndexOf("/"));
    return !isAtOrUnder(parent, paths);
  });
}

function thingsOf(paths: readonly NodePath[]): string {
  return listed(paths.map(nameOf), THINGS_NAMED_MAX);
}

/** `fill, stroke of element "e1"`, or the thing alone where it is about it as a whole. */
function partsOf(path: NodePath, properties: readonly string[]): string {
  return properties.length === 0
    ? nameOf(path)
    : `${listed(properties, THINGS_NAMED_MAX)} of ${nameOf(path)}`;
}

/** The thing in words: `element "e1"`. */
function nameOf(path: NodePath): string {
  const { pageId, elementId, audioLayerId, clipId } = targetOfPath(path);
  if (elementId !== undefined) return `element "${elementId}"`;
  if (pageId !== undefined) return `page "${pageId}"`;
  if (clipId !== undefined) return `clip "${clipId}"`;
  if (audioLayerId !== undefined) return `audio layer "${audioLayerId}"`;
  return path === "/canvas" ? "the canvas" : "the order of pages";
}
