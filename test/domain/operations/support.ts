/** A small document and short ways to say what an operation does to it. */
import type { Design, DesignElement } from "../../../src/domain/document/design.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import { designOf } from "../../../src/domain/document/toDesign.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";
import type { DomainLimits } from "../../../src/domain/limits.js";
import type { OperationFailure, OperationType } from "../../../src/domain/operations/operation.js";
import {
  applyOperation,
  invertOperation,
  parseOperation,
  settleOperation,
} from "../../../src/domain/operations/registry.js";

export interface Sent {
  readonly type: OperationType;
  readonly target: unknown;
  readonly payload?: unknown;
}

/** One page "p" with the elements. */
export function pageWith(...elements: readonly Partial<DesignElement>[]): Design {
  const whole = elements.map((element) => ({ type: "rect", x: 0, y: 0, ...element }));
  return {
    canvas: {},
    pages: [{ id: "p", elements: whole as unknown as readonly DesignElement[] }],
    audioLayers: [],
  };
}

/** The design after the operations, or why one of them is refused. */
export function tryAll(
  design: Design,
  sent: readonly Sent[],
  limits: DomainLimits = defaultDomainLimits,
): Design | OperationFailure {
  let document = documentOf(design);
  for (const operation of sent) {
    const parsed = parseOperation({ payload: null, ...operation }, limits);
    if (!parsed.ok) return parsed.error;
    const settled = settleOperation(document, parsed.value);
    const applied = applyOperation(document, settled, limits);
    if (!applied.ok) return applied.error;
    document = applied.value;
  }
  return designOf(document);
}

/** The design after the operations, all of which must apply. */
export function after(design: Design, ...sent: readonly Sent[]): Design {
  const result = tryAll(design, sent);
  if ("code" in result) throw new Error(JSON.stringify(result));
  return result as Design;
}

/** Code and path of the refusal, which there must be; with the message to show when an expectation fails. */
export function refusalOf(
  design: Design,
  sent: Sent,
  limits?: DomainLimits,
): { code: string; path: string; message: string } {
  const result = tryAll(design, [sent], limits) as OperationFailure;
  if (!("code" in result)) throw new Error("the operation was not refused");
  return { code: result.code, path: result.path.join("."), message: result.message };
}

/** An INVALID_OPERATION at the path. */
export function invalidAt(path: string) {
  return { code: "INVALID_OPERATION", path };
}

/** A PAYLOAD_TOO_LARGE at the path. */
export function tooLargeAt(path: string) {
  return { code: "PAYLOAD_TOO_LARGE", path };
}

/** The element of page "p". */
export function elementIn(design: Design, id: string): DesignElement {
  const found = design.pages[0]?.elements.find((element) => element.id === id);
  if (found === undefined) throw new Error(`no element ${id}`);
  return found;
}

/** The ids of page "p" in paint order. */
export function paintOrder(design: Design): string {
  return (design.pages[0]?.elements ?? []).map(({ id }) => id).join(" ");
}

/** What undoes the operation, given the design before it. */
export function inverseOf(design: Design, sent: Sent) {
  const document = documentOf(design);
  const parsed = parseOperation({ payload: null, ...sent }, defaultDomainLimits);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return invertOperation(document, settleOperation(document, parsed.value));
}
