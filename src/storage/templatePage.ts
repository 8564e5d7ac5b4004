/** One statement: the ids of a page of the templates that one person may see, newest first. */
import { Prisma, type PrismaClient } from "./generated/prisma/client.js";
import { onDatabase } from "./statement.js";

/** The sort key: templates are ordered by it, the greatest first. */
export interface TemplateKey {
  readonly id: string;
  readonly createdAt: Date;
}

export interface TemplatePageQuery {
  readonly viewerId: string;
  /** `visible`: one's own and everyone's public ones; `own`: one's own; `bin`: one's own in the bin. */
  readonly scope: "visible" | "own" | "bin";
  readonly category?: string;
  /** Templates that have all of these. */
  readonly tags?: readonly string[];
  readonly isPublic?: boolean;
  /** Text to be found in name, description or a tag; upper and lower case are the same, wildcards mean themselves. */
  readonly search?: string;
  /** Only what follows, in the order of the list. */
  readonly after?: TemplateKey | undefined;
  /** Only what lies before, in the order of the list. */
  readonly before?: TemplateKey | undefined;
  /** Whether the page is the end of what is left, not the beginning. */
  readonly fromEnd: boolean;
  readonly limit: number;
}

/**
 * In the order of the list. One's own templates and those of others are read apart, each along an index and no more
 * than a page of them: an OR of the two would sort all that one may see for every page.
 */
export async function readTemplatePage(
  prisma: PrismaClient,
  query: TemplatePageQuery,
): Promise<TemplateKey[]> {
  const { viewerId, scope, limit, fromEnd } = query;
  const order = fromEnd
    ? Prisma.sql`ORDER BY created_at ASC, id ASC`
    : Prisma.sql`ORDER BY created_at DESC, id DESC`;
  const branch = (whose: Prisma.Sql) => Prisma.sql`
    (SELECT id, created_at FROM templates
     WHERE ${Prisma.join([whose, ...conditionsOf(query)], " AND ")}
     ${order} LIMIT ${limit})`;
  const own = branch(Prisma.sql`author_id = ${viewerId}::uuid`);
  const others = branch(Prisma.sql`is_public AND author_id IS DISTINCT FROM ${viewerId}::uuid`);
  const rows = await onDatabase(
    () => prisma.$queryRaw<{ id: string; created_at: Date }[]>`
    SELECT id, created_at FROM (
      ${scope === "visible" ? Prisma.sql`${own} UNION ALL ${others}` : own}
    ) AS page ${order} LIMIT ${limit}`,
  );
  const keys = rows.map(({ id, created_at }) => ({ id, createdAt: created_at }));
  return fromEnd ? keys.toReversed() : keys;
}

function conditionsOf(query: TemplatePageQuery): Prisma.Sql[] {
  const { scope, category, tags = [], isPublic, search, after, before } = query;
  const conditions = [
    scope === "bin" ? Prisma.sql`deleted_at IS NOT NULL` : Prisma.sql`deleted_at IS NULL`,
  ];
  if (category !== undefined) conditions.push(Prisma.sql`category = ${category}`);
  if (tags.length > 0) conditions.push(Prisma.sql`tags @> ${[...tags]}::text[]`);
  if (isPublic !== undefined) conditions.push(Prisma.sql`is_public = ${isPublic}`);
  if (search !== undefined) conditions.push(contains(search));
  if (after !== undefined) conditions.push(Prisma.sql`(created_at, id) < ${keyOf(after)}`);
  if (before !== undefined) conditions.push(Prisma.sql`(created_at, id) > ${keyOf(before)}`);
  return conditions;
}

function contains(text: string): Prisma.Sql {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return Prisma.sql`(
    name ILIKE ${pattern} OR description ILIKE ${pattern}
    OR EXISTS (SELECT FROM unnest(tags) AS tag WHERE tag ILIKE ${pattern})
  )`;
}

function keyOf({ createdAt, id }: TemplateKey): Prisma.Sql {
  return Prisma.sql`(${createdAt}::timestamptz(3), ${id}::uuid)`;
}
