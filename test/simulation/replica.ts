/** What a client holds of a template: a version and its document, moved along by what the subscription hands over. */
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type { World } from "./world.js";

export class Replica {
  constructor(
    private readonly world: World,
    private readonly name: string,
    /** The version it holds. */
    public version: number,
    public document: Document,
  ) {}

  static of(world: World, name: string, version: number, design: Design): Replica {
    return new Replica(world, name, version, documentOf(design));
  }

  /** Applies an event, which has to join on. */
  receive(change: SharedChange): void {
    const { kind, fromVersion, toVersion } = change;
    if (fromVersion !== this.version) {
      this.world.violate(
        "SIM-3",
        `${this.name} got ${kind} ${fromVersion}..${toVersion} at version ${this.version}`,
      );
    }
    if (toVersion < this.version) {
      this.world.violate("SIM-3", `${this.name} was set back from ${this.version} to ${toVersion}`);
    }
    if (kind === "RESYNC" && change.designData !== null) {
      this.document = documentOf(change.designData);
    } else if (kind === "OPERATIONS") {
      this.#apply(change);
    } else {
      this.world.violate("SIM-3", `${this.name} got ${kind}, though nothing changed about access`);
    }
    this.version = toVersion;
  }

  #apply({ operations, fromVersion, toVersion }: SharedChange): void {
    if (operations.length !== toVersion - fromVersion) {
      this.world.violate(
        "SIM-3",
        `${this.name} got ${operations.length} operations for ${toVersion}`,
      );
    }
    for (const operation of operations) {
      const applied = applyOperation(this.document, operation, unbounded);
      if (!applied.ok) {
        const { message } = applied.error;
        this.world.violate("SIM-5", `${this.name} cannot apply ${operation.id}: ${message}`);
        return;
      }
      this.document = applied.value;
    }
  }
}
