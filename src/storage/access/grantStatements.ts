/** The statements of grants: what all reasons together let a person do. */
import type { OperationType } from "../../domain/operations/operation.js";
import {
  effectiveGrant,
  type AccessRole,
  type Claim,
  type TeamRole,
} from "../../domain/access/grant.js";
import type { GrantKey, GuestKey, StoredGrant } from "./permissionStore.js";
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import { isUuid } from "../postgres/uuid.js";

const now = "statement_timestamp()";

/**
 * $1 templates and $2 persons, in pairs; $3 whether to leave out what an address holds whose person never came. A row for each claim that counts now, with its pair's place. What came through
 * a share link counts as long as the link does.
 */
const claims = statement(
  "grant_claims",
  `WITH pair AS MATERIALIZED (
     SELECT * FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS pair (template_id, user_id, place)
   ), granted AS (
     SELECT pair.place, p.* FROM pair JOIN template_permissions p USING (template_id, user_id)
     UNION ALL
     SELECT pair.place, p.* FROM pair JOIN template_permissions p ON p.template_id = pair.template_id
       AND p.team_id IS NOT NULL
     WHERE EXISTS (SELECT FROM team_members m WHERE m.team_id = p.team_id AND m.user_id = pair.user_id)
       OR EXISTS (SELECT FROM teams t WHERE t.id = p.team_id AND t.owner_id = pair.user_id)
   ), placed AS (
     SELECT pair.place, pair.user_id, t.project_id, coalesce(t.team_id, p.team_id) AS team_id, p.owner_id
     FROM pair JOIN templates t ON t.id = pair.template_id LEFT JOIN projects p ON p.id = t.project_id
     WHERE t.team_id IS NOT NULL OR t.project_id IS NOT NULL
   )
   SELECT place::int, 'permission' AS source, granted.role::text, page_ids, element_types, element_ids, operation_types,
     (extract(epoch FROM link.expires_at - ${now}) * 1000)::float8 AS valid_ms
   FROM granted LEFT JOIN share_links link
     ON link.template_id = granted.template_id AND link.id = granted.share_link_id
   WHERE (link.expires_at IS NULL OR link.expires_at > ${now})
     AND NOT ($3::boolean AND granted.email IS NOT NULL AND granted.opened_at IS NULL)
   UNION ALL
   SELECT place::int, 'team', m.role::text, NULL, NULL, NULL, NULL, NULL
   FROM placed JOIN team_members m USING (team_id, user_id)
   UNION ALL
   SELECT place::int, 'team', 'OWNER', NULL, NULL, NULL, NULL, NULL
   FROM placed JOIN teams t ON t.id = placed.team_id AND t.owner_id = placed.user_id
   UNION ALL
   SELECT place::int, 'project', m.role::text, NULL, NULL, NULL, NULL, NULL
   FROM placed JOIN project_members m USING (project_id, user_id)
   UNION ALL
   SELECT place::int, 'project', 'OWNER', NULL, NULL, NULL, NULL, NULL FROM placed WHERE owner_id = user_id`,
);

/** $1 templates and $2 share links or null, in pairs. A row for each pair that lets guests in. */
const guestClaims = statement(
  "guest_claims",
  `SELECT pair.place::int, 'permission' AS source, 'VIEW' AS role, NULL::text[] AS page_ids, NULL::text[] AS element_types,
     (extract(epoch FROM link.expires_at - ${now}) * 1000)::float8 AS valid_ms
   FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS pair (template_id, share_link_id, place)
   JOIN templates t ON t.id = pair.template_id
   LEFT JOIN share_links link ON link.template_id = pair.template_id AND link.id = pair.share_link_id
   WHERE CASE WHEN pair.share_link_id IS NULL THEN t.open_to_guests
     ELSE link.open_to_guests AND (link.expires_at IS NULL OR link.expires_at > ${now}) END`,
);

/** $1 address. Until the end of the transaction no account comes with the address, and nobody grants to it. */
export const lockAddress = statement("lock_address", "SELECT lock_address($1::text)");

/** $1 templates and $2 persons who joined them, in pairs, $3 now in milliseconds. */
export const openPermissions = statement(
  "open_template_permissions",
  `UPDATE template_permissions p SET opened_at = to_timestamp($3::float8 / 1000)
   FROM unnest($1::uuid[], $2::uuid[]) AS joined (template_id, user_id)
   WHERE p.template_id = joined.template_id AND p.user_id = joined.user_id AND p.email IS NOT NULL
     AND p.opened_at IS NULL`,
);

