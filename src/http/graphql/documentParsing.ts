/** Parsing within limits: what is too large or too repetitive ends here, before it is validated. */
import { GraphQLError, parse, Source, type DocumentNode, type ParseOptions } from "graphql";
import type { Plugin } from "graphql-yoga";
import { requireFewRepetitions } from "./documentRepetition.js";

export interface ParsingLimits {
  readonly graphqlDocumentUnitsMax: number;
  readonly graphqlTokensMax: number;
  readonly graphqlComparisonsMax: number;
}

/** Parses documents within the limits; `tooLarge` makes the error of those beyond one, completing "the document …". */
export function boundedParsing(
  limits: ParsingLimits,
  tooLarge: (what: string) => GraphQLError,
): Plugin {
  const {
    graphqlDocumentUnitsMax: units,
    graphqlTokensMax: tokens,
    graphqlComparisonsMax: comparisons,
  } = limits;
  const parseBounded = (source: string | Source, options?: ParseOptions): DocumentNode => {
    const { length } = typeof source === "string" ? source : source.body;
    if (length > units) throw tooLarge(`has more than ${units} characters`);
    const document = parseTokens(source, { ...options, maxTokens: tokens });
    requireFewRepetitions(document, comparisons, () =>
      tooLarge(`requires more than ${comparisons} comparisons of its selections`),
    );
    return document;
  };
  const parseTokens = (source: string | Source, options: ParseOptions): DocumentNode => {
    try {
      return parse(source, options);
    } catch (error) {
      // The one error of the parser that is about its limit is told by its words alone.
      const isLimit =
        error instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(error.message);
      throw isLimit ? tooLarge(`has more than ${tokens} tokens`) : error;
    }
  };
  return { onParse: ({ setParseFn }) => setParseFn(parseBounded) };
}
