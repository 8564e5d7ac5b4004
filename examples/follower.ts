/** A second client: follows `templateChanged` from a version on and keeps its own copy. */
import type { Design } from "../src/domain/document/design.js";
import type { OperationContent } from "../src/domain/operations/operation.js";
import type { Client } from "./client.js";
import { Replica } from "./replica.js";

const TEMPLATE_CHANGED = /* GraphQL */ `
  subscription ($templateId: ID!, $fromVersion: Int!) {
    templateChanged(templateId: $templateId, fromVersion: $fromVersion) {
      kind
      fromVersion
      toVersion
      designData
      operations {
        type
        target {
          pageId
          elementId
          audioLayerId
          clipId
        }
        payload
        resultingVersion
      }
    }
  }
`;

interface TemplateChange {
  readonly kind: "OPERATIONS" | "RESYNC" | "DELETED" | "ACCESS_REVOKED";
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly designData: Design | null;
  readonly operations: readonly (OperationContent & { readonly resultingVersion: number })[];
}

export class Follower {
  #replica: Replica;
  #events = 0;

  /** `design`: the document at `version`, from which the operations are applied. */
  constructor(
    private readonly client: Client,
    private readonly templateId: string,
    design: Design,
    version: number,
  ) {
    this.#replica = new Replica(design, version);
  }

  get design(): Design {
    return this.#replica.design;
  }

  get version(): number {
    return this.#replica.version;
  }

  /** Events so far: fewer than versions where several operations came as one change. */
  get events(): number {
    return this.#events;
  }

  /** Resolves once the version is reached. Rejects where a version is missing, doubled or does not apply. */
  async follow(throughVersion: number): Promise<void> {
    if (this.version >= throughVersion) return;
    const variables = { templateId: this.templateId, fromVersion: this.version };
    const changes = this.client.subscribe<{ templateChanged: TemplateChange }>(
      TEMPLATE_CHANGED,
      variables,
    );
    for await (const { templateChanged } of changes) {
      this.#take(templateChanged);
      if (this.version >= throughVersion) return;
    }
    throw new Error(`the subscription ended at version ${this.version}`);
  }

  #take(change: TemplateChange): void {
    this.#events += 1;
    if (change.kind === "RESYNC" && change.designData !== null) {
      this.#replica = new Replica(change.designData, change.toVersion);
      return;
    }
    if (change.kind !== "OPERATIONS") throw new Error(`the subscription ended: ${change.kind}`);
    if (change.fromVersion !== this.version) {
      throw new Error(`a change from ${change.fromVersion} came at version ${this.version}`);
    }
    for (const operation of change.operations) {
      if (operation.resultingVersion !== this.version + 1) {
        throw new Error(`version ${operation.resultingVersion} came after ${this.version}`);
      }
      this.#replica.apply(operation);
    }
  }
}
