/** The templates that the viewer may see, in pages. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import {
  readTemplatePage,
  type TemplateKey,
  type TemplatePageQuery,
} from "../storage/templatePage.js";
import { builder } from "./builder.js";
import type { GraphQLContext } from "./context.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, UUID_PART } from "./cursor.js";
import { badUserInput } from "./errors.js";
import { TemplateObject } from "./template.js";

const TEMPLATES_PER_PAGE = { max: 100, standard: 20 };
const SEARCH_UNITS_MAX = 200;

const TemplateFilter = builder.inputType("TemplateFilter", {
  description: "Which templates a list holds; what is given must all be so.",
  fields: (t) => ({
    category: t.string({ description: "Those of exactly this category." }),
    tags: t.stringList({ description: "Those that have all of these tags." }),
    isPublic: t.boolean({ description: "Only public ones, or only private ones." }),
    mine: t.boolean({ description: "True: only the viewer's own." }),
    deleted: t.boolean({
      description: "True: those in the bin instead that the viewer may take out again.",
    }),
  }),
});

interface ListArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: typeof TemplateFilter.$inferInput | null | undefined;
  readonly search?: string | null | undefined;
}

export const TemplateConnection = builder.connectionObject(
  {
    type: TemplateObject,
    name: "TemplateConnection",
    description: "A page of templates.",
  },
  { name: "TemplateEdge", description: "A template and its place in the list." },
);

builder.queryField("templates", (t) =>
  t.field({
    type: TemplateConnection,
    description:
      "All that the viewer may view, newest first: their own, what they, their teams or projects were granted, and everyone's public ones; none where nobody is signed in. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      first: t.arg.int({ description: "How many from the beginning, 0 to 100; 20 where omitted." }),
      after: t.arg.string({ description: "The cursor after which to go on." }),
      last: t.arg.int({
        description: "How many from the end, 0 to 100; not together with `first`.",
      }),
      before: t.arg.string({ description: "The cursor before which to stop." }),
      filter: t.arg({ type: TemplateFilter, description: "Which of them." }),
      search: t.arg.string({
        description:
          "Only those with this text in name, description or a tag, in upper or lower case; at most 200 characters.",
      }),
    },
    resolve: async (_root, args, context, info) => {
      const { size, query } = parsePage(args);
      const { viewer } = context;
      if (viewer.kind !== "user") return pageOf([], [], args, false);
      const viewerId = viewer.userId;
      const keys = await readTemplatePage(context.prisma, { ...query, viewerId, limit: size + 1 });
      const page = query.fromEnd ? keys.slice(-size || keys.length) : keys.slice(0, size);
      return pageOf(page, await readRows(page, context, info), args, keys.length > size);
    },
  }),
);

function pageOf(
  keys: readonly TemplateKey[],
  rows: readonly { readonly id: string }[],
  { last, after, before }: ListArguments,
  isMore: boolean,
) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const cursors = new Map(
    keys.map(({ id, createdAt }) => [id, encodeCursor(createdAt.getTime(), id)]),
  );
  return connectionOf(
    // A template that was deleted for good in between is left out.
    keys.flatMap(({ id }) => byId.get(id) ?? []),
    ({ id }) => cursors.get(id) ?? "",
    last == null
      ? { hasNextPage: isMore, hasPreviousPage: after != null }
      : { hasNextPage: before != null, hasPreviousPage: isMore },
  );
}

/** All that is selected of the templates, in one query. */
async function readRows(
  keys: readonly TemplateKey[],
  context: GraphQLContext,
  info: GraphQLResolveInfo,
) {
  const query = queryFromInfo({
    context,
    info,
    paths: [["edges", "node"], ["nodes"]],
    typeName: "Template",
    select: { id: true },
  });
  if (keys.length === 0) return [];
  return context.prisma.template.findMany({
    select: query.select,
    where: { id: { in: keys.map(({ id }) => id) } },
  });
}

function parsePage(args: ListArguments): {
  size: number;
  query: Omit<TemplatePageQuery, "viewerId" | "limit">;
} {
  const { first, last, filter, search } = args;
  if (first != null && last != null) throw badUserInput("`first` and `last` exclude each other.");
  const fromEnd = last != null;
  const size = pageSize(fromEnd ? "last" : "first", fromEnd ? last : first, TEMPLATES_PER_PAGE);
  if ((search?.length ?? 0) > SEARCH_UNITS_MAX) {
    throw badUserInput(`\`search\` must be at most ${SEARCH_UNITS_MAX} characters.`);
  }
  const { category, tags, isPublic, mine, deleted } = filter ?? {};
  // PostgreSQL knows no NUL.
  if ([search, category, ...(tags ?? [])].some((text) => text?.includes("\0"))) {
    throw badUserInput("Text must not contain NUL.");
  }
  return {
    size,
    query: {
      scope: deleted === true ? "bin" : mine === true ? "own" : "visible",
      fromEnd,
      after: keyOf(args.after),
      before: keyOf(args.before),
      ...(category != null && { category }),
      ...(tags != null && { tags }),
      ...(isPublic != null && { isPublic }),
      ...(search != null && search !== "" && { search }),
    },
  };
}

/** Thirteen digits of milliseconds reach the year 2286. */
const CURSOR = new RegExp(`^(\\d{1,13}) ${UUID_PART}$`);

function keyOf(cursor: string | null | undefined): TemplateKey | undefined {
  const [createdAt, id] = decodeCursor(cursor, CURSOR) ?? [];
  if (createdAt === undefined || id === undefined) return undefined;
  return { createdAt: new Date(Number(createdAt)), id };
}
