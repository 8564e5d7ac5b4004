/** Goes back to an older version by operations at the head: it can be undone, and nobody has to reload. */
import type { Viewer } from "../../domain/access/access.js";
import { hashOfDesign } from "../../live/designHashes.js";
import { revertReason } from "../../domain/history/snapshotReason.js";
import { documentOfSteps } from "../../domain/document/fromDesign.js";
import type { Design } from "../../domain/document/design.js";
import type { Document } from "../../domain/document/document.js";
import { appendSteps, type IncomingOperation } from "../../domain/history/append.js";
import { stepsBetween } from "../../domain/diff/diff.js";
import { requestHash } from "../../domain/history/versionHash.js";
import { unbounded } from "../../domain/limits.js";
import { NO_OP } from "../../domain/operations/noOp.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { Steps } from "../../domain/steps.js";
import type { Decision, DecisionContext } from "../../live/liveTemplates.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { authorize, type SignedInViewer } from "../authorize.js";
import { checkText } from "../checkText.js";
import { batchIdReused, firstOperationId, operationsOfStep } from "./earlierStep.js";
import type { RevertTemplateInput } from "../inputs.js";
import { keyedId } from "../keyedId.js";
import type { TemplateReverted } from "../outcomes.js";
import { checkOptionalId } from "../editing/parseBatch.js";
import { bytesOfStateAt, stateAt, type StateAt } from "./readStateAt.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { editorOf, submit } from "../editing/submit.js";
import { chargeOperations, takeCopy, takeOperations } from "../editing/takeOperations.js";

/** That an earlier try was committed between the look into the log and the decision. */
interface Earlier {
  readonly kind: "earlier";
}

/**
 * Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (a version out of reach), OPERATION_ID_REUSED,
 * VERSION_CONFLICT (the head is not the one that was seen), LOCKED, RATE_LIMITED.
 */
export async function revertTemplate(
  services: Services,
  viewer: Viewer,
  input: RevertTemplateInput,
): Promise<TemplateReverted | RequestError> {
  const { templateId, targetVersion } = input;
  const access = await authorize(services, viewer, "edit", templateId);
  if (access.kind === "refused") return access;
  const problem = checkInput(services, input);
  if (problem !== undefined) return problem;
  const tooMany = await takeOperations(services, access.viewer, 1);
  if (tooMany !== undefined) return tooMany;
  // The target's document is read, and a snapshot of the outcome stored.
  const bytes = await bytesOfStateAt(services, access.head, targetVersion);
  const tooMuch = await takeCopy(services, access.viewer, bytes);
  if (tooMuch !== undefined) return tooMuch;
  const target = await stateAt(services, access.head, targetVersion);
  // The log is asked for an earlier try before anything is told of versions: a retry is no conflict.
  const earlier = await earlierRevert(services, access, input, target);
  if (earlier !== undefined) {
    chargeOperations(services, access.viewer, 1, []);
    return earlier;
  }
  if (target === null) {
    return invalidInput(`version ${targetVersion} cannot be reached`, "targetVersion");
  }

  const firstId = input.batchId == null ? [] : [firstOperationId(input.batchId)];
  const goal = await services.pace.taken(documentOfSteps(target.design));
  const decideAt = revertTo(services, access.viewer, input, goal);
  let committed: readonly LoggedOperation[] = [];
  const reverted = await submit<TemplateReverted | RequestError | Earlier>(
    services,
    access.viewer,
    templateId,
    {
      historySince: undefined,
      operationIds: firstId,
      atLeastVersion: access.head.version,
      editor: editorOf(access, input.clientId),
      *decide(context) {
        const decision = yield* decideAt(context);
        committed = decision.kind === "append" ? decision.appended.operations : [];
        return decision;
      },
    },
  );
  if (reverted.kind === "earlier") {
    const answer = await earlierRevert(services, access, input, target);
    if (answer === undefined)
      throw new Error(`the revert ${input.batchId ?? ""} is not in the log`);
    return answer;
  }
  if (reverted.kind === "refused") return reverted;
  chargeOperations(services, access.viewer, 1, committed);
  if (reverted.newVersion > reverted.revertedFrom) {
    const { userId } = access.viewer;
    const activity = { kind: "REVERTED", userId, at: services.clock.now() } as const;
    services.bus.publish({ kind: "activity", templateId, activity });
    await leaveSnapshot(services, access.viewer, input, reverted.newVersion, target.design);
  }
  return reverted;
}

function checkInput(services: Services, input: RevertTemplateInput): RequestError | undefined {
  const reason = input.reason ?? null;
  const bounds = { unitsMin: 0, unitsMax: services.limits.descriptionUnitsMax };
  const problem =
    (reason === null ? undefined : checkText(reason, bounds, "reason")) ??
    checkOptionalId(services, input.clientId, "clientId") ??
    checkOptionalId(services, input.batchId, "batchId");
  if (problem !== undefined) return problem;
  if ((input.headVersion ?? 1) >= 1) return undefined;
  return invalidInput("headVersion must be at least 1", "headVersion");
}

