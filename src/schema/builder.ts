/**
 * The builder that all types of the API register with, one file per noun. Resolvers hold no rules: they call a
 * command or a port and give the answer its GraphQL form.
 */
import SchemaBuilder from "@pothos/core";
import DataloaderPlugin from "@pothos/plugin-dataloader";
import PrismaPlugin from "@pothos/plugin-prisma";
import RelayPlugin from "@pothos/plugin-relay";
import type { GraphQLContext } from "./context.js";
import type PrismaTypes from "./generated/pothos.js";
import { getDatamodel } from "./generated/pothos.js";

interface ApiTypes {
  Context: GraphQLContext;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    /** Milliseconds since the epoch or a Date. */
    DateTime: { Input: Date; Output: Date | number };
    JSON: { Input: NonNullable<unknown> | null; Output: unknown };
    Timestamp: { Input: number; Output: number };
  };
}

export const builder = new SchemaBuilder<ApiTypes>({
  plugins: [RelayPlugin, PrismaPlugin, DataloaderPlugin],
  defaultFieldNullability: false,
  prisma: { client: (context) => context.prisma, dmmf: getDatamodel() },
  relay: {
    cursorType: "String",
    pageInfoTypeOptions: {
      description: "The position of a page of results within the whole list.",
    },
    pageInfoFieldOptions: {
      description: "Whether more results follow, and the cursor to continue from.",
    },
    hasNextPageFieldOptions: { description: "Whether more results follow `endCursor`." },
    hasPreviousPageFieldOptions: { description: "Whether more results precede `startCursor`." },
    startCursorFieldOptions: {
      description: "The cursor of the first edge; null for an empty page.",
    },
    endCursorFieldOptions: { description: "The cursor of the last edge; null for an empty page." },
    nodesOnConnection: {
      description: "The items of the page without their cursors, in the order of the list.",
    },
    edgesFieldOptions: {
      description: "The items of the page with their cursors, in the order of the list.",
      nullable: { list: false, items: false },
    },
    cursorFieldOptions: {
      description: "The opaque cursor of this item, for `after` and `before`.",
    },
    nodeFieldOptions: { description: "The item at this position.", nullable: false },
  },
});

builder.queryType({ description: "All read operations." });
builder.mutationType({
  description:
    "All write operations. The mutations of one document run one after the other, in their order.",
});
builder.subscriptionType({
  description: "Live updates. A subscription stays open and delivers events.",
});
