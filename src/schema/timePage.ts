/** Pages of lists that are ordered by when something began, forward only. */
import { connectionOf, decodeCursor, encodeCursor, pageSize, UUID_PART } from "./cursor.js";
import type { builder } from "./builder.js";

const ROWS_PER_PAGE = { max: 100, standard: 20 };
/** Thirteen digits of milliseconds reach the year 2286. */
const CURSOR = new RegExp(`^(\\d{1,13}) ${UUID_PART}$`);

/** The sort key. */
export interface TimeKey {
  readonly at: Date;
  readonly id: string;
}

export interface TimePage {
  readonly size: number;
  /** Where to go on; undefined at the beginning. */
  readonly after: TimeKey | undefined;
  /** Rows to read: one more than the page holds tells whether there are more. */
  readonly take: number;
}

type Arguments = Parameters<Parameters<typeof builder.queryFields>[0]>[0]["arg"];

/** The arguments of such a list. */
export function timePageArgs(arg: Arguments) {
  return {
    first: arg.int({ description: "The number of results, 0 to 100; default 20." }),
    after: arg.string({ description: "Return results after this cursor." }),
  };
}

/** @throws GraphQLError BAD_USER_INPUT for a page that is too large or a cursor of another list */
export function timePageOf(args: {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}): TimePage {
  const size = pageSize("first", args.first, ROWS_PER_PAGE);
  const [at, id] = decodeCursor(args.after, CURSOR) ?? [];
  const after = at === undefined || id === undefined ? undefined : { at: new Date(Number(at)), id };
  return { size, after, take: size + 1 };
}

/** What comes after the cursor in a list with the newest first, as a condition on `createdAt` and `id`. */
export function older({ after }: TimePage) {
  if (after === undefined) return {};
  const { at, id } = after;
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { id: { lt: id } }] };
}

/** The connection of what was read with `take`; rows that `show` says nothing about are left out. */
export function timeConnection<R, T>(
  page: TimePage,
  rows: readonly R[],
  keyOf: (row: R) => TimeKey,
  show: (row: R) => T | undefined,
) {
  const cursors = new Map<T, string>();
  const shown = rows.slice(0, page.size).flatMap((row) => {
    const node = show(row);
    const { at, id } = keyOf(row);
    if (node !== undefined) cursors.set(node, encodeCursor(at.getTime(), id));
    return node === undefined ? [] : [node];
  });
  return connectionOf(shown, (node) => cursors.get(node) ?? "", {
    hasNextPage: rows.length > page.size,
    hasPreviousPage: page.after !== undefined,
  });
}
