/** The answer to operations that were made on an older version: what happened, what collides, and the ways out. */
import { designOf } from "../domain/document/toDesign.js";
import type { DocumentState, IncomingOperation } from "../domain/history/append.js";
import type { BatchDecision, BatchRequest } from "../domain/history/decide.js";
import type { Collision } from "../domain/merge/collide.js";
import { merge, type MergeOutcome } from "../domain/merge/merge.js";
import { reportCollisions } from "../domain/merge/verdict.js";
import type { DecisionContext } from "../live/liveTemplates.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import { strategiesOf } from "./conflictStrategies.js";
import type { VersionConflict } from "./outcomes.js";
import type { Services } from "./services.js";

/** The conflict as the client gets it. The larger parts are functions: they cost the document's size. */
export function versionConflict(
  services: Services,
  templateId: string,
  request: Pick<BatchRequest, "authorship">,
  {
    operations,
    history,
  }: Pick<Extract<BatchDecision, { kind: "conflict" }>, "operations" | "history">,
  context: DecisionContext,
): VersionConflict {
  const { state } = context;
  const merged = history && tryMerge(services, request, operations, history, context);
  return {
    ...conflictAnswer(templateId, {
      message: messageOf(request, state, history),
      requestedVersion: request.authorship.baseVersion,
      state,
      history: history ?? [],
      collisions: merged?.kind === "collides" ? merged.collisions : [],
    }),
    suggestedResolution: merged?.kind === "merged" ? "CLIENT_WINS" : "MANUAL",
    autoMerge: autoMergeOf(merged),
  };
}

interface ConflictFacts {
  readonly message: string;
  readonly requestedVersion: number;
  readonly state: DocumentState;
  readonly history: readonly LoggedOperation[];
  readonly collisions: readonly Collision[];
}

/** What cannot be undone without undoing others' work; its `clientOperation`s are the operations that would undo. */
export function undoConflict(templateId: string, facts: ConflictFacts): VersionConflict {
  return conflictAnswer(templateId, facts);
}

function conflictAnswer(
  templateId: string,
  { message, requestedVersion, state, history, collisions }: ConflictFacts,
): VersionConflict {
  return {
    kind: "versionConflict",
    message,
    templateId,
    currentVersion: state.version,
    requestedVersion,
    serverState: () => designOf(state.document),
    serverOperations: history,
    conflictingOps: [...new Set(collisions.map(({ clientOperation }) => clientOperation))],
    collisions,
    suggestedResolution: "MANUAL",
    autoMerge: {
      available: false,
      reason: "operations of both sides change the same thing",
      preview: () => null,
    },
    strategies: strategiesOf(collisions, history),
  };
}

/** What MERGE would make of the operations. */
function tryMerge(
  { sha256, limits }: Services,
  request: Pick<BatchRequest, "authorship">,
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
  request: Pick<BatchRequest, "authorship">,
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
