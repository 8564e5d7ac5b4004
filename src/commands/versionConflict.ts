/** The answer to operations that were made on an older version: what happened, what collides, and the ways out. */
import { designOf } from "../domain/document/toDesign.js";
import type { DocumentState, IncomingOperation } from "../domain/history/append.js";
import type { BatchDecision, BatchRequest } from "../domain/history/decide.js";
import type { Collision } from "../domain/merge/collide.js";
import { merge, type MergeOutcome } from "../domain/merge/merge.js";
import { reportCollisions } from "../domain/merge/verdict.js";
import type { DecisionContext } from "../live/liveTemplates.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { VersionConflict } from "./outcomes.js";
import type { Services } from "./services.js";

/** The conflict as the client gets it. The larger parts are functions: they cost the document's size. */
export function versionConflict(
  services: Services,
  templateId: string,
  request: BatchRequest,
  { operations, history }: Extract<BatchDecision, { kind: "conflict" }>,
  context: DecisionContext,
): VersionConflict {
  const { state } = context;
  const merged = history && tryMerge(services, request, operations, history, context);
  const found = merged?.kind === "collides" ? merged.collisions : [];
  const conflictingOps = [...new Set(found.map(({ clientOperation }) => clientOperation))];
  return {
    kind: "versionConflict",
    message: messageOf(request, state, history),
    templateId,
    currentVersion: state.version,
    requestedVersion: request.authorship.baseVersion,
    serverState: () => designOf(state.document),
    serverOperations: history ?? [],
    conflictingOps,
    collisions: found,
    suggestedResolution: merged?.kind === "merged" ? "CLIENT_WINS" : "MANUAL",
    autoMerge: autoMergeOf(merged),
    strategies: strategiesOf(found, conflictingOps),
  };
}

/** What MERGE would make of the operations. */
function tryMerge(
  { sha256, limits }: Services,
  request: BatchRequest,
  operations: readonly IncomingOperation[],
  history: readonly LoggedOperation[],
  context: DecisionContext,
): MergeOutcome {
  return merge({
    state: context.state,
    operations,
    history,
    judge: reportCollisions,
    whole: context.known,
    settings: { authorship: request.authorship, sha256, limits },
    clockSkewMsMax: limits.clientClockSkewMsMax,
  });
}

function messageOf(
  request: BatchRequest,
  state: DocumentState,
  history: readonly LoggedOperation[] | undefined,
): string {
  const versions = `made on version ${request.authorship.baseVersion}, but the template is at ${state.version}`;
  return history === undefined
    ? `the operations were ${versions} and the log no longer tells what happened in between: load the state again`
    : `the operations were ${versions}`;
}

function autoMergeOf(merged: MergeOutcome | undefined): VersionConflict["autoMerge"] {
  const unavailable = (reason: string) => ({ available: false, reason, preview: () => null });
  switch (merged?.kind) {
    case undefined:
      return unavailable("the log no longer reaches back to the base version");
    case "merged":
      return {
        available: true,
        reason: null,
        preview: () => designOf(merged.appended.next.document),
      };
    case "refused":
      return unavailable(merged.refusal.failure.message);
    case "collides":
    case "needs":
      return unavailable("operations of both sides change the same thing");
  }
}

function strategiesOf(
  found: readonly Collision[],
  conflictingOps: readonly string[],
): VersionConflict["strategies"] {
  const overwritten = [...new Set(found.map(({ serverOperation }) => serverOperation))];
  return [
    {
      strategy: "CLIENT_WINS",
      description: "Keep your operations, whatever they collide with.",
      warning:
        overwritten.length === 0
          ? null
          : `Overrides operations of others: ${overwritten.join(", ")}.`,
    },
    {
      strategy: "SERVER_WINS",
      description: "Keep what others did and those of your operations that do not collide.",
      warning:
        conflictingOps.length === 0 ? null : `Drops your operations: ${conflictingOps.join(", ")}.`,
    },
    {
      strategy: "MANUAL",
      description: "Settle on a whole state yourself.",
      warning: null,
    },
  ];
}
