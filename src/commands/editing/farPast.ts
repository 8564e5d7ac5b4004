/** What a request has to know of a past that is too long to be held, where its base is that far behind. */
import { Relevance } from "../../domain/merge/relevance.js";
import type { OperationContent } from "../../domain/operations/operation.js";
import type { DecisionContext } from "../../live/liveTemplates.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { rateLimited } from "./takeOperations.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";

export interface FarPast {
  readonly kind: "farPast";
  /** The version after which the queue has to know the history. */
  readonly throughVersion: number;
  /** The context of a decision with the whole history that matters. */
  readonly in: (context: DecisionContext) => DecisionContext;
}

/** The head moves on until the decision is made; by so many operations at least there is room for that. */
const MARGIN_OPERATIONS_MIN = 100;

/** Whether a round of decisions may not read back to the base. */
export function isFarBehind(
  { nearOperationsMax }: Services["farHistory"],
  { version }: TemplateHead,
  baseVersion: number,
): boolean {
  const margin = Math.max(MARGIN_OPERATIONS_MIN, nearOperationsMax / 10);
  return version - baseVersion > nearOperationsMax - margin;
}

/**
 * The history that matters to the operations from the base on, read before the request enters the queue; undefined where
 * the queue reads it, or nobody can. Rejects with StorageUnavailable.
 */
export async function farPast(
  { farHistory, live }: Pick<Services, "farHistory" | "live">,
  head: TemplateHead,
  baseVersion: number,
  operations: readonly OperationContent[],
): Promise<FarPast | RequestError | undefined> {
  const { templateId, version, logStartVersion } = head;
  if (!isFarBehind(farHistory, head, baseVersion) || baseVersion < logStartVersion) {
    return undefined;
  }
  const { document } = await live.read(templateId, version);
  const range = { templateId, afterVersion: baseVersion, throughVersion: version };
  const read = await farHistory.read(range, new Relevance(document, operations));
  if (read.kind === "busy")
    return rateLimited("too many requests with an old base version", read.retryAfterMs);
  if (read.kind === "outOfReach") return undefined;
  const { entries } = read;
  return {
    kind: "farPast",
    throughVersion: version,
    in: (context) => ({
      ...context,
      holdsPart: true,
      history: () => {
        const since = context.history();
        return (
          since && [
            ...entries,
            ...since.filter(({ resultingVersion }) => resultingVersion > version),
          ]
        );
      },
    }),
  };
}
