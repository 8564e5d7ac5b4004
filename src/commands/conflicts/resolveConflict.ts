/** Takes one of the ways out of a conflict, on the head that the person saw when choosing. */
import type { Viewer } from "../../domain/access/access.js";
import { documentOfSteps } from "../../domain/document/fromDesign.js";
import { heapBytes } from "../../domain/document/size.js";
import { parseDesignSteps } from "../../domain/document/parseDesign.js";
import type { Authorship, IncomingOperation } from "../../domain/history/append.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import { authorize, type SignedInViewer } from "../authorize.js";
import { operationsOfChoice } from "../history/earlierStep.js";
import { farPast, isFarBehind } from "../editing/farPast.js";
import type { OperationInput, ResolveConflictInput } from "../inputs.js";
import type { ResolveConflictOutcome } from "../outcomes.js";
import { checkOperations, checkOptionalId, parseBatch } from "../editing/parseBatch.js";
import { designRefusal } from "../templates/createTemplate.js";
import { recordConflict } from "./recordConflict.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { settleChoice } from "./settleChoice.js";
import type { ResolutionRequest, SettledChoice } from "./settledChoice.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { chargeOperations, takeOperations } from "../editing/takeOperations.js";

/**
 * CLIENT_WINS keeps all operations, SERVER_WINS those that do not collide, or where none are named the server's state, MANUAL
 * leads to the state given. A newer head than the one named answers VersionConflict again. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN,
 * INVALID_INPUT, INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, VERSION_CONFLICT (the log no longer
 * reaches the base), LOCKED, RATE_LIMITED.
 */
export async function resolveConflict(
  services: Services,
  viewer: Viewer,
  input: ResolveConflictInput,
): Promise<ResolveConflictOutcome> {
  const access = await authorize(services, viewer, "edit", input.templateId);
  if (access.kind === "refused") return access;
  const problem = checkInput(services, input);
  if (problem !== undefined) return problem;
  const count = Math.max(1, input.clientOperations?.length ?? 0);
  const tooMany = await takeOperations(services, access.viewer, count);
  if (tooMany !== undefined) return tooMany;
  const choice = await parseChoice(services, input);
  if (choice.kind === "refused") return choice;

  const request: ResolutionRequest = {
    templateId: input.templateId,
    headVersion: input.headVersion,
    authorship: authorshipOf(services, access.viewer, input, choice),
    choice,
    earlier: await earlierRows(services, input, access.head, choice),
  };
  const far =
    choice.operations.length === 0
      ? undefined
      : await farPast(services, access.head, input.baseVersion, choice.operations);
  if (far?.kind === "refused") return far;
  const isState = choice.kind === "MANUAL" || choice.operations.length === 0;
  const { outcome, decidedAt } = await settleChoice(services, {
    ...{ access, clientId: input.clientId, request, far },
    historySince: isState
      ? stateSince(services, input, access.head)
      : (far?.throughVersion ?? input.baseVersion),
  });
  if (outcome.kind === "versionConflict") {
    await recordConflict(services, request.authorship, choice.operations, outcome);
  }
  if (outcome.kind === "resolved") {
    // What a retry finds in the log was counted when it got there.
    const fresh = outcome.operations.filter(({ resultingVersion }) => resultingVersion > decidedAt);
    chargeOperations(services, access.viewer, count, fresh);
    await services.conflicts.resolve({
      templateId: input.templateId,
      userId: access.viewer.userId,
      baseVersion: input.baseVersion,
      resolution: outcome.resolution,
      resolvedAt: outcome.resolvedAt,
    });
  }
  return outcome;
}

/** What a given state left in the log, where that is too far behind for a round of decisions to look for it. */
async function earlierRows(
  services: Services,
  { templateId, headVersion }: ResolveConflictInput,
  head: TemplateHead,
  { kind, batchId }: SettledChoice,
): Promise<readonly LoggedOperation[] | undefined> {
  if (kind !== "MANUAL" || !isFarBehind(services.farHistory, head, headVersion)) return undefined;
  return operationsOfChoice(services, templateId, batchId);
}

/**
 * A choice of a whole state, a given one or the server's, is looked for from the head on that it was settled on, where the log
 * leads back to its base no more.
 */
