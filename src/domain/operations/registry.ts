/**
 * Every operation type, and what callers do with operations whatever their type. Callers outside this folder use
 * these functions and never a definition.
 */
import { z } from "zod";
import type { Document } from "../document/document.js";
import type { AnyDefinition } from "./definition.js";
import { definitions } from "./definitions.js";
import { invalid, tooLarge } from "./find.js";
import type { Json, JsonObject } from "../json.js";
import type { DomainLimits } from "../limits.js";
import type { Footprint } from "./footprint.js";
import { atOnce, finished, inSteps, type Steps } from "../steps.js";
import type {
  OperationContent,
  OperationResult,
  OperationTarget,
  OperationType,
} from "./operation.js";
import { parseWith } from "./parse.js";
import type { ParsedOperation, UnparsedOperation } from "./parse.js";

/** The names of all types, in the order in which they are listed. */
export const operationTypes = Object.keys(definitions) as readonly OperationType[];

/** What a reader needs to write operations of a type. */
export interface OperationTypeReference {
  readonly type: OperationType;
  readonly description: string;
  /** JSON Schemas, draft 2020-12. */
  readonly targetSchema: JsonObject;
  readonly payloadSchema: JsonObject;
  /** `{ type, target, payload, before }`: the operation, and a design it applies to. */
  readonly example: JsonObject;
}

/**
 * The operation, if its type's schemas and the limits accept it. Refused with PAYLOAD_TOO_LARGE where a size limit
 * is exceeded, else with INVALID_OPERATION. Needs no document.
 */
export function parseOperation(
  operation: UnparsedOperation,
  limits: DomainLimits,
): OperationResult<ParsedOperation> {
  if (!Object.hasOwn(definitions, operation.type)) {
    return invalid(`${String(operation.type)} is not an operation type`, ["type"]);
  }
  return parseWith(definitions[operation.type], operation, limits);
}

/**
 * The operation with everything said that it leaves to the state it meets, so that the log means the same on every
 * state. Called once, where it is first accepted. Never fails, also where the operation will not apply.
 */
export function settleOperation(document: Document, operation: OperationContent): OperationContent {
  const { type, target, payload } = operation;
  return definitions[type].settle?.(document, target, payload) ?? { type, target, payload };
}

/** The document after the operation, or why it cannot apply: something is missing or doubled, or a limit is met. */
export function applyOperation(
  document: Document,
  operation: OperationContent,
  limits: DomainLimits,
): OperationResult<Document> {
  return finished(applySteps(document, operation, limits));
}

/** As `applyOperation`, in steps where many nodes change. */
export function* applySteps(
  document: Document,
  { type, target, payload }: OperationContent,
  limits: DomainLimits,
): Steps<OperationResult<Document>> {
  const applied = yield* inSteps(definitions[type].apply(document, target, payload, limits));
  if (!applied.ok) return applied;
  const { bytes, values } = applied.value;
  // One that shrinks a document is welcome, however large it is.
  if (bytes > limits.documentBytesMax && bytes > document.bytes) {
    const message = `document would take ${bytes} bytes, more than ${limits.documentBytesMax}`;
    return tooLarge(message, ["payload"]);
  }
  if (values > limits.documentValuesMax && values > document.values) {
    const message = `document would hold ${values} values, more than ${limits.documentValuesMax}`;
    return tooLarge(message, ["payload"]);
  }
  return applied;
}

/** The operation in its simplest form, where it takes another one back on this document. */
export function simplified(document: Document, operation: OperationContent): OperationContent {
  const { type, target, payload } = operation;
  return definitions[type].simplify?.(document, target, payload) ?? operation;
}

/** The operations that undo it in this order, given the document before it, on which it must apply. */
export function invertOperation(
  document: Document,
  { type, target, payload }: OperationContent,
): readonly OperationContent[] {
  return atOnce(definitions[type].invert(document, target, payload));
}

/** As `invertOperation`, in steps where many nodes change. */
export function invertSteps(
  document: Document,
  { type, target, payload }: OperationContent,
): Steps<readonly OperationContent[]> {
  return inSteps(definitions[type].invert(document, target, payload));
}

/** What the operation touches, given the document before it. Never fails, also where it would not apply there. */
export function footprintOf(
  document: Document,
  { type, target, payload }: OperationContent,
): Footprint {
  return atOnce(definitions[type].footprint(document, target, payload));
}

/** As `footprintOf`, in steps where many nodes are touched. */
export function footprintSteps(
  document: Document,
  { type, target, payload }: OperationContent,
): Steps<Footprint> {
  return inSteps(definitions[type].footprint(document, target, payload));
}

/** The ids that targets of the type have. */
export function targetIds(type: OperationType): ReadonlySet<keyof OperationTarget> {
  return new Set(Object.keys(definitions[type].example.target) as (keyof OperationTarget)[]);
}

/** Every type with its schemas and an example, in the order of `operationTypes`. */
export function operationReference(): readonly OperationTypeReference[] {
  return operationTypes.map((type) => {
    const { description, example, target, payload } = definitions[type];
    return {
      type,
      description,
      targetSchema: schemaOf(target),
      payloadSchema: schemaOf(payload),
      example: { type, target: { ...example.target } as JsonObject, ...parts(example) },
    };
  });
}

function parts(example: AnyDefinition["example"]): { payload: Json; before: Json } {
  return { payload: example.payload, before: example.before };
}

function schemaOf(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as unknown as JsonObject;
}
