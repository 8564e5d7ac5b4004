/** The answer to operations that were made on an older version: what happened, what collides, and the ways out. */
import { designOf } from "../../domain/document/toDesign.js";
import type { DocumentState, IncomingOperation } from "../../domain/history/append.js";
import type { BatchDecision, BatchRequest } from "../../domain/merge/decide.js";
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { Collision } from "../../domain/merge/collide.js";
import { toldName } from "../../domain/operations/footprint.js";
import { mergeSteps } from "../../domain/merge/merge.js";
import type { MergeInput, MergeOutcome } from "../../domain/merge/mergeInput.js";
import { clientWins, reportCollisions, type Judge } from "../../domain/merge/judging/verdict.js";
import { mergeNonConflictingSteps } from "../../domain/merge/mergeNonConflicting.js";
import type { Steps } from "../../domain/steps.js";
import type { DecisionContext } from "../../live/liveTemplates.js";
import { strategySteps, undoStrategies } from "./conflictStrategies.js";
import type { Resolution, VersionConflict } from "../outcomes.js";
import { serverOperations } from "./serverOperations.js";
import type { Services } from "../services.js";

/** Committed operations that have to be read wholly before the answer can be made. */
type Needs = Extract<MergeOutcome, { kind: "needs" }>;

/** The conflict, or what has to be read for it. */
export type ConflictOrNeeds = VersionConflict | Needs;

/**
 * The conflict as the client gets it. The larger parts are functions: they cost the document's size. Collisions are
 * told whatever the template's rules say of them, since the ways out know no rules; `ruled` says whether MERGE, which
 * does, would settle them. An operation a step: each way out is merged.
 */
export function* versionConflictSteps(
  services: Services,
  templateId: string,
  request: Pick<BatchRequest, "authorship">,
  { operations, history }: Sides,
  context: DecisionContext,
  ruled?: Judge,
): Steps<ConflictOrNeeds> {
  const { state } = context;
  const attempt = function* (judge: Judge): Steps<MergeOutcome | undefined> {
    return (
      history &&
      (yield* mergeSteps(mergeInput(services, request, operations, history, context, judge)))
    );
  };
  const merged = yield* attempt(reportCollisions);
  if (merged?.kind === "needs") return merged;
  const collisions = merged?.kind === "collides" ? merged.collisions : [];
  const settled = ruled === undefined || collisions.length === 0 ? merged : yield* attempt(ruled);
  if (settled?.kind === "needs") return settled;
  const forced = merged?.kind === "collides" ? yield* attempt(clientWins) : merged;
  if (forced?.kind === "needs") return forced;
  const fitting =
    history &&
    (yield* mergeNonConflictingSteps(
      mergeInput(services, request, operations, history, context, reportCollisions),
    ));
  if (fitting?.kind === "needs") return fitting;
  const facts = {
    message: messageOf(request, state, history),
    requestedVersion: request.authorship.baseVersion,
    context,
    history: history ?? [],
    collisions,
  };
  return {
    ...conflictAnswer(services, templateId, facts),
    suggestedResolution: operations.length === 0 ? "MANUAL" : suggestionFor(merged),
    autoMerge: operations.length === 0 ? unavailable(NO_OPERATIONS) : autoMergeOf(settled),
    strategies: yield* strategySteps({
      ...{ operations, forced, fitting },
      history: facts.history,
      document: state.document,
    }),
  };
}

type Sides = Pick<Extract<BatchDecision, { kind: "conflict" }>, "operations" | "history">;

const NO_OPERATIONS = "the resolution names no operations to merge; choose again on the new head";
const COLLIDING = "operations of both sides change the same properties or document nodes";

interface ConflictFacts {
  readonly message: string;
  readonly requestedVersion: number;
  readonly context: DecisionContext;
  readonly history: readonly LogEntry[];
  readonly collisions: readonly Collision[];
}

/** What cannot be undone without undoing others' work; its `clientOperation`s are the operations that would undo. */
export function undoConflict(
  services: Services,
  templateId: string,
  facts: ConflictFacts,
): VersionConflict {
  // For undoing, places collide, which are told as the order.
  const collisions = facts.collisions.map((collision) => ({
    ...collision,
    properties: collision.properties.map(toldName),
  }));
  return conflictAnswer(services, templateId, { ...facts, collisions });
}

function conflictAnswer(
  services: Services,
  templateId: string,
  { message, requestedVersion, context, history, collisions }: ConflictFacts,
): VersionConflict {
  const { state, known } = context;
  // A part of a history would be taken for all of it.
  const told = context.holdsPart === true ? [] : history;
  return {
    kind: "versionConflict",
    message,
    templateId,
    currentVersion: state.version,
    requestedVersion,
    stateBytes: state.document.bytes,
    serverState: () => designOf(state.document),
    serverOperations: serverOperations(services, templateId, told, known),
    conflictingOps: [...new Set(collisions.map(({ clientOperation }) => clientOperation))],
    collisions,
    suggestedResolution: "SERVER_WINS",
    autoMerge: unavailable(COLLIDING),
    strategies: undoStrategies,
  };
}

/**
 * Where something collides what is committed already stays; where nothing does all can be kept. Where the operations can be
 * neither judged nor applied only a whole state is left.
 */
function suggestionFor(merged: Exclude<MergeOutcome, Needs> | undefined): Resolution {
  switch (merged?.kind) {
    case "collides":
      return "SERVER_WINS";
    case "merged":
      return "CLIENT_WINS";
    default:
      return "MANUAL";
  }
}

/** What merges the operations where the judge decides. */
export function mergeInput(
  { sha256, limits }: Services,
  request: Pick<BatchRequest, "authorship">,
  operations: readonly IncomingOperation[],
  history: readonly LogEntry[],
  context: DecisionContext,
  judge: Judge,
): MergeInput {
  return {
    state: context.state,
    operations,
    history,
    judge,
    whole: context.known,
    settings: { authorship: request.authorship, sha256, limits },
    clockSkewMsMax: limits.clientClockSkewMsMax,
  };
}

function messageOf(
  request: Pick<BatchRequest, "authorship">,
  state: DocumentState,
  history: readonly LogEntry[] | undefined,
): string {
  const versions = `made on version ${request.authorship.baseVersion}, but the template is at ${state.version}`;
  return history === undefined
    ? `the operations were ${versions} and the operations in between are pruned from the log or too many to merge; reload the state`
    : `the operations were ${versions}`;
}

function autoMergeOf(
  merged: Exclude<MergeOutcome, Needs> | undefined,
): VersionConflict["autoMerge"] {
  switch (merged?.kind) {
    case undefined:
      return unavailable(
        "the operations since the base version are pruned from the log or too many to merge",
      );
    case "merged":
      return {
        available: true,
        reason: null,
        previewBytes: merged.appended.next.document.bytes,
        preview: () => designOf(merged.appended.next.document),
      };
    case "refused":
      return unavailable(merged.refusal.failure.message);
    case "collides":
      return unavailable(COLLIDING);
  }
}

function unavailable(reason: string): VersionConflict["autoMerge"] {
  return { available: false, reason, previewBytes: 0, preview: () => null };
}
