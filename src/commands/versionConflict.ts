/** The answer to operations that were made on an older version: what happened, what collides, and the ways out. */
import { designOf } from "../domain/document/toDesign.js";
import { append, type DocumentState, type IncomingOperation } from "../domain/history/append.js";
import type { BatchDecision, BatchRequest } from "../domain/history/decide.js";
import { collisions, type Collision } from "../domain/merge/collide.js";
import { footprintOf } from "../domain/operations/registry.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { VersionConflict } from "./outcomes.js";
import type { Services } from "./services.js";

/** The conflict as the client gets it. The larger parts are functions: they cost the document's size. */
export function versionConflict(
  services: Services,
  templateId: string,
  request: BatchRequest,
  { operations, history }: Extract<BatchDecision, { kind: "conflict" }>,
  state: DocumentState,
): VersionConflict {
  const found = collisions(
    operations.map(({ id, ...content }) => ({
      id,
      footprint: footprintOf(state.document, content),
    })),
    history ?? [],
  );
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
    suggestedResolution: history !== undefined && found.length === 0 ? "CLIENT_WINS" : "MANUAL",
    autoMerge: autoMergeOf(services, request, operations, history, found, state),
    strategies: strategiesOf(found, conflictingOps),
  };
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

function autoMergeOf(
  { sha256, limits }: Services,
  request: BatchRequest,
  operations: readonly IncomingOperation[],
  history: readonly LoggedOperation[] | undefined,
  found: readonly Collision[],
  state: DocumentState,
): VersionConflict["autoMerge"] {
  const unavailable = (reason: string) => ({ available: false, reason, preview: () => null });
  if (history === undefined)
    return unavailable("the log no longer reaches back to the base version");
  if (found.length > 0) return unavailable("operations of both sides change the same thing");
  const text = operations.find(
    ({ type, target }) => type === "EDIT_TEXT" && edited(history, target.elementId),
  );
  if (text !== undefined) {
    return unavailable(`both sides edited the text of element "${text.target.elementId}"`);
  }
  const merged = append(state, operations, {
    authorship: request.authorship,
    sha256,
    limits,
  });
  if (!merged.ok) return unavailable(merged.error.failure.message);
  return { available: true, reason: null, preview: () => designOf(merged.value.next.document) };
}

function edited(history: readonly LoggedOperation[], elementId: string | undefined): boolean {
  return history.some(({ type, target }) => type === "EDIT_TEXT" && target.elementId === elementId);
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
