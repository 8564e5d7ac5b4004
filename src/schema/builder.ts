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
    pageInfoTypeOptions: { description: "Where a page of a list stands within the whole list." },
    pageInfoFieldOptions: { description: "Whether there is more, and where to go on." },
    hasNextPageFieldOptions: { description: "Whether more follows `endCursor`." },
    hasPreviousPageFieldOptions: { description: "Whether more lies before `startCursor`." },
    startCursorFieldOptions: {
      description: "The cursor of the first edge; null for an empty page.",
    },
    endCursorFieldOptions: { description: "The cursor of the last edge; null for an empty page." },
    nodesOnConnection: {
      description: "The items of the page without their cursors, in the order of the list.",
    },
    edgesFieldOptions: {
      description: "The page, in the order of the list.",
      nullable: { list: false, items: false },
    },
    cursorFieldOptions: {
      description: "Names this place in the list, for `after` and `before`; opaque.",
    },
    nodeFieldOptions: { description: "What stands at this place.", nullable: false },
  },
});

builder.queryType({ description: "Everything that reads." });
builder.mutationType({
  description:
    "Everything that writes. The mutations of one document run one after the other, in their order.",
});
builder.subscriptionType({ description: "Everything that stays live." });