/**
 * What an earlier try under the batch id was answered; undefined where there was none. The batch is the same revert where
 * it led to the document of the target version. Its snapshot is left again, in case that node did not get so far.
 */
async function earlierRevert(
  services: Services,
  { viewer, head }: { readonly viewer: SignedInViewer; readonly head: TemplateHead },
  input: RevertTemplateInput,
  target: StateAt | null,
): Promise<TemplateReverted | RequestError | undefined> {
  const { templateId, targetVersion, batchId = null, clientId = null } = input;
  if (batchId === null) return undefined;
  const { userId } = viewer;
  const step = { templateId, direction: "revert", batchId, userId, clientId } as const;
  const operations = await operationsOfStep(services, step);
  if (operations === undefined || "kind" in operations) return operations;
  const revertedFrom = (operations[0]?.resultingVersion ?? 0) - 1;
  const newVersion = revertedFrom + operations.length;
  if (targetVersion > revertedFrom) return batchIdReused();
  const newest = { ...head, version: Math.max(head.version, newVersion) };
  const led = await stateAt(services, newest, newVersion);
  if (led !== null && target !== null) {
    const here = await hashOfDesign(services, led.design);
    const there = await hashOfDesign(services, target.design);
    if (here !== there) return batchIdReused();
    await leaveSnapshot(services, viewer, input, newVersion, led.design);
  }
  return answerOf(input, revertedFrom, operations.length);
}

function answerOf(
  { templateId, targetVersion }: RevertTemplateInput,
  revertedFrom: number,
  operationCount: number,
): TemplateReverted {
  return {
    kind: "reverted",
    templateId,
    revertedFrom,
    revertedTo: targetVersion,
    operationsRolledBack: revertedFrom - targetVersion,
    newVersion: revertedFrom + operationCount,
  };
}

function revertTo(
  services: Services,
  viewer: SignedInViewer,
  input: RevertTemplateInput,
  goal: Document,
): (context: DecisionContext) => Steps<Decision<TemplateReverted | RequestError | Earlier>> {
  const { batchId, headVersion, clientId = null } = input;
  const id = services.newId();
  const firstId = batchId == null ? `${id}-1` : firstOperationId(batchId);
  const serverTimestamp = services.clock.now();
  const authorSalt = services.newSalt();
  return function* ({ state, known }) {
    if (batchId != null && known(firstId) !== undefined) {
      return { kind: "answer", answer: { kind: "earlier" } };
    }
    if (headVersion != null && headVersion !== state.version) {
      return { kind: "answer", answer: headMoved(headVersion, state.version) };
    }
    const operations: IncomingOperation[] = [];
    for (const content of yield* stepsBetween(state.document, goal)) {
      operations.push({
        ...content,
        // Only the first id is one that somebody could guess and use for something else.
        id: operations.length === 0 ? firstId : `${id}-${operations.length + 1}`,
        timestamp: null,
        requestHash: requestHash(services.sha256, content),
      });
      yield;
    }
    // One that changes nothing leaves a row, too: sent again, it must not revert what was committed since.
    if (operations.length === 0 && batchId != null) {
      const hash = requestHash(services.sha256, NO_OP);
      operations.push({ ...NO_OP, id: firstId, timestamp: null, requestHash: hash });
    }
    const answer = answerOf(input, state.version, operations.length);
    if (operations.length === 0) return { kind: "answer", answer };
    const authorship = {
      baseVersion: state.version,
      batchId: batchId ?? id,
      userId: viewer.userId,
      clientId,
      sessionSequence: null,
      serverTimestamp,
      authorSalt,
    };
    // The older document was within the limits of its time, so it is not measured against today's.
    const appended = yield* appendSteps(state, operations, {
      authorship,
      sha256: services.sha256,
      limits: unbounded,
      ignoresDesignLocks: true,
    });
    if (!appended.ok) throw new Error(`revert does not apply: ${appended.error.failure.message}`);
    return { kind: "append", appended: appended.value, answer };
  };
}

function headMoved(headVersion: number, version: number): RequestError {
  const message = `the template is at version ${version}, not ${headVersion}; review the later operations and choose again`;
  return refused("VERSION_CONFLICT", message, { path: ["headVersion"] });
}

/** One snapshot of the revert, however often it is sent: its id is made from the batch. */
async function leaveSnapshot(
  services: Services,
  viewer: SignedInViewer,
  { templateId, batchId, targetVersion, reason }: RevertTemplateInput,
  version: number,
  design: Design,
): Promise<void> {
  await services.templates.addSnapshot({
    id: keyedId(services, viewer, batchId, ["revert", templateId, version]),
    templateId,
    version,
    kind: "REVERT",
    name: null,
    reason: reason ?? revertReason(targetVersion),
    design,
    designHash: await hashOfDesign(services, design),
    createdById: viewer.userId,
    createdAt: services.clock.now(),
  });
}
