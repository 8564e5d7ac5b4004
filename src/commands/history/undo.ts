/** Undo and redo: the viewer's own newest batch, inverted at the head, whatever others did since. */
import type { Viewer } from "../../domain/access/access.js";
import { requestHash } from "../../domain/history/versionHash.js";
import { firstVersionOf, type LineStep } from "../../domain/undo/undoLine.js";
import { unbounded } from "../../domain/limits.js";
import { undoNewestSteps, type UndoNewestOutcome } from "../../domain/undo/undoNewest.js";
import type { Steps } from "../../domain/steps.js";
import type { Decision, DecisionContext } from "../../live/liveTemplates.js";
import type { GrantedHead } from "../../storage/access/accessReader.js";
import { appliedAnswer, withCauseAuthors } from "../editing/appliedAnswer.js";
import { authorize, type SignedInViewer } from "../authorize.js";
import type { UndoInput } from "../inputs.js";
import { allOrNothingHash, batchIdReused, earlierStep } from "./earlierStep.js";
import type { Applied, ApplyOperationsOutcome } from "../outcomes.js";
import { OwnLine, tooFarBack, namingOf, type Naming } from "./ownLine.js";
import { checkOptionalId } from "../editing/parseBatch.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { editorOf, submit } from "../editing/submit.js";
import { chargeOperations, takeOperations } from "../editing/takeOperations.js";
import { undoConflict } from "../conflicts/versionConflict.js";

/** How often it is decided anew, where more of the history is needed or the viewer edits at the same time elsewhere. */
const ATTEMPTS_MAX = 20;

/** Texts are followed from so far back, or from the step where that is older. */
const LONG_HISTORY_OPERATIONS = 500;

type Direction = "undo" | "redo";

/** The step was committed meanwhile under the batch id of the request. */
interface TakenMeanwhile {
  readonly kind: "takenMeanwhile";
}

/** More of the history has to be asked for. */
interface ReachBack {
  readonly kind: "reachBack";
  readonly reach: Reach;
}

/** The history does not reach back so far. */
interface OutOfReach {
  readonly kind: "outOfReach";
}

type Attempted = ApplyOperationsOutcome | TakenMeanwhile | ReachBack | OutOfReach;

/** How far back the history is asked for. */
interface Reach {
  readonly afterVersion: number;
  /** So many operations of the viewer's own step are in it, beyond what a request may read of others'. */
  readonly ownOperations: number;
}

/**
 * Undoes the viewer's own newest batch that is in effect. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN,
 * INVALID_INPUT (nothing to undo), VERSION_CONFLICT (the step lies too far back), OPERATION_ID_REUSED, LOCKED, RATE_LIMITED. What would undo others' work is a VersionConflict.
 */
export async function undo(
  services: Services,
  viewer: Viewer,
  input: UndoInput,
): Promise<ApplyOperationsOutcome> {
  return answered(services, await moveAlongLine(services, viewer, input, "undo"));
}

/** Redoes what the viewer undid last, unless they edited since. Outcomes as with `undo`. */
export async function redo(
  services: Services,
  viewer: Viewer,
  input: UndoInput,
): Promise<ApplyOperationsOutcome> {
  return answered(services, await moveAlongLine(services, viewer, input, "redo"));
}

function answered(services: Services, outcome: ApplyOperationsOutcome) {
  return outcome.kind === "applied" ? withCauseAuthors(services, outcome) : outcome;
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
  const access = await authorize(services, viewer, "edit", input.templateId);
  if (access.kind === "refused") return access;
  if (problem !== undefined) return problem;
  const tooMany = await takeOperations(services, access.viewer, 1);
  if (tooMany !== undefined) return tooMany;
  const earlier = await answeredBefore(services, access.viewer, input, direction);
  if (earlier !== undefined) {
    chargeOperations(services, access.viewer, 1, []);
    return earlier;
  }
  const { templateId, clientId = null } = input;
  const { userId } = access.viewer;
  const line = new OwnLine(services, { templateId, userId, clientId });
  const next = () => stepsTo(direction, line.after([]))[0];
  while (next() === undefined && (await line.readOn()));
  // The rest of the line is told by batch ids, too: a step under that of an edit would be taken for a part of it.
  if (input.batchId != null && line.holds(input.batchId)) {
    // Another try of this step may have been committed since it was asked about.
    return (await answeredBefore(services, access.viewer, input, direction)) ?? batchIdReused();
  }
  const first = next();
  if (first === undefined) return nothingTo(direction);
  const { head } = access;
  const asked = { viewer: access.viewer, head, input, direction, line };
  const outcome = await takeStep(services, asked, firstVersionOf(first) - 1);
  if (outcome.kind === "applied" && outcome.duplicateOps.length === 0) {
    chargeOperations(services, access.viewer, 1, outcome.operations);
  }
  return outcome;
}

interface Asked {
  readonly viewer: SignedInViewer;
  readonly head: GrantedHead;
  readonly input: UndoInput;
  readonly direction: Direction;
  readonly line: OwnLine;
}

