/**
 * An undo, redo or revert whose client chose the batch that it is committed as. Its first operation has an id made of that, which
 * the log takes once: whoever sends the request again, because the answer was lost, finds what the first try committed.
 */
import type { LoggedOperation } from "../../domain/operations/operation.js";
import { appliedAnswer } from "../editing/appliedAnswer.js";
import type { Applied } from "../outcomes.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** The rest of a batch is read from the log in pages of so many operations. */
const PAGE_OPERATIONS = 100;

export interface NamedStep {
  readonly templateId: string;
  readonly direction: "undo" | "redo" | "revert";
  readonly batchId: string;
  readonly userId: string;
  readonly clientId: string | null;
  /** Of an undo or redo: whether it was to be taken whole or not at all. */
  readonly allOrNothing?: boolean;
}

/** The id of the first operation under the batch id that a client chose. */
export function firstOperationId(batchId: string): string {
  return `${batchId}-1`;
}

/**
 * The request hash of the rows of a step that is taken whole or not at all: what the rows hold does not tell it from one
 * that may be taken in part.
 */
export function allOrNothingHash(sha256: Services["sha256"], operationId: string): string {
  return sha256(JSON.stringify(["all or nothing", operationId]));
}

/**
 * What an earlier try of the step was or would have been answered; a refusal where the log holds something else under its
 * batch id; nothing where it holds nothing.
 */
export async function earlierStep(
  services: Services,
  step: NamedStep,
): Promise<Applied | RequestError | undefined> {
  const operations = await operationsOfStep(services, step);
  if (operations === undefined || "kind" in operations) return operations;
  return appliedAnswer(step.templateId, operations, operations);
}

/** As `earlierStep`, the operations that an earlier try committed: at least one. */
export async function operationsOfStep(
  services: Services,
  step: NamedStep,
): Promise<readonly LoggedOperation[] | RequestError | undefined> {
  const { templateId, batchId } = step;
  const { templates } = services;
  const [first] = await templates.findOperations(templateId, [firstOperationId(batchId)]);
  if (first === undefined) return undefined;
  const isWhole = first.requestHash === allOrNothingHash(services.sha256, first.id);
  if (!isOfStep(first, step) || isWhole !== (step.allOrNothing ?? false)) return batchIdReused();
  return runFrom(services, templateId, first, (operation) => isOfStep(operation, step));
}

/** The operations that a choice about a conflict left under its batch id; undefined where the log holds none. */
export async function operationsOfChoice(
  services: Services,
  templateId: string,
  batchId: string,
): Promise<readonly LoggedOperation[] | undefined> {
  const [first] = await services.templates.findOperations(templateId, [firstOperationId(batchId)]);
  if (first?.batchId !== batchId) return undefined;
  return runFrom(services, templateId, first, (operation) => operation.batchId === batchId);
}

/** The operation and those after it up to the first that does not belong to it. */
async function runFrom(
  { templates }: Services,
  templateId: string,
  first: LoggedOperation,
  belongs: (operation: LoggedOperation) => boolean,
): Promise<readonly LoggedOperation[]> {
  const operations = [first];
  for (;;) {
    const afterVersion = operations.at(-1)?.resultingVersion ?? 0;
    const page = await templates.readLog({ templateId, afterVersion, limit: PAGE_OPERATIONS });
    const end = page.findIndex((operation) => !belongs(operation));
    operations.push(...(end < 0 ? page : page.slice(0, end)));
    if (end >= 0 || page.length < PAGE_OPERATIONS) return operations;
  }
}

/** The refusal of a batch id under which the log holds something else than the step. */
export function batchIdReused(): RequestError {
  const message = "another batch in the log has this batchId; choose a new one for each step";
  return refused("OPERATION_ID_REUSED", message, { path: ["batchId"] });
}

function isOfStep(
  { batchId, userId, clientId, undoes, redoes }: LoggedOperation,
  step: NamedStep,
): boolean {
  if (batchId !== step.batchId || userId !== step.userId || clientId !== step.clientId)
    return false;
  switch (step.direction) {
    case "undo":
      return undoes !== null;
    case "redo":
      return redoes !== null;
    case "revert":
      return undoes === null && redoes === null;
  }
}
