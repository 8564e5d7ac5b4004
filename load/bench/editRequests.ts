/** applyOperations over HTTP with connections that are kept: what a busy frontend's edits look like on the wire. */
import { KeptConnection } from "./keptConnection.js";
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

/** Requests beyond the number of connections wait for one that is free. */
export function openEditRequests(target: EditTarget, connections: number): EditRequests {
  const { url, token, templateId } = target;
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const all = Array.from({ length: connections }, () => new KeptConnection(url, headers));
  const free = [...all];
  const waiting: ((connection: KeptConnection) => void)[] = [];
  const take = () =>
    free.pop() ?? new Promise<KeptConnection>((resolve) => void waiting.push(resolve));
  const giveBack = (connection: KeptConnection) => {
    const next = waiting.shift();
    if (next === undefined) free.push(connection);
    else next(connection);
  };
  return {
    async send(edit, clientId) {
      // FORCE: with so many clients at once, nobody's base is the head any more when the request arrives.
      const input = {
        templateId,
        baseVersion: 1,
        operations: [edit],
        clientId,
        onConflict: "FORCE",
      };
      const body = JSON.stringify({ query: APPLY_OPERATIONS, variables: { input } });
      const connection = await take();
      const answer = await connection.post(body);
      giveBack(connection);
      return versionOf(answer);
    },
    close: () => all.forEach((connection) => connection.close()),
  };
}

function versionOf(text: string): number {
  const answer = JSON.parse(text) as {
    readonly data?: { readonly applyOperations?: { readonly newVersion?: number } };
  };
  const version = answer.data?.applyOperations?.newVersion;
  if (version === undefined) throw new Error(`an edit was not applied: ${text.slice(0, 500)}`);
  return version;
}