/** Decides in the template's queue, with as much of the history as turns out to be needed. */
async function takeStep(
  services: Services,
  asked: Asked,
  stepAfter: number,
): Promise<ApplyOperationsOutcome> {
  const { viewer, input, direction, line } = asked;
  const naming = namingOf(services, input);
  // What is in the node's memory costs little, and tells more about texts than the step's own time does.
  const longAfter = Math.max(1, asked.head.version - LONG_HISTORY_OPERATIONS);
  let reach = reachOf(line, Math.min(stepAfter, longAfter));
  let short = reach.afterVersion < stepAfter ? reachOf(line, stepAfter) : undefined;
  let before: Reach | undefined;
  let canReachBack = true;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const outcome = await attemptStep(services, asked, naming, reach, canReachBack);
    switch (outcome.kind) {
      case "takenMeanwhile": {
        const earlier = await answeredBefore(services, viewer, input, direction);
        if (earlier !== undefined) return earlier;
        break;
      }
      case "reachBack":
        [before, reach, short] = [reach, outcome.reach, undefined];
        break;
      case "outOfReach":
        if (short !== undefined) [reach, short] = [short, undefined];
        else if (before === undefined) return tooFarBack(direction);
        else [reach, canReachBack] = [before, false];
        break;
      default:
        return outcome;
    }
  }
  return refused("RATE_LIMITED", "too many concurrent edits; try again", {
    retryAfterMs: 500,
  });
}

function reachOf(line: OwnLine, afterVersion: number): Reach {
  return { afterVersion, ownOperations: line.operationsAfter(afterVersion) };
}

function stepsTo(direction: Direction, line: ReturnType<OwnLine["after"]>): readonly LineStep[] {
  return direction === "undo" ? line.undoable : line.redoable;
}

/** What a request under this batch id was answered before; it was counted when it got there. */
function answeredBefore(
  services: Services,
  { userId }: SignedInViewer,
  { templateId, clientId = null, batchId, allOrNothing }: UndoInput,
  direction: Direction,
): Promise<Applied | RequestError | undefined> {
  if (batchId == null) return Promise.resolve(undefined);
  const step = { templateId, direction, batchId, userId, clientId };
  return earlierStep(services, { ...step, allOrNothing: allOrNothing ?? false });
}

async function attemptStep(
  services: Services,
  asked: Asked,
  naming: Naming,
  reach: Reach,
  canReachBack: boolean,
): Promise<Attempted> {
  const { viewer, head, input } = asked;
  const { firstId } = naming;
  const outcome = await submit<Attempted>(services, viewer, input.templateId, {
    historySince: reach.afterVersion,
    ownOperations: reach.ownOperations,
    operationIds: firstId === undefined ? [] : [firstId],
    atLeastVersion: head.version,
    editor: editorOf({ viewer, head }, input.clientId),
    decide: (context) =>
      firstId !== undefined && context.known(firstId) !== undefined
        ? { kind: "answer", answer: { kind: "takenMeanwhile" } }
        : decideStep(services, asked, naming, context, canReachBack),
  });
  if (outcome.kind !== "refused") return outcome;
  // The request names no operations, so no refusal does.
  const { operationId: _operationId, ...refusal } = outcome;
  return refusal;
}

function* decideStep(
  services: Services,
  asked: Asked,
  { stepId, authorSalt, idOf, passedOver }: Naming,
  context: DecisionContext,
  canReachBack: boolean,
): Steps<Decision<Attempted>> {
  const { viewer, input, direction } = asked;
  const history = context.history();
  if (history === undefined) return { kind: "answer", answer: { kind: "outOfReach" } };
  const line = asked.line.after(history);
  const outcome = yield* undoNewestSteps({
    state: context.state,
    direction,
    candidates: stepsTo(direction, line),
    steps: line.steps,
    history,
    canReachBack,
    whole: context.known,
    partial: input.allOrNothing !== true,
    restrictions: context.restrictions,
    idOf,
    passedOver,
    hashOf: (content, id) =>
      input.allOrNothing === true
        ? allOrNothingHash(services.sha256, id)
        : requestHash(services.sha256, content),
    settings: {
      authorship: {
        baseVersion: context.state.version,
        batchId: input.batchId ?? stepId,
        userId: viewer.userId,
        clientId: input.clientId ?? null,
        sessionSequence: null,
        serverTimestamp: services.clock.now(),
        authorSalt,
      },
      sha256: services.sha256,
      limits: unbounded,
    },
  });
  return decisionOf(services, asked, context, outcome);
}

function decisionOf(
  services: Services,
  { input: { templateId }, direction, line }: Asked,
  context: DecisionContext,
  outcome: UndoNewestOutcome,
): Decision<Attempted> {
  switch (outcome.kind) {
    case "undone": {
      const { appended } = outcome;
      return { kind: "append", appended, answer: appliedAnswer(templateId, appended.operations) };
    }
    case "nothing":
      return { kind: "answer", answer: nothingTo(direction) };
    case "needsHistory": {
      const reach = reachOf(line, outcome.afterVersion);
      return { kind: "answer", answer: { kind: "reachBack", reach } };
    }
    case "collides": {
      const answer = undoConflict(services, templateId, {
        message: `cannot ${direction} this without undoing later changes of others`,
        requestedVersion: firstVersionOf(outcome.step),
        context,
        history: context.history() ?? [],
        collisions: outcome.collisions,
      });
      return { kind: "answer", answer };
    }
    case "needs":
      return { kind: "needs", operationIds: outcome.operationIds };
    case "refused": {
      const { code, message } = outcome.refusal.failure;
      return { kind: "answer", answer: refused(code, `cannot ${direction}: ${message}`) };
    }
  }
}

function nothingTo(direction: Direction): RequestError {
  return invalidInput(`there is nothing to ${direction}`, "templateId");
}
