/** From the raw input of applyOperations to operations that passed every check that needs no document. */
import { heapBytes, jsonSize } from "../../domain/document/size.js";
import { checkId } from "../../domain/document/validation.js";
import type { Json } from "../../domain/json.js";
import type { IncomingOperation } from "../../domain/history/append.js";
import { requestHash } from "../../domain/history/versionHash.js";
import { parseOperation } from "../../domain/operations/registry.js";
import type { OperationTarget } from "../../domain/operations/operation.js";
import type { ApplyOperationsInput, OperationInput } from "../inputs.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

export type ParsedBatch =
  | {
      readonly kind: "parsed";
      readonly operations: readonly IncomingOperation[];
      /** What the operations take in memory, about. */
      readonly heldBytes: number;
    }
  | RequestError;

/** What can be told from the input alone, before anything is read: counts, versions and ids. */
export function checkBatchInput(
  services: Services,
  input: ApplyOperationsInput,
): RequestError | undefined {
  const { limits } = services;
  if (input.baseVersion < 1) return invalidInput("baseVersion must be at least 1", "baseVersion");
  for (const field of ["clientId", "batchId"] as const) {
    const problem = checkOptionalId(services, input[field], field);
    if (problem !== undefined) return problem;
  }
  const sequence = input.sessionSequence ?? 0;
  if (sequence < 0) return invalidInput("sessionSequence must not be negative", "sessionSequence");
  return checkOperations({ limits }, input.operations, "operations");
}

/** An id that may be absent. */
export function checkOptionalId(
  { limits }: Pick<Services, "limits">,
  id: string | null | undefined,
  field: string,
): RequestError | undefined {
  const issue = id == null ? undefined : checkId(id, limits);
  return issue === undefined ? undefined : invalidInput(`${field} ${issue.message}`, field);
}

/** The count and the ids of the operations in an input's field. */
export function checkOperations(
  { limits }: Pick<Services, "limits">,
  operations: readonly OperationInput[],
  field: string,
): RequestError | undefined {
  if (operations.length === 0) return invalidInput(`${field} must not be empty`, field);
  if (operations.length > limits.batchOperationsMax) {
    const message = `at most ${limits.batchOperationsMax} operations are allowed in one request`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: [field] });
  }
  const seen = new Set<string>();
  for (const [index, { id }] of operations.entries()) {
    const path = [field, String(index), "id"];
    const issue = checkId(id, limits);
    if (issue !== undefined) return invalidInput(`id ${issue.message}`, ...path);
    if (seen.has(id)) {
      const message = "the request has two operations with this id";
      return refused("INVALID_INPUT", message, { operationId: id, path });
    }
    seen.add(id);
  }
  return undefined;
}

/** Checks each operation of an input's field against its type's schemas and the limits. */
export function parseBatch(
  services: Services,
  operations: readonly OperationInput[],
  field = "operations",
): ParsedBatch {
  const { limits, sha256 } = services;
  const parsed: IncomingOperation[] = [];
  let newestReading = -Infinity;
  let heldBytes = 0;
  for (const [index, operation] of operations.entries()) {
    const at = (path: readonly string[]) => ({
      operationId: operation.id,
      path: [field, String(index), ...path],
    });
    const content = parseOperation(
      { type: operation.type, target: targetOf(operation), payload: operation.payload ?? null },
      limits,
    );
    if (!content.ok) {
      return refused(content.error.code, content.error.message, at(content.error.path));
    }
    heldBytes += heapBytes(jsonSize(content.value.payload as Json));
    // A clock that was set back does not reorder what one client did in one batch.
    newestReading = Math.max(newestReading, operation.timestamp ?? -Infinity);
    parsed.push({
      ...content.value,
      id: operation.id,
      timestamp: operation.timestamp == null ? null : newestReading,
      requestHash: requestHash(sha256, content.value),
    });
  }
  return { kind: "parsed", operations: parsed, heldBytes };
}

/** GraphQL may say null for an id that is not there. */
export function targetOf({
  target,
}: {
  readonly target?: OperationInput["target"] | null;
}): OperationTarget {
  return Object.fromEntries(Object.entries(target ?? {}).filter(([, id]) => id != null));
}
