/** From what a client sent to an operation that its type's schemas and the limits accept. */
import { z } from "zod";
import { jsonBytes } from "../document/bytes.js";
import { invalid, tooLarge } from "./find.js";
import { checkId, checkJson } from "../document/validation.js";
import type { JsonIssue } from "../document/validation.js";
import type { Json } from "../json.js";
import type { DomainLimits } from "../limits.js";
import { failure, success } from "../result.js";
import type { AnyDefinition } from "./definition.js";
import type { OperationContent, OperationFailure, OperationResult } from "./operation.js";

/** An operation as it came in: nothing is known of target and payload yet. An absent payload is null. */
export interface UnparsedOperation {
  readonly type: OperationContent["type"];
  readonly target: unknown;
  readonly payload: unknown;
}

/** An operation whose target and payload its type's schemas accepted. Whether it applies depends on the document. */
export type ParsedOperation = OperationContent;

/** Checks general limits first, so that schemas only ever see plain JSON of bounded depth. */
export function parseWith(
  definition: AnyDefinition,
  operation: UnparsedOperation,
  limits: DomainLimits,
): OperationResult<ParsedOperation> {
  const { target, payload } = operation;
  const issue =
    checkJson(target, limits, ["target"]) ?? checkJson(payload ?? null, limits, ["payload"]);
  if (issue !== undefined) return refusal(issue);
  const bytes = jsonBytes(target as Json) + jsonBytes((payload ?? null) as Json);
  if (bytes > limits.operationBytesMax) {
    const message = `operation takes ${bytes} bytes, more than ${limits.operationBytesMax}`;
    return tooLarge(message, ["payload"]);
  }
  const parsedTarget = checked(definition.target, target, "target");
  if (!parsedTarget.ok) return parsedTarget;
  for (const [key, id] of Object.entries(parsedTarget.value)) {
    const idIssue = checkId(id, limits, ["target", key]);
    if (idIssue !== undefined) return refusal(idIssue);
  }
  const parsedPayload = checked(definition.payload, givenPayload(definition, payload), "payload");
  if (!parsedPayload.ok) return parsedPayload;
  return success({
    type: operation.type,
    target: parsedTarget.value,
    payload: parsedPayload.value,
  });
}

/** The refusal for a value that the general checks do not let in. */
export function refusal(issue: JsonIssue): {
  readonly ok: false;
  readonly error: OperationFailure;
} {
  return failure({
    code: issue.code === "TOO_LARGE" ? "PAYLOAD_TOO_LARGE" : "INVALID_OPERATION",
    message: `${issue.path.join(".")} ${issue.message}`,
    path: issue.path,
  });
}

/** No payload and an empty one mean the same; each type's schema knows the one that it writes. */
function givenPayload(definition: AnyDefinition, payload: unknown): unknown {
  const empty = payload === null || payload === undefined || Object.keys(payload).length === 0;
  if (!empty || Array.isArray(payload) || typeof payload === "string") return payload;
  return definition.payload instanceof z.ZodNull ? null : {};
}

function checked<T>(
  schema: z.ZodType<T>,
  value: unknown,
  part: "target" | "payload",
): OperationResult<T> {
  const parsed = schema.safeParse(value, { error: messageOf });
  if (parsed.success) return success(parsed.data);
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new Error("a schema refused a value without an issue");
  const named = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [part, ...issue.path.map(String), ...named];
  return invalid(`${path.join(".")} ${issue.message}`, path);
}

/** What is wrong, as the end of a sentence that begins with the path. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return `must be ${article(issue.expected)}`;
    case "unrecognized_keys":
      return "is not a known field";
    case "too_small":
      return `must have at least ${String(issue.minimum)} ${issue.origin === "string" ? "characters" : "items"}`;
    case "too_big":
      return `must have at most ${String(issue.maximum)} items`;
    default:
      return undefined;
  }
}

function article(expected: string): string {
  switch (expected) {
    case "array":
      return "a list";
    case "object":
    case "record":
      return "an object";
    case "int":
      return "a whole number";
    case "null":
      return "absent: the type takes no payload";
    default:
      return `a ${expected}`;
  }
}
