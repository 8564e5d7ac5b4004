/** Bounds on GraphQL documents. */
import { numberSettings } from "../numberSettings.js";

export const documentLimitSettings = numberSettings(
  {
    graphqlDepthMax: 12,
    graphqlCostMax: 50_000,
    graphqlAliasesMax: 30,
    graphqlDirectivesMax: 30,
    graphqlTokensMax: 2_000,
    graphqlDocumentUnitsMax: 200_000,
    graphqlComparisonsMax: 20_000,
    graphqlBatchMax: 1,
  },
  {
    graphqlDepthMax: {
      description: "nested selections in a document, without those of introspection",
    },
    graphqlCostMax: {
      description:
        "cost of a document: 1 per field, multiplied by the lengths of the lists above it (`first` or `last`; 25 for a list without pages)",
    },
    graphqlAliasesMax: { description: "aliases in a document" },
    graphqlDirectivesMax: { description: "directives in a document" },
    graphqlTokensMax: { description: "tokens in a document" },
    graphqlDocumentUnitsMax: {
      description: "UTF-16 units of a document's text; put longer values into variables",
    },
    graphqlComparisonsMax: {
      description:
        "comparisons for validating a document: one per selection, and one per pair of selections of the same field at the same place",
    },
    graphqlBatchMax: {
      description: "GraphQL requests in one HTTP request; 1: lists are refused",
      max: 100,
    },
  },
);
