/** applyOperations over HTTP with connections that are kept: what a busy frontend's edits look like on the wire. */
import { Agent, request as httpRequest } from "node:http";
import type { Edit } from "./rectangles.js";

/** As a client library sends it: the same document each time, the edit in the variables. */
const APPLY_OPERATIONS = /* GraphQL */ `
  mutation ($input: ApplyOperationsInput!) {
    applyOperations(input: $input) {
      __typename
      ... on OperationsApplied {
        newVersion
        appliedOps
      }
      ... on UserError {
        code
        message
      }
    }
  }
`;

export interface EditTarget {
  readonly url: string;
  readonly token: string;
  readonly templateId: string;
}

export interface EditRequests {
  /** Resolves with the new version once the edit is acknowledged; rejects where it is anything but applied. */
  send(edit: Edit, clientId: string): Promise<number>;
  close(): void;
}

export function openEditRequests(target: EditTarget, connections: number): EditRequests {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const options = {
    agent,
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${target.token}` },
  };
  return {
    async send(edit, clientId) {
      const { templateId } = target;
      // FORCE: with so many clients at once, nobody's base is the head any more when the request arrives.
      const input = {
        templateId,
        baseVersion: 1,
        operations: [edit],
        clientId,
        onConflict: "FORCE",
      };
      const body = JSON.stringify({ query: APPLY_OPERATIONS, variables: { input } });
      return versionOf(await post(target.url, options, body));
    },
    close: () => agent.destroy(),
  };
}

function post(url: string, options: object, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.setHeader("content-length", Buffer.byteLength(body));
    request.end(body);
  });
}

function versionOf(text: string): number {
  const answer = JSON.parse(text) as {
    readonly data?: { readonly applyOperations?: { readonly newVersion?: number } };
  };
  const version = answer.data?.applyOperations?.newVersion;
  if (version === undefined) throw new Error(`an edit was not applied: ${text.slice(0, 500)}`);
  return version;
}
