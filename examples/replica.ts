/** A client's own copy of a template: what the domain's pure functions make of the operations it was told of. */
import { designOf } from "../src/domain/document/toDesign.js";
import { documentOf } from "../src/domain/document/fromDesign.js";
import type { Design } from "../src/domain/document/design.js";
import type { Document } from "../src/domain/document/document.js";
import { unbounded } from "../src/domain/limits.js";
import { applyOperation } from "../src/domain/operations/registry.js";
import type { OperationContent } from "../src/domain/operations/operation.js";

export class Replica {
  #document: Document;

  /** `version`: the one that the design is of. */
  constructor(
    design: Design,
    private atVersion: number,
  ) {
    this.#document = documentOf(design);
  }

  get version(): number {
    return this.atVersion;
  }

  get design(): Design {
    return designOf(this.#document);
  }

  /** Throws where the operation does not apply: then the copy and the server have parted. */
  apply(operation: OperationContent): void {
    const target = Object.fromEntries(
      // GraphQL says null for an id that is not there.
      Object.entries(operation.target).filter(([, id]) => id != null),
    );
    const applied = applyOperation(this.#document, { ...operation, target }, unbounded);
    if (!applied.ok) {
      throw new Error(`version ${this.atVersion + 1} does not apply: ${applied.error.message}`);
    }
    this.#document = applied.value;
    this.atVersion += 1;
  }
}
