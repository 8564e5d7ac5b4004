/** The SDK's transport over the public GraphQL API, for text that always merges. */
import type {
  Batch,
  CommittedOperation,
  SendOutcome,
  TemplateTransport,
} from "../../src/client/transport.js";
import type { Client } from "../client.js";

const APPLY_OPERATIONS = /* GraphQL */ `
  mutation ($input: ApplyOperationsInput!) {
    applyOperations(input: $input) {
      ... on OperationsApplied {
        operations {
          id
          type
          target {
            pageId
            elementId
          }
          payload
          resultingVersion
        }
      }
      ... on VersionConflict {
        currentVersion
        conflictingOps
      }
      ... on UserError {
        code
        message
      }
      ... on RequestError {
        operationId
        retryAfterMs
      }
    }
  }
`;

const TEMPLATE_CHANGED = /* GraphQL */ `
  subscription ($templateId: ID!) {
    templateChanged(templateId: $templateId, fromVersion: 1) {
      kind
      operations {
        id
        type
        target {
          pageId
          elementId
        }
        payload
        resultingVersion
      }
    }
  }
`;

interface ApplyAnswer {
  readonly applyOperations: {
    readonly operations?: readonly CommittedOperation[];
    readonly currentVersion?: number;
    readonly conflictingOps?: readonly string[];
    readonly code?: string;
    readonly message?: string;
    readonly operationId?: string | null;
    readonly retryAfterMs?: number | null;
  };
}

interface ChangedEvent {
  readonly templateChanged: {
    readonly kind: string;
    readonly operations: readonly CommittedOperation[];
  };
}

/** Sends to one template under MERGE. */
export function graphqlTransport(
  client: Client,
  names: { readonly templateId: string; readonly clientId: string },
): TemplateTransport {
  return {
    async send(batch: Batch) {
      const input = { ...names, ...batch, onConflict: "MERGE" };
      return outcomeOf(await client.request<ApplyAnswer>(APPLY_OPERATIONS, { input }));
    },
    insist: () => Promise.reject(new Error("text merges: there is nothing to insist on")),
  };
}

function outcomeOf({ applyOperations: answer }: ApplyAnswer): SendOutcome {
  const { operations, currentVersion, conflictingOps = [], message = "", code = "" } = answer;
  if (operations !== undefined) return { kind: "applied", operations };
  if (currentVersion !== undefined) {
    return { kind: "conflict", message, currentVersion, conflictingOps };
  }
  const { operationId = null, retryAfterMs = null } = answer;
  return { kind: "refused", code, message, operationId, retryAfterMs };
}

/** The operations of every change, from the first version on, until the client is closed. */
export async function* commitsOf(
  client: Client,
  templateId: string,
): AsyncGenerator<readonly CommittedOperation[]> {
  const changes = client.subscribe<ChangedEvent>(TEMPLATE_CHANGED, { templateId });
  for await (const { templateChanged } of changes) {
    const { kind, operations } = templateChanged;
    if (kind !== "OPERATIONS") throw new Error(`the subscription ended: ${kind}`);
    yield operations;
  }
}
