/** A template as somebody knows it who was told of operations: a version, its document, and nothing else. */
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import type { ShownOperation } from "./documents.js";

export class Copy {
  #document: Document;

  constructor(
    public version: number,
    design: Design,
  ) {
    this.#document = documentOf(design);
  }

  get document(): Document {
    return this.#document;
  }

  /** The document in canonical form. */
  get text(): string {
    return canonicalJson(designOf(this.#document));
  }

  /** Applies the operation, which has to be the next; else says why it cannot be. */
  take(operation: ShownOperation): string | undefined {
    const { resultingVersion, type, payload } = operation;
    if (resultingVersion !== this.version + 1) {
      return `version ${resultingVersion} came after ${this.version}`;
    }
    // GraphQL says null for an id that is not there.
    const target = Object.fromEntries(
      Object.entries(operation.target).filter(([, id]) => id !== null),
    );
    const applied = applyOperation(this.#document, { type, payload, target }, unbounded);
    if (!applied.ok) return `version ${resultingVersion} does not apply: ${applied.error.message}`;
    this.#document = applied.value;
    this.version = resultingVersion;
    return undefined;
  }
}

/** The one text of an operation; two that say the same at one version have the same. */
export function textOf({ id, type, target, payload, resultingVersion }: ShownOperation): string {
  return canonicalJson({ id, type, target: { ...target }, payload, resultingVersion } as never);
}
