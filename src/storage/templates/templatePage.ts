/** One statement: the ids of a page of the templates that one person may see, in one of several orders. */
import type { TokenLimit } from "../../domain/access/viewer.js";
import { Prisma, type PrismaClient } from "../generated/prisma/client.js";
import { onDatabase } from "../postgres/statement.js";
import { isDescending, sortKeys, type SortKey, type TemplateOrder } from "./templateOrder.js";

/** The sort key: an instant, or the name as it is compared, and the id. */
export interface TemplateKey {
  readonly id: string;
  readonly sort: Date | string;
}

export interface TemplatePageQuery {
  readonly viewerId: string;
  /**
   * `visible`: all that one may view; `own`: what one made; `shared`: what others made and one was granted; `bin`: what is in
   * the bin and one may take out.
   */
  readonly scope: "visible" | "own" | "shared" | "bin";
  readonly order: TemplateOrder;
  /** Only what this person made. */
  readonly authorId?: string;
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
  /** What the viewer's token is limited to; all of it holds. */
  readonly limits?: readonly TokenLimit[];
}

/**
 * In the order of the list. Each reason why somebody sees a template is read apart, along an index and no more than a
 * page of it, or of each of their teams and projects: an OR of them would sort all that one may see for every page. Of what
 * somebody holds permissions for the index has the order of creation only; in another order it is read as a whole.
 */
export async function readTemplatePage(
  prisma: PrismaClient,
  query: TemplatePageQuery,
): Promise<TemplateKey[]> {
  const { scope, limit, fromEnd } = query;
  const branches = scope === "shared" ? [] : [ownOnes(query)];
  if (scope === "visible") branches.push(publicOnes(query));
  if (scope !== "own") branches.push(...grantedOnes(query));
  const rows = await onDatabase(
    () => prisma.$queryRaw<TemplateKey[]>`
    WITH ${placesOf(query)}
    SELECT id, sort FROM (${Prisma.join(branches, " UNION ")}) AS page
    ${orderOf(query, ["sort", "id"])} LIMIT ${limit}`,
  );
  return fromEnd ? rows.toReversed() : rows;
}

/** What is to be administered in the bin; else what is to be seen. */
function administeredOnly({ scope }: TemplatePageQuery, role: string): Prisma.Sql {
  return scope === "bin" ? Prisma.sql`AND ${Prisma.raw(role)} = 'ADMIN'` : Prisma.empty;
}

/** One's teams; those whose templates one sees, or administers; and the projects. */
function placesOf(query: TemplatePageQuery): Prisma.Sql {
  const viewer = Prisma.sql`${query.viewerId}::uuid`;
  return Prisma.sql`
    team AS (
      SELECT team_id AS id FROM team_members WHERE user_id = ${viewer}
      UNION SELECT id FROM teams WHERE owner_id = ${viewer}
    ), place AS (
      SELECT team_id AS id FROM team_members
      WHERE user_id = ${viewer} ${administeredOnly(query, "role")}
      UNION SELECT id FROM teams WHERE owner_id = ${viewer}
    ), project AS (
      SELECT project_id AS id FROM project_members
      WHERE user_id = ${viewer} ${administeredOnly(query, "role")}
      UNION SELECT id FROM projects WHERE owner_id = ${viewer}
      UNION SELECT p.id FROM place JOIN projects p ON p.team_id = place.id
    )`;
}

function ownOnes(query: TemplatePageQuery): Prisma.Sql {
  return branch(query, Prisma.sql`t.author_id = ${query.viewerId}::uuid`);
}

function publicOnes(query: TemplatePageQuery): Prisma.Sql {
  const isOthers = Prisma.sql`t.author_id IS DISTINCT FROM ${query.viewerId}::uuid`;
  return branch(query, Prisma.sql`t.is_public AND ${isOthers}`);
}

function grantedOnes(query: TemplatePageQuery): Prisma.Sql[] {
  const ofEach = (places: string, rows: Prisma.Sql) =>
    Prisma.sql`(SELECT each.id, each.sort FROM ${Prisma.raw(places)} CROSS JOIN LATERAL ${rows} AS each)`;
  return [
    ofEach("place", branch(query, Prisma.sql`t.team_id = place.id`)),
    ofEach("project", branch(query, Prisma.sql`t.project_id = project.id`)),
    permitted(query, Prisma.sql`p.user_id = ${query.viewerId}::uuid`),
    ofEach("team", permitted(query, Prisma.sql`p.team_id = team.id`)),
  ];
}