function stateSince(
  { farHistory }: Services,
  { baseVersion, headVersion }: ResolveConflictInput,
  head: TemplateHead,
): number {
  const isOutOfReach =
    isFarBehind(farHistory, head, baseVersion) || baseVersion < head.logStartVersion;
  return isOutOfReach ? headVersion : baseVersion;
}

function checkInput(services: Services, input: ResolveConflictInput): RequestError | undefined {
  const { baseVersion, headVersion, resolution, clientOperations, clientId } = input;
  if (baseVersion < 1) return invalidInput("baseVersion must be at least 1", "baseVersion");
  if (headVersion < baseVersion) {
    return invalidInput("headVersion must not be below baseVersion", "headVersion");
  }
  const problem = checkOptionalId(services, clientId, "clientId");
  if (problem !== undefined) return problem;
  if (resolution === "MANUAL") {
    if (input.manualState != null) return undefined;
    return invalidInput("MANUAL requires manualState", "manualState");
  }
  const operations = clientOperations ?? [];
  // Without operations SERVER_WINS keeps the server's state: there is nothing to check.
  if (resolution === "SERVER_WINS" && operations.length === 0) return undefined;
  return checkOperations(services, operations, "clientOperations");
}

async function parseChoice(
  services: Services,
  input: ResolveConflictInput,
): Promise<SettledChoice | RequestError> {
  const sent = input.clientOperations ?? [];
  if (input.resolution !== "MANUAL") {
    const batch = parseBatch(services, sent, "clientOperations");
    if (batch.kind === "refused") return batch;
    const { operations, heldBytes } = batch;
    const operationIds = operations.map(({ id }) => id);
    const batchId = batchIdOf(services, input, operations);
    const emptyRowId = `${batchId}-1`;
    return { kind: input.resolution, operations, operationIds, batchId, emptyRowId, heldBytes };
  }
  const { pace } = services;
  const design = await pace.taken(parseDesignSteps(input.manualState, services.limits));
  if (!design.ok) return designRefusal(design.error, "manualState");
  // The same choice sent again has the same ids, so that it is found in the log and not made twice.
  const batchId = `manual-${services.sha256(
    JSON.stringify([input.templateId, input.baseVersion, input.headVersion, design.value]),
  )}`;
  const goal = await pace.taken(documentOfSteps(design.value));
  const dropped = droppedOperations(services, sent);
  return {
    kind: "MANUAL",
    goal,
    heldBytes: heapBytes(goal) + dropped.heldBytes,
    batchId,
    operations: dropped.operations,
    discardedOps: sent.map(({ id }) => id),
    operationIds: [`${batchId}-1`],
    emptyRowId: `${batchId}-1`,
  };
}

/** The operations that are named beside a given state; they are dropped, so none is refused: unusable ones are not told of. */
function droppedOperations(
  services: Services,
  sent: readonly OperationInput[],
): Pick<SettledChoice, "operations" | "heldBytes"> {
  const none = { operations: [], heldBytes: 0 };
  if (checkOperations(services, sent, "clientOperations") !== undefined) return none;
  const batch = parseBatch(services, sent, "clientOperations");
  return batch.kind === "refused" ? none : batch;
}

/**
 * SERVER_WINS leaves no row of what it drops. The rows of what it keeps say by their batch which operations it decided
 * about, so that others that are sent with some of these are not taken for dropped. Where it names none, it is told from other
 * choices by what it was made on.
 */
function batchIdOf(
  { sha256 }: Services,
  { resolution, templateId, baseVersion, headVersion }: ResolveConflictInput,
  operations: readonly IncomingOperation[],
): string {
  if (resolution === "CLIENT_WINS") return operations[0]?.id ?? "";
  const decided = operations.map(({ id, requestHash }) => [id, requestHash]);
  const told = decided.length === 0 ? [templateId, baseVersion, headVersion] : decided;
  return `kept-${sha256(JSON.stringify(told))}`;
}

function authorshipOf(
  services: Services,
  viewer: SignedInViewer,
  input: ResolveConflictInput,
  choice: SettledChoice,
): Authorship {
  return {
    baseVersion: input.baseVersion,
    batchId: choice.batchId,
    userId: viewer.userId,
    clientId: input.clientId ?? null,
    sessionSequence: null,
    serverTimestamp: services.clock.now(),
    authorSalt: services.newSalt(),
  };
}
