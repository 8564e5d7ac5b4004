/** The answer to a request whose operations are all in the log: the same for the first try and every later one. */
import { isEmptied } from "../../domain/operations/traits.js";
import { isNoOp } from "../../domain/operations/noOp.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { Applied, SkippedOperation } from "../outcomes.js";
import type { Services } from "../services.js";

/** `duplicates` are those of the operations that an earlier try had brought into the log. */
export function appliedAnswer(
  templateId: string,
  operations: readonly LoggedOperation[],
  duplicates: readonly LoggedOperation[] = [],
): Applied {
  let newest = operations[0];
  for (const operation of operations) {
    if (newest === undefined || operation.resultingVersion > newest.resultingVersion) {
      newest = operation;
    }
  }
  return {
    kind: "applied",
    templateId,
    operations,
    appliedOps: operations.map(({ id }) => id),
    duplicateOps: duplicates.map(({ id }) => id),
    supersededOps: operations
      .filter((operation) => isEmptied(operation, operation.requested))
      .map(({ id }) => id),
    skipped: operations.flatMap(skippedIn),
    passedOver: passedOverIn(operations),
    newVersion: newest?.resultingVersion ?? 0,
    serverTimestamp: newest?.serverTimestamp ?? 0,
  };
}

function skippedIn(operation: LoggedOperation): SkippedOperation[] {
  const batchId = batchOf(operation);
  return (operation.skipped ?? []).map((part) => {
    const causes = part.causes.map((operationId) => ({ operationId, userId: null }));
    return { ...part, batchId, causes };
  });
}

/** The answer with the people whose operations stood against what was skipped. */
export async function withCauseAuthors(
  { templates }: Pick<Services, "templates">,
  answer: Applied,
): Promise<Applied> {
  const ids = answer.skipped.flatMap(({ causes }) => causes.map(({ operationId }) => operationId));
  if (ids.length === 0) return answer;
  const authors = await templates.readAuthors(answer.templateId, [...new Set(ids)]);
  const skipped = answer.skipped.map((part) => {
    const causes = part.causes.map(({ operationId }) => {
      return { operationId, userId: authors.get(operationId) ?? null };
    });
    return { ...part, causes };
  });
  return { ...answer, skipped };
}

/** The steps whose operations all change nothing. */
function passedOverIn(operations: readonly LoggedOperation[]): string[] {
  const steps = operations.filter(({ undoes, redoes }) => (undoes ?? redoes) !== null);
  const taken = new Set(steps.filter((operation) => !isNoOp(operation)).map(batchOf));
  return [...new Set(steps.map(batchOf))].filter((batchId) => !taken.has(batchId));
}

/** The batch that the operation takes back, or its own. */
function batchOf({ undoes, redoes, batchId }: LoggedOperation): string {
  return undoes ?? redoes ?? batchId;
}
