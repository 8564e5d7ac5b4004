/** Undo and redo: the viewer's own newest batch, inverted at the head, whatever others did since. */
import type { Viewer } from "../domain/access/access.js";
import type { Authorship } from "../domain/history/append.js";
import { requestHash } from "../domain/history/versionHash.js";
import type { LogEntry } from "../domain/history/logEntry.js";
import {
  cancelledPairs,
  undoLine,
  type BatchEvent,
  type UndoLine,
} from "../domain/history/undoLine.js";
import { unbounded } from "../domain/limits.js";
import { undoOperations } from "../domain/merge/undo.js";
import type { Decision, DecisionContext } from "../live/liveTemplates.js";
import type { GrantedHead } from "../storage/accessReader.js";
import { appliedAnswer } from "./appliedAnswer.js";
import { authorize, type SignedInViewer } from "./authorize.js";
import type { UndoInput } from "./inputs.js";
import type { ApplyOperationsOutcome } from "./outcomes.js";
import { checkOptionalId } from "./parseBatch.js";
import { invalidInput, refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";
import { editorOf, submit } from "./submit.js";
import { chargeOperations, takeOperations } from "./takeOperations.js";
import { undoConflict } from "./versionConflict.js";

/** How far back the line is read, in the viewer's own operations. */
const OWN_OPERATIONS_MAX = 5_000;

/** How often the line is read anew where the viewer edits at the same time elsewhere. */
const ATTEMPTS_MAX = 5;

type Direction = "undo" | "redo";

/** The line moved on between reading it and deciding. */
interface LineMoved {
  readonly kind: "lineMoved";
}

/**
 * Undoes the viewer's own newest batch that is in effect. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN,
 * INVALID_INPUT (nothing to undo), LOCKED, RATE_LIMITED. What would undo others' work is a VersionConflict.
 */
export function undo(
  services: Services,
  viewer: Viewer,
  input: UndoInput,
): Promise<ApplyOperationsOutcome> {
  return moveAlongLine(services, viewer, input, "undo");
}

/** Redoes what the viewer undid last, unless they edited since. Outcomes as with `undo`. */
export function redo(
  services: Services,
  viewer: Viewer,
  input: UndoInput,
): Promise<ApplyOperationsOutcome> {
  return moveAlongLine(services, viewer, input, "redo");
}

async function moveAlongLine(
  services: Services,
  viewer: Viewer,
  input: UndoInput,
  direction: Direction,
): Promise<ApplyOperationsOutcome> {
  const problem = checkOptionalId(services, input.clientId, "clientId");
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const access = await authorize(services, viewer, "edit", input.templateId);
    if (access.kind === "refused") return access;
    if (problem !== undefined) return problem;
    const tooMany = attempt === 0 ? await takeOperations(services, access.viewer, 1) : undefined;
    if (tooMany !== undefined) return tooMany;
    const own = await services.templates.readOwnOperations({
      templateId: input.templateId,
      userId: access.viewer.userId,
      clientId: input.clientId ?? null,
      limit: OWN_OPERATIONS_MAX,
    });
    const line = undoLine(own);
    const event = direction === "undo" ? line.undoable : line.redoable;
    if (event === undefined) return nothingTo(direction);
    if (own.length === OWN_OPERATIONS_MAX && event === line.events[0]) return nothingTo(direction);
    const outcome = await submitInverse(services, access.viewer, input, {
      direction,
      line,
      event,
      newest: own.at(-1)?.resultingVersion ?? 0,
      head: access.head,
    });
    if (outcome.kind === "applied") {
      chargeOperations(services, access.viewer, 1, outcome.operations.length);
    }
    if (outcome.kind !== "lineMoved") return outcome;
  }
  return refused("RATE_LIMITED", "your other edits were quicker each time: try again", {
    retryAfterMs: 500,
  });
}

interface Step {
  readonly direction: Direction;
  readonly line: UndoLine;
  readonly event: BatchEvent;
  /** The version of the newest operation of the line as it was read. */
  readonly newest: number;
  readonly head: GrantedHead;
}

function submitInverse(
  services: Services,
  viewer: SignedInViewer,
  input: UndoInput,
  step: Step,
): Promise<ApplyOperationsOutcome | LineMoved> {
  const [oldest] = step.event.operations;
  if (oldest === undefined) throw new Error("an event has at least one operation");
  const { batchId } = step.event;
  const stamp = {
    batchId: services.newId(),
    userId: viewer.userId,
    clientId: input.clientId ?? null,
    sessionSequence: null,
    serverTimestamp: services.clock.now(),
    ...(step.direction === "undo" ? { undoes: batchId } : { redoes: batchId }),
  };
  return submit<ApplyOperationsOutcome | LineMoved>(services, input.templateId, {
    historySince: oldest.resultingVersion - 1,
    operationIds: [],
    atLeastVersion: step.head.version,
    editor: editorOf({ viewer, head: step.head }, input.clientId),
    decide: (context) => decideInverse(services, viewer, input, step, context, stamp),
  });
}

function decideInverse(
  services: Services,
  viewer: SignedInViewer,
  input: UndoInput,
  step: Step,
  context: DecisionContext,
  stamp: Omit<Authorship, "baseVersion">,
): Decision<ApplyOperationsOutcome | LineMoved> {
  const { direction, event, line } = step;
  const history = context.history();
  if (history === undefined) return { kind: "answer", answer: nothingTo(direction) };
  const isOwn = ({ userId, clientId }: LogEntry) =>
    userId === viewer.userId && (input.clientId == null || clientId === input.clientId);
  const newer = history.some(
    (operation) => operation.resultingVersion > step.newest && isOwn(operation),
  );
  if (newer) return { kind: "answer", answer: { kind: "lineMoved" } };

  const ids = event.operations.map(({ id }) => id);
  const unread = ids.filter((id) => context.known(id) === undefined);
  if (unread.length > 0) return { kind: "needs", operationIds: unread };
  const operations = ids.flatMap((id) => context.known(id) ?? []);
  const afterVersion = operations[0]?.resultingVersion ?? context.state.version;
  const outcome = undoOperations({
    state: context.state,
    operations,
    history,
    whole: context.known,
    cancelled: cancelledPairs(line.events, afterVersion),
    idOf: (number) => `${stamp.batchId}-${number}`,
    hashOf: (content) => requestHash(services.sha256, content),
    settings: {
      authorship: { ...stamp, baseVersion: context.state.version },
      sha256: services.sha256,
      limits: unbounded,
    },
  });
  switch (outcome.kind) {
    case "undone":
      return {
        kind: "append",
        appended: outcome.appended,
        answer: appliedAnswer(input.templateId, outcome.appended.operations),
      };
    case "collides":
      return {
        kind: "answer",
        answer: undoConflict(services, input.templateId, {
          message: `cannot ${direction} this without undoing what others did since`,
          requestedVersion: afterVersion,
          context,
          history,
          collisions: outcome.collisions,
        }),
      };
    case "needs":
      return outcome;
    case "refused":
      return {
        kind: "answer",
        answer: refused(
          outcome.refusal.failure.code,
          `cannot ${direction}: ${outcome.refusal.failure.message}`,
        ),
      };
  }
}

function nothingTo(direction: Direction): RequestError {
  return invalidInput(`there is nothing to ${direction}`, "templateId");
}
