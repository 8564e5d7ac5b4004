/** An ordinary GraphQL client in one page: requests by fetch, subscriptions by graphql-ws, no SDK. */
import { createClient as createSocketClient } from "graphql-ws";
import WebSocket from "ws";

export interface ClientOptions {
  /** Of the endpoint: http://localhost:4000/graphql */
  readonly url: string;
  readonly token?: string;
}

export interface Client {
  /** The `data` of the answer. Rejects with the errors of the answer, or of the connection. */
  request<T>(document: string, variables?: Variables): Promise<T>;
  /** The `data` of each event, until the server ends the subscription or the loop is left. */
  subscribe<T>(document: string, variables?: Variables): AsyncGenerator<T, void, undefined>;
  close(): Promise<void>;
}

export type Variables = Readonly<Record<string, unknown>>;

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string }[];
}

export function createClient({ url, token }: ClientOptions): Client {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = createSocketClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    retryAttempts: 0,
  });
  return {
    async request<T>(query: string, variables: Variables = {}) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...authorization },
        body: JSON.stringify({ query, variables }),
      });
      return dataOf((await response.json()) as Answer<T>);
    },
    async *subscribe<T>(query: string, variables: Variables = {}) {
      for await (const event of socket.iterate<T>({ query, variables })) {
        yield dataOf(event as Answer<T>);
      }
    },
    async close() {
      await socket.dispose();
    },
  };
}

function dataOf<T>({ data, errors }: Answer<T>): T {
  const message = errors?.map((error) => error.message).join("; ");
  if (message !== undefined) throw new Error(message);
  if (data == null) throw new Error("the answer holds neither data nor errors");
  return data;
}
