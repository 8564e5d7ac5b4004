/** The templates that the viewer may see, in pages. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import {
  readTemplatePage,
  type TemplateKey,
  type TemplatePageQuery,
} from "../../storage/templates/templatePage.js";
import type { TemplateOrder } from "../../storage/templates/templateOrder.js";
import { isUuid } from "../../storage/postgres/uuid.js";
import { limitsOf } from "../../domain/access/tokenLimit.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, UUID_PART } from "../cursor.js";
import { badUserInput } from "../errors.js";
import { TemplateObject } from "./template.js";

const TEMPLATES_PER_PAGE = { max: 100, standard: 20 };
const SEARCH_UNITS_MAX = 200;

const TemplateFilter = builder.inputType("TemplateFilter", {
  description: "A filter for templates; all given conditions must hold.",
  fields: (t) => ({
    category: t.string({ description: "Templates of exactly this category." }),
    tags: t.stringList({ description: "Templates that have all of these tags." }),
    isPublic: t.boolean({ description: "True: only public templates; false: only private ones." }),
    mine: t.boolean({ description: "True: only the viewer's own templates." }),
    sharedWithMe: t.boolean({
      description:
        "True: only templates of others on which the viewer has a grant, in person or through a team, project or share link; not merely public ones. Excludes `mine` and `deleted`.",
    }),
    authorId: t.id({ description: "Only templates of this author that the viewer may view." }),
    deleted: t.boolean({
      description: "True: only deleted templates that the viewer may restore.",
    }),
  }),
});

const TemplateOrderEnum = builder.enumType("TemplateOrder", {
  description: "The order of a list of templates.",
  values: {
    CREATED: { description: "Newest first." },
    CHANGED: {
      description:
        "Last changed first, by edit or change of details; accurate to the second if edits are frequent.",
    },
    NAME: {
      description: "By name, ignoring case; letters in Unicode order.",
    },
  } satisfies Record<TemplateOrder, { description: string }>,
});

interface ListArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: typeof TemplateFilter.$inferInput | null | undefined;
  readonly search?: string | null | undefined;
  readonly orderBy?: TemplateOrder | null | undefined;
}

export const TemplateConnection = builder.connectionObject(
  {
    type: TemplateObject,
    name: "TemplateConnection",
    description: "A page of templates.",
  },
  { name: "TemplateEdge", description: "A template and its cursor." },
);

builder.queryField("templates", (t) =>
  t.field({
    type: TemplateConnection,
    description:
      "The templates that the viewer may view: the viewer's own, those granted in person or through teams and projects, and public ones; empty if the request is not authenticated. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      first: t.arg.int({
        description: "The number of results from the start, 0 to 100; default 20.",
      }),
      after: t.arg.string({ description: "Return results after this cursor." }),
      last: t.arg.int({
        description: "The number of results from the end, 0 to 100; excludes `first`.",
      }),
      before: t.arg.string({ description: "Return results before this cursor." }),
      filter: t.arg({ type: TemplateFilter, description: "Restricts the list." }),
      orderBy: t.arg({
        type: TemplateOrderEnum,
        description: "The order; a cursor is valid for one order only. Default CREATED.",
      }),
      search: t.arg.string({
        description:
          "Only templates with this text in name, description or a tag, ignoring case; at most 200 characters.",
      }),
    },
    resolve: async (_root, args, context, info) => {
      const { size, query } = parsePage(args);
      const { viewer } = context;
      if (viewer.kind !== "user") return pageOf([], [], args, false);
      const viewerId = viewer.userId;
      const limits = limitsOf(viewer);
      const keys = await readTemplatePage(context.prisma, {
        ...{ ...query, viewerId, limits },
        limit: size + 1,
      });
      const page = query.fromEnd ? keys.slice(-size || keys.length) : keys.slice(0, size);
      return pageOf(page, await readRows(page, context, info), args, keys.length > size);
    },
  }),
);

function pageOf(
  keys: readonly TemplateKey[],
  rows: readonly { readonly id: string }[],
  { last, after, before, orderBy }: ListArguments,
  isMore: boolean,
) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const cursors = new Map(keys.map((key) => [key.id, cursorOf(orderBy ?? "CREATED", key)]));
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
  const { category, tags, isPublic, mine, sharedWithMe, deleted, authorId } = filter ?? {};
  if (sharedWithMe === true && (mine === true || deleted === true)) {
    throw badUserInput("`sharedWithMe` excludes `mine` and `deleted`.");
  }
  const order = args.orderBy ?? "CREATED";
  // PostgreSQL knows no NUL.
  if ([search, category, ...(tags ?? [])].some((text) => text?.includes("\0"))) {
    throw badUserInput("Text must not contain NUL.");
  }
  return {
    size,
    query: {
      scope: scopeOf({ deleted, mine, sharedWithMe }),
      order,
      fromEnd,
      after: keyOf(order, args.after),
      before: keyOf(order, args.before),
      // No account has an id that is none.
      ...(authorId != null && { authorId: isUuid(authorId) ? authorId : NO_ID }),
      ...(category != null && { category }),
      ...(tags != null && { tags }),
      ...(isPublic != null && { isPublic }),
      ...(search != null && search !== "" && { search }),
    },
  };
}

function scopeOf({
  deleted,
  mine,
  sharedWithMe,
}: Pick<
  typeof TemplateFilter.$inferInput,
  "deleted" | "mine" | "sharedWithMe"
>): TemplatePageQuery["scope"] {
  if (deleted === true) return "bin";
  if (mine === true) return "own";
  return sharedWithMe === true ? "shared" : "visible";
}

/** The id of nobody. */
const NO_ID = "00000000-0000-0000-0000-000000000000";

/** Thirteen digits of milliseconds reach the year 2286; names are compared in lower case, which may be longer. */
const CURSORS: Readonly<Record<TemplateOrder, RegExp>> = {
  CREATED: new RegExp(`^(\\d{1,13}) ${UUID_PART}$`),
  CHANGED: new RegExp(`^changed (\\d{1,13}) ${UUID_PART}$`),
  NAME: new RegExp(`^name ([^\\0]{0,1000}) ${UUID_PART}$`, "s"),
};

function cursorOf(order: TemplateOrder, { sort, id }: TemplateKey): string {
  const key = sort instanceof Date ? sort.getTime() : sort;
  return order === "CREATED" ? encodeCursor(key, id) : encodeCursor(order.toLowerCase(), key, id);
}

function keyOf(order: TemplateOrder, cursor: string | null | undefined): TemplateKey | undefined {
  const [sort, id] = decodeCursor(cursor, CURSORS[order]) ?? [];
  if (sort === undefined || id === undefined) return undefined;
  return { sort: order === "NAME" ? sort : new Date(Number(sort)), id };
}