/** A page of the templates of which something is so. */
function branch(query: TemplatePageQuery, isSo: Prisma.Sql): Prisma.Sql {
  const { ofTemplate } = sortKeys[query.order];
  const key = [ofTemplate, "t.id"] as const;
  return Prisma.sql`
    (SELECT t.id, ${Prisma.raw(ofTemplate)} AS sort FROM templates t
     WHERE ${Prisma.join([isSo, ...conditionsOf(query, key)], " AND ")}
     ${orderOf(query, key)} LIMIT ${query.limit})`;
}

/** A page of what somebody holds permissions for, several of one template once. */
function permitted(query: TemplatePageQuery, isTheirs: Prisma.Sql): Prisma.Sql {
  const { ofPermission } = sortKeys[query.order];
  const key = [ofPermission, "p.template_id"] as const;
  return Prisma.sql`
    (SELECT DISTINCT p.template_id AS id, ${Prisma.raw(ofPermission)} AS sort
     FROM template_permissions p JOIN templates t ON t.id = p.template_id
     LEFT JOIN share_links link ON link.template_id = p.template_id AND link.id = p.share_link_id
     WHERE ${Prisma.join([isTheirs, ...conditionsOf(query, key)], " AND ")}
       AND (link.expires_at IS NULL OR link.expires_at > statement_timestamp())
       ${administeredOnly(query, "p.role")}
     ${orderOf(query, ["sort", "id"])} LIMIT ${query.limit})`;
}

/** The columns of the sort key. */
type Key = readonly [sort: string, id: string];

function orderOf({ fromEnd, order }: TemplatePageQuery, [sort, id]: Key): Prisma.Sql {
  const direction = fromEnd === isDescending(order) ? "ASC" : "DESC";
  return Prisma.raw(`ORDER BY ${sort} ${direction}, ${id} ${direction}`);
}

function conditionsOf(query: TemplatePageQuery, columns: Key): Prisma.Sql[] {
  const { scope, order, authorId, category, tags = [], isPublic, search, after, before } = query;
  const key = Prisma.raw(`(${columns.join(", ")})`);
  const conditions = [
    scope === "bin" ? Prisma.sql`t.deleted_at IS NOT NULL` : Prisma.sql`t.deleted_at IS NULL`,
  ];
  if (scope === "shared") {
    conditions.push(Prisma.sql`t.author_id IS DISTINCT FROM ${query.viewerId}::uuid`);
  }
  if (authorId !== undefined) conditions.push(Prisma.sql`t.author_id = ${authorId}::uuid`);
  if (category !== undefined) conditions.push(Prisma.sql`t.category = ${category}`);
  if (tags.length > 0) conditions.push(Prisma.sql`t.tags @> ${[...tags]}::text[]`);
  if (isPublic !== undefined) conditions.push(Prisma.sql`t.is_public = ${isPublic}`);
  if (search !== undefined) conditions.push(contains(search));
  const [follows, precedes] = isDescending(order) ? ["<", ">"] : [">", "<"];
  const { parameter } = sortKeys[order];
  if (after !== undefined) {
    conditions.push(Prisma.sql`${key} ${Prisma.raw(follows)} ${keyOf(after, parameter)}`);
  }
  if (before !== undefined) {
    conditions.push(Prisma.sql`${key} ${Prisma.raw(precedes)} ${keyOf(before, parameter)}`);
  }
  for (const limit of query.limits ?? []) conditions.push(within(limit));
  return conditions;
}

function within({ kind, id }: TokenLimit): Prisma.Sql {
  switch (kind) {
    case "template":
      return Prisma.sql`t.id = ${id}::uuid`;
    case "project":
      return Prisma.sql`t.project_id = ${id}::uuid`;
    case "team":
      return Prisma.sql`(t.team_id = ${id}::uuid
        OR EXISTS (SELECT FROM projects p WHERE p.id = t.project_id AND p.team_id = ${id}::uuid))`;
  }
}

function contains(text: string): Prisma.Sql {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return Prisma.sql`(
    t.name ILIKE ${pattern} OR t.description ILIKE ${pattern}
    OR EXISTS (SELECT FROM unnest(t.tags) AS tag WHERE tag ILIKE ${pattern})
  )`;
}

function keyOf({ sort, id }: TemplateKey, parameter: SortKey["parameter"]): Prisma.Sql {
  return Prisma.sql`(${sort}${Prisma.raw(parameter)}, ${id}::uuid)`;
}
