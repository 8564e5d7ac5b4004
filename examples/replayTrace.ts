/**
 * Replays a typing trace of real people through the public API: a client per person, each with its own optimistic copy
 * and a batch in flight while it types on. What one had not seen of the other's work when typing, one has not seen
 * here; the server and the clients merge it. Then compares the text of every copy and of the server with the trace's
 * own, or with a plain replay of the part that was replayed.
 *
 * `npm run example -- replay-trace FILE [--limit N]`; the formats are those of trace/traceFile.ts.
 *
 * The requests of the clients race each other and are committed as they come, but for what was typed at one and the
 * same place without knowing of each other: there the text's order follows the order of commit, so those transactions
 * wait for the ones whose text stands before theirs in the trace.
 */
import type { Design } from "../src/domain/document/design.js";
import { signUp } from "./account.js";
import { createClient } from "./client.js";
import type { Comparison } from "./comparisons.js";
import { createTemplate } from "./editor.js";
import { Ensemble, type Performed } from "./trace/ensemble.js";
import type { Score } from "./trace/score.js";
import { textDesign, textOfDesign } from "./trace/textDesign.js";

export interface ReplayOptions {
  readonly url: string;
  readonly name: string;
  readonly score: Score;
  readonly progress?: (committed: number, total: number) => void;
}

export interface Replayed extends Omit<Performed, "texts"> {
  readonly templateId: string;
  readonly seconds: number;
  readonly comparisons: readonly Comparison[];
}

const STATE = /* GraphQL */ `
  query ($id: ID!) {
    template(id: $id) {
      version
      designData
    }
  }
`;

interface StateAnswer {
  readonly template: { readonly version: number; readonly designData: Design } | null;
}

/** Rejects where an edit is refused, a copy parts from the server, or nothing moves any more. */
export async function replayTrace(options: ReplayOptions): Promise<Replayed> {
  const { url, name, score, progress = () => {} } = options;
  const token = await signUp(url, "Typist");
  const clients = score.causality.byAgent.map(() => createClient({ url, token }));
  const reader = createClient({ url, token });
  try {
    const id = await createTemplate(reader, name, textDesign(score.trace.startContent));
    const startedAt = performance.now();
    const { texts, ...performed } = await new Ensemble(clients, id, score, progress).perform();
    const seconds = (performance.now() - startedAt) / 1_000;
    const { template } = await reader.request<StateAnswer>(STATE, { id });
    if (template === null) throw new Error("the template is gone");
    const version = 1 + score.trace.transactions.length;
    const comparisons = [
      { what: `version ${version} is the server's`, equal: template.version === version },
      ...textComparisons(score, texts, textOfDesign(template.designData)),
    ];
    return { ...performed, templateId: id, seconds, comparisons };
  } finally {
    await Promise.all([...clients, reader].map((client) => client.close()));
  }
}

function textComparisons(
  { expected, isWhole, trace }: Score,
  texts: readonly string[],
  server: string,
): Comparison[] {
  const { endContent } = trace;
  const comparisons = [
    { what: "the server's text is that of a plain replay", equal: server === expected },
    ...texts.map((text, agent) => ({
      what: `the copy of agent ${agent} is the server's text`,
      equal: text === server,
    })),
  ];
  if (isWhole) {
    comparisons.push(
      { what: "the server's text is the trace's own", equal: server === endContent },
      { what: "the plain replay's text is the trace's own", equal: expected === endContent },
    );
  }
  return comparisons;
}
