/** Undo and redo: the viewer's own newest batch, inverted at the head, whatever others did since. */
import type { Viewer } from "../domain/access/access.js";
import type { Authorship } from "../domain/history/append.js";
import { requestHash } from "../domain/history/versionHash.js";
import {
  cancelledPairs,
  mayCountFor,
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
import { batchIdReused, earlierStep, firstOperationId } from "./earlierStep.js";
import type { Applied, ApplyOperationsOutcome } from "./outcomes.js";
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
 * INVALID_INPUT (nothing to undo), OPERATION_ID_REUSED, LOCKED, RATE_LIMITED. What would undo others' work is a VersionConflict.
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
  const problem =
    checkOptionalId(services, input.clientId, "clientId") ??
    checkOptionalId(services, input.batchId, "batchId");
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
    const earlier = await answeredBefore(services, access.viewer, input, direction);
    if (earlier !== undefined) {
      chargeOperations(services, access.viewer, 1, []);
      return earlier;
    }
    // The rest of the line is told by batch ids, too: a step under that of an edit would be taken for a part of it.
    if (own.some(({ batchId }) => batchId === input.batchId)) return batchIdReused();
    const line = undoLine(own, input.clientId ?? null);
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
      chargeOperations(services, access.viewer, 1, outcome.operations);
    }
    if (outcome.kind !== "lineMoved") return outcome;
  }
  return refused("RATE_LIMITED", "your other edits were quicker each time: try again", {
    retryAfterMs: 500,
  });
}

/** What a request under this batch id was answered before; it was counted when it got there. */
function answeredBefore(
  services: Services,
  { userId }: SignedInViewer,
  { templateId, clientId = null, batchId }: UndoInput,
  direction: Direction,
): Promise<Applied | RequestError | undefined> {
  if (batchId == null) return Promise.resolve(undefined);
  return earlierStep(services, { templateId, direction, batchId, userId, clientId });
}

interface Step {
  readonly direction: Direction;
  readonly line: UndoLine;
  readonly event: BatchEvent;
  /** The version of the newest operation of the line as it was read. */
  readonly newest: number;
  readonly head: GrantedHead;
}

async function submitInverse(
  services: Services,
  viewer: SignedInViewer,
  input: UndoInput,
  step: Step,
): Promise<ApplyOperationsOutcome | LineMoved> {
  const [oldest] = step.event.operations;
  if (oldest === undefined) throw new Error("an event has at least one operation");
  const { batchId } = step.event;
  const id = services.newId();
  const firstId = input.batchId == null ? undefined : firstOperationId(input.batchId);
  const stamp = {
    batchId: input.batchId ?? id,
    userId: viewer.userId,
    clientId: input.clientId ?? null,
    sessionSequence: null,
    serverTimestamp: services.clock.now(),
    authorSalt: services.newSalt(),
    ...(step.direction === "undo" ? { undoes: batchId } : { redoes: batchId }),
  };
  // Only the first id is one that somebody could guess and use for something else; the log is asked about that one.
  const idOf = (number: number) => (number === 1 ? (firstId ?? `${id}-1`) : `${id}-${number}`);
  const outcome = await submit<ApplyOperationsOutcome | LineMoved>(services, input.templateId, {
    historySince: oldest.resultingVersion - 1,
    operationIds: firstId === undefined ? [] : [firstId],
    atLeastVersion: step.head.version,
    editor: editorOf({ viewer, head: step.head }, input.clientId),
    decide: (context) =>
      firstId !== undefined && context.known(firstId) !== undefined
        ? { kind: "answer", answer: { kind: "lineMoved" } }
        : decideInverse(services, viewer, input, step, context, stamp, idOf),
  });
  if (outcome.kind !== "refused") return outcome;
  // The request names no operations, so no refusal does.
  const { operationId: _operationId, ...refusal } = outcome;
  return refusal;
}

function decideInverse(
  services: Services,
  viewer: SignedInViewer,
  input: UndoInput,
  step: Step,
  context: DecisionContext,
  stamp: Omit<Authorship, "baseVersion">,
  idOf: (number: number) => string,
): Decision<ApplyOperationsOutcome | LineMoved> {
  const { direction, event, line } = step;
  const history = context.history();
  if (history === undefined) return { kind: "answer", answer: nothingTo(direction) };
  const owner = { userId: viewer.userId, clientId: input.clientId ?? null };
  const newer = history.some(
    (operation) => operation.resultingVersion > step.newest && mayCountFor(owner, operation),
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
    idOf,
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
