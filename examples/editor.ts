/** The client that edits: makes a template and sends one operation per request, each on the version before it. */
import { randomUUID } from "node:crypto";
import type { Design } from "../src/domain/document/design.js";
import type { OperationContent } from "../src/domain/operations/operation.js";
import type { Client } from "./client.js";

const CREATE_TEMPLATE = /* GraphQL */ `
  mutation ($input: CreateTemplateInput!) {
    createTemplate(input: $input) {
      ... on TemplateCreated {
        template {
          id
        }
      }
      ... on UserError {
        message
      }
    }
  }
`;

const APPLY_OPERATIONS = /* GraphQL */ `
  mutation ($input: ApplyOperationsInput!) {
    applyOperations(input: $input) {
      ... on OperationsApplied {
        newVersion
      }
      ... on UserError {
        code
        message
      }
      ... on RequestError {
        path
      }
    }
  }
`;

interface CreateAnswer {
  readonly createTemplate: {
    readonly template?: { readonly id: string };
    readonly message?: string;
  };
}

interface ApplyAnswer {
  readonly applyOperations: {
    readonly newVersion?: number;
    readonly code?: string;
    readonly message?: string;
    readonly path?: readonly string[] | null;
  };
}

/** The id of a new template with this document at version 1. */
export async function createTemplate(
  client: Client,
  name: string,
  designData: Design,
): Promise<string> {
  const input = { name, designData };
  const { template, message } = (await client.request<CreateAnswer>(CREATE_TEMPLATE, { input }))
    .createTemplate;
  if (template === undefined) throw new Error(`createTemplate was refused: ${message}`);
  return template.id;
}

/** The version that the operation led to. */
export async function applyOperation(
  client: Client,
  templateId: string,
  baseVersion: number,
  operation: OperationContent,
): Promise<number> {
  const input = {
    templateId,
    baseVersion,
    operations: [{ id: randomUUID(), ...operation, timestamp: Date.now() }],
  };
  const answer = (await client.request<ApplyAnswer>(APPLY_OPERATIONS, { input })).applyOperations;
  if (answer.newVersion !== undefined) return answer.newVersion;
  const place = answer.path == null ? "" : ` at ${answer.path.join(".")}`;
  throw new Error(`${operation.type} was refused: ${answer.code}${place}: ${answer.message}`);
}
