/** Cursors and page sizes of lists. A cursor holds the sort key of its row, so that a page costs the same anywhere. */
import { badUserInput } from "./errors.js";

/** The opaque form of a sort key. */
export function encodeCursor(...key: readonly (string | number)[]): string {
  return Buffer.from(key.join(" ")).toString("base64url");
}

/**
 * The parts of a sort key that match the pattern's groups; undefined where there is no cursor.
 *
 * @throws GraphQLError BAD_USER_INPUT for text that is no cursor of this list
 */
export function decodeCursor(
  cursor: string | null | undefined,
  pattern: RegExp,
): readonly string[] | undefined {
  if (cursor == null) return undefined;
  const parts = pattern.exec(Buffer.from(cursor, "base64url").toString())?.slice(1);
  if (parts === undefined) throw badUserInput("The cursor does not belong to this list.");
  return parts;
}

/** A version as a part of a cursor: within what a version can be. */
export const VERSION_PART = "(\\d{1,9})";
/** A UUID in canonical form as a part of a cursor. */
export const UUID_PART = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";

/**
 * How many rows a page holds.
 *
 * @throws GraphQLError BAD_USER_INPUT where more than `max` or less than nothing is asked for
 */
export function pageSize(
  argument: "first" | "last",
  asked: number | null | undefined,
  bounds: { readonly max: number; readonly standard: number },
): number {
  if (asked == null) return bounds.standard;
  if (asked >= 0 && asked <= bounds.max) return asked;
  throw badUserInput(`\`${argument}\` must be between 0 and ${bounds.max}.`);
}

/** A connection of rows that were read in the order of the list. */
export function connectionOf<T>(
  rows: readonly T[],
  cursorOf: (row: T) => string,
  more: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean },
) {
  const edges = rows.map((node) => ({ node, cursor: cursorOf(node) }));
  return {
    edges,
    pageInfo: {
      ...more,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