/** $1 token's SHA-256 in hex, $2 person, $3 now in milliseconds. No row where the token lets them do nothing. */
export const acceptPermission = statement(
  "accept_template_permission",
  `WITH found AS (
     SELECT p.template_id, p.id, p.user_id, p.opened_at
     FROM template_permissions p JOIN templates t ON t.id = p.template_id
     WHERE p.token_hash = decode($1::text, 'hex') AND t.deleted_at IS NULL
       AND (p.opened_at IS NOT NULL OR p.token_expires_at > to_timestamp($3::float8 / 1000))
     FOR UPDATE OF p
   ), accepted AS (
     UPDATE template_permissions p SET user_id = $2::uuid, opened_at = to_timestamp($3::float8 / 1000)
     FROM found WHERE p.template_id = found.template_id AND p.id = found.id AND found.opened_at IS NULL
     RETURNING p.template_id
   )
   SELECT template_id, EXISTS (SELECT FROM accepted) AS is_news
   FROM found WHERE opened_at IS NULL OR user_id = $2::uuid`,
);

/** $1 milliseconds. */
const endedLinks = statement(
  "ended_share_links",
  `SELECT DISTINCT template_id FROM share_links
   WHERE expires_at <= ${now} AND expires_at > ${now} - $1::float8 * interval '1 millisecond'`,
);

interface ClaimRow {
  readonly place: number;
  readonly source: Claim["source"];
  readonly role: string;
  readonly page_ids: readonly string[] | null;
  readonly element_types: readonly string[] | null;
  readonly element_ids: readonly string[] | null;
  readonly operation_types: readonly OperationType[] | null;
  readonly valid_ms: number | null;
}

/** In the order asked; `knownOnly` as the store's `readKnownGrants`. */
export async function readStoredGrants(
  executor: RawExecutor,
  keys: readonly GrantKey[],
  knownOnly = false,
): Promise<StoredGrant[]> {
  const asked = keys.filter(({ templateId, userId }) => isUuid(templateId) && isUuid(userId));
  const byKey = new Map<GrantKey, ClaimRow[]>(keys.map((key) => [key, []]));
  if (asked.length > 0) {
    const templateIds = asked.map(({ templateId }) => templateId);
    const userIds = asked.map(({ userId }) => userId);
    const parameters = [templateIds, userIds, knownOnly];
    for (const row of await queryRows<ClaimRow>(executor, claims, parameters)) {
      const key = asked[row.place - 1];
      if (key !== undefined) byKey.get(key)?.push(row);
    }
  }
  return [...byKey.values()].map(grantOf);
}

/** In the order asked. */
export async function readGuestGrants(
  executor: RawExecutor,
  keys: readonly GuestKey[],
): Promise<StoredGrant[]> {
  const templateIds = keys.map(({ templateId }) => templateId);
  const linkIds = keys.map(({ shareLinkId }) => shareLinkId);
  const byPlace = new Map<number, ClaimRow>();
  for (const row of await queryRows<ClaimRow>(executor, guestClaims, [templateIds, linkIds])) {
    byPlace.set(row.place, row);
  }
  return keys.map((_key, index) => grantOf([byPlace.get(index + 1) ?? []].flat()));
}

/** The templates with a share link whose time ran out in the last so many milliseconds. */
export async function readEndedLinks(executor: RawExecutor, withinMs: number): Promise<string[]> {
  const rows = await queryRows<{ template_id: string }>(executor, endedLinks, [withinMs]);
  return rows.map((row) => row.template_id);
}

function grantOf(rows: readonly ClaimRow[]): StoredGrant {
  const ends = rows.flatMap(({ valid_ms }) => valid_ms ?? []);
  return {
    grant: effectiveGrant(rows.map(claimOf)),
    validMs: ends.length === 0 ? null : Math.min(...ends),
  };
}

function claimOf(row: ClaimRow): Claim {
  const { source, role, page_ids, element_types, element_ids, operation_types } = row;
  switch (source) {
    case "permission":
      return {
        source,
        role: role as AccessRole,
        pageIds: page_ids ?? [],
        elementTypes: element_types ?? [],
        elementIds: element_ids ?? [],
        operationTypes: operation_types ?? [],
      };
    case "team":
      return { source, role: role as TeamRole };
    case "project":
      return { source, role: role as AccessRole | "OWNER" };
  }
}
