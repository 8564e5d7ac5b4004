/** The log of a template as a list: pages in both directions, filters and the total. */
import {
  countInLog,
  LOG_TOTAL_MAX,
  readLogPage,
  type LogList,
  type LogPage,
} from "../../commands/history/logPage.js";
import type { LogFilter } from "../../domain/history/logFilter.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { builder } from "../builder.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, VERSION_PART } from "../cursor.js";
import { badUserInput, unauthenticated } from "../errors.js";
import { OperationObject, type OperationView } from "../editing/operation.js";
import { OperationTypeEnum } from "../editing/operationType.js";
import { selectsContentOfItems } from "../selects.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";

const OPERATIONS_PER_PAGE = { max: 1_000, standard: 100 };
const CURSOR = new RegExp(`^${VERSION_PART}$`);

const OperationFilter = builder.inputType("OperationFilter", {
  description: "A filter for operations; all given conditions must hold.",
  fields: (t) => ({
    elementId: t.id({
      description:
        "Operations whose target is this element. Deletion by its group, frame or page has another target: find it by `pageId`.",
    }),
    pageId: t.id({ description: "Operations whose target is this page or an element on it." }),
    audioLayerId: t.id({
      description: "Operations whose target is this audio layer or a clip in it.",
    }),
    clipId: t.id({ description: "Operations whose target is this clip." }),
    userId: t.id({ description: "Operations of this user; none for an erased account." }),
    clientId: t.string({ description: "Operations of the client with this `clientId`." }),
    batchId: t.id({ description: "Operations of this batch." }),
    types: t.field({ type: [OperationTypeEnum], description: "Operations of one of these types." }),
    from: t.field({
      type: "DateTime",
      description: "Operations with this `serverTimestamp` or a later one.",
    }),
    to: t.field({
      type: "DateTime",
      description: "Operations with a `serverTimestamp` before this instant.",
    }),
  }),
});

interface Listed {
  readonly edges: readonly { readonly node: OperationView; readonly cursor: string }[];
  readonly list: LogList;
}

const OperationConnection = builder.connectionObject(
  {
    type: OperationObject,
    name: "OperationConnection",
    description: "A page of a template's log.",
    fields: (t) => ({
      total: t.int({
        description: `The total number of operations in the list. With a filter, counting stops at ${LOG_TOTAL_MAX.toLocaleString("en")}: that value means that number or more.`,
        resolve: (page, _args, { services, work }) =>
          countInLog(services.templates, (page as unknown as Listed).list, work),
      }),
    }),
  },
  { name: "OperationEdge", description: "An operation and its cursor." },
);

interface ListArguments {
  readonly fromVersion?: number | null | undefined;
  readonly toVersion?: number | null | undefined;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly filter?: typeof OperationFilter.$inferInput | null | undefined;
}

builder.objectField(TemplateObject, "operations", (t) =>
  t.field({
    type: OperationConnection,
    description:
      "The log, oldest first. `fromVersion` and `toVersion` bound `resultingVersion`, both inclusive. A page may be shorter than requested, or empty, if the selected payloads are large or a filter matches few of millions: continue while `pageInfo` reports more. Scanning the log costs 8 bytes read per version. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      fromVersion: t.arg.int({
        description: "The lowest `resultingVersion`; default: the oldest.",
      }),
      toVersion: t.arg.int({
        description: "The highest `resultingVersion`; default: `version`.",
      }),
      first: t.arg.int({
        description: "The number of results from the start, 0 to 1,000; default 100.",
      }),
      after: t.arg.string({ description: "Return results after this cursor." }),
      last: t.arg.int({
        description: "The number of results from the end, 0 to 1,000; excludes `first`.",
      }),
      before: t.arg.string({ description: "Return results before this cursor." }),
      filter: t.arg({ type: OperationFilter, description: "Restricts the list." }),
    },
    resolve: async (node, args, context, info) => {
      const { size, fromEnd } = sizeOf(args);
      const filter = filterOf(args.filter ?? {});
      // Guests are told of nobody, so they cannot ask for anybody's.
      const isOfSomebody = (filter.userId ?? filter.clientId) !== undefined;
      if (isOfSomebody && context.viewer.kind === "guest") throw unauthenticated();
      const [after, before] = [versionOf(args.after), versionOf(args.before)];
      const list = listOf(await readingOf(node, context).headInStep(), args, filter);
      const afterVersion = Math.max(list.afterVersion, after ?? 0);
      const throughVersion = Math.min(list.throughVersion, (before ?? Infinity) - 1);
      const payload = selectsContentOfItems(info);
      const range = { ...list, afterVersion, throughVersion };
      const request = { ...range, size, fromEnd, payload };
      const page = await readLogPage(context.services.templates, request, context.work);
      return { ...connectionOfPage(page, list, range, fromEnd), list };
    },
  }),
);

/** The list has not begun before the page where its range starts with the list's, and ends with it where that does. */
function connectionOfPage(
  { records, isMore, searchedTo }: LogPage,
  list: LogList,
  range: LogList,
  fromEnd: boolean,
) {
  const isBefore = range.afterVersion > list.afterVersion;
  const isAfter = range.throughVersion < list.throughVersion;
  const more = fromEnd
    ? { hasNextPage: isAfter, hasPreviousPage: isMore }
    : { hasNextPage: isMore, hasPreviousPage: isBefore };
  const views: readonly OperationView[] = records;
  const { edges, pageInfo } = connectionOf(
    views,
    ({ resultingVersion }) => encodeCursor(resultingVersion),
    more,
  );
  if (searchedTo === undefined) return { edges, pageInfo };
  // There need not be an operation where the search ended.
  const place = encodeCursor(searchedTo);
  return {
    edges,
    pageInfo: { ...pageInfo, ...(fromEnd ? { startCursor: place } : { endCursor: place }) },
  };
}

function listOf(head: TemplateHead, args: ListArguments, filter: LogFilter): LogList {
  return {
    templateId: head.templateId,
    afterVersion: Math.max((args.fromVersion ?? 1) - 1, head.logStartVersion),
    throughVersion: Math.min(args.toVersion ?? head.version, head.version),
    filter,
  };
}

function sizeOf({ first, last }: ListArguments) {
  if (first != null && last != null) throw badUserInput("`first` and `last` exclude each other.");
  const fromEnd = last != null;
  return {
    fromEnd,
    size: pageSize(fromEnd ? "last" : "first", fromEnd ? last : first, OPERATIONS_PER_PAGE),
  };
}

function versionOf(cursor: string | null | undefined): number | undefined {
  const [version] = decodeCursor(cursor, CURSOR) ?? [];
  return version === undefined ? undefined : Number(version);
}

function filterOf({ from, to, types, ...ids }: typeof OperationFilter.$inferInput): LogFilter {
  const given = Object.entries(ids).filter(([, id]) => id != null);
  // PostgreSQL knows no NUL, and no id has one.
  if (given.some(([, id]) => id?.includes("\0"))) throw badUserInput("Text must not contain NUL.");
  return {
    ...(Object.fromEntries(given) as Omit<LogFilter, "from" | "to" | "types">),
    ...(types != null && { types }),
    ...(from != null && { from: from.getTime() }),
    ...(to != null && { to: to.getTime() }),
  };
}
