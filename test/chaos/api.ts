/** Requests over HTTP as any client makes them, and what their answers mean to one that may try again. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosNode } from "./chaosNode.js";
import type { Timeline } from "./timeline.js";

/** A node that stands still says nothing: then another one is asked. */
const ANSWER_MS_MAX = 4_000;
const RETRY_MS = 100;

export type Variables = Readonly<Record<string, unknown>>;

interface GraphQLAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly retryAfterMs?: number };
  }[];
}

/** No answer, or one that says to come back: the same request may be sent again, and may have had its effect. */
export class TryAgain extends Error {
  override readonly name = "TryAgain";
}

/** Sends one request to one node. Rejects with TryAgain; an answer that nobody deserves is a violation of FAIL-4. */
export async function request<T>(
  { url, name }: Pick<ChaosNode, "url" | "name">,
  timeline: Timeline,
  token: string | undefined,
  query: string,
  variables: Variables,
): Promise<T> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let answer: GraphQLAnswer<T>;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...authorization },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    answer = (await response.json()) as GraphQLAnswer<T>;
  } catch (error) {
    throw new TryAgain(`no answer from ${name}`, { cause: error });
  }
  const { data, errors } = answer;
  const unexpected =
    errors?.filter(({ extensions }) => {
      return extensions?.code !== "UNAVAILABLE" || extensions.retryAfterMs === undefined;
    }) ?? [];
  if (unexpected.length > 0 || (errors === undefined && data == null)) {
    timeline.violate("FAIL-4", `${name} answered ${JSON.stringify(answer)}`);
  }
  if (errors !== undefined || data == null) throw new TryAgain(`${name} cannot serve now`);
  return data;
}

/** Asks the nodes in turn until one answers. */
export async function untilAnswered<T>(
  nodes: readonly ChaosNode[],
  ask: (node: ChaosNode, attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    const node = nodes[attempt % nodes.length];
    if (node === undefined) throw new Error("there is no node to ask");
    try {
      return await ask(node, attempt);
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
      await sleep(RETRY_MS);
    }
  }
}
