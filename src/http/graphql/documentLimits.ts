/** Bounds on GraphQL documents. They are rules of parsing and validation, so a document that is known costs nothing. */
import { maxAliasesPlugin } from "@escape.tech/graphql-armor-max-aliases";
import { maxDepthPlugin } from "@escape.tech/graphql-armor-max-depth";
import { maxDirectivesPlugin } from "@escape.tech/graphql-armor-max-directives";
import { GraphQLError, type ValidationContext } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Config } from "../../config/readConfig.js";
import { costLimit } from "./documentCost.js";
import { boundedParsing } from "./documentParsing.js";

/** A document beyond a limit; `code` is for programs, the limit stands in the message: "the document …". */
function tooLarge(what: string): GraphQLError {
  return new GraphQLError(`the document ${what}`, {
    extensions: { code: "DOCUMENT_TOO_LARGE", http: { spec: true, status: 400 } },
  });
}

/**
 * Reports a document beyond the limit as a validation error: what the plugins would throw themselves comes without
 * a code. `what` completes "the document has more than 30 …".
 */
function reporting(limit: number, what: string) {
  return {
    propagateOnRejection: false,
    onReject: [
      (context: ValidationContext | null) =>
        context?.reportError(tooLarge(`has more than ${limit} ${what}`)),
    ],
  };
}

/** The plugins that hold documents to the limits. */
export function documentLimits(limits: Config["graphql"]): Plugin[] {
  const {
    graphqlDepthMax: depth,
    graphqlCostMax: cost,
    graphqlAliasesMax: aliases,
    graphqlDirectivesMax: directives,
  } = limits;
  return [
    boundedParsing(limits, tooLarge),
    maxDepthPlugin({ n: depth, ...reporting(depth, "levels of selections") }),
    costLimit(cost, () => tooLarge(`costs more than ${cost} points`)),
    maxAliasesPlugin({ n: aliases, ...reporting(aliases, "aliases") }),
    maxDirectivesPlugin({ n: directives, ...reporting(directives, "directives") }),
  ] as Plugin[];
}
