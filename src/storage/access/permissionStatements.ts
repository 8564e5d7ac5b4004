/** The statements that read what was granted on templates, and how much that is. */
import type { AccessRole } from "../../domain/access/grant.js";
import type { OperationType } from "../../domain/operations/operation.js";
import type {
  Holder,
  Permission,
  PermissionHolder,
  Permissions,
  PermissionsSize,
} from "./permissionStore.js";
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import { isUuid } from "../postgres/uuid.js";

const permissionColumns = `template_id, id, user_id, team_id, email, opened_at IS NOT NULL AS is_opened, role::text,
  (extract(epoch FROM granted_at) * 1000)::float8 AS granted_at`;

/** $1 templates, $2 whether their lists are read. */
const templatePermissions = statement(
  "template_permissions",
  `SELECT ${permissionColumns},
     CASE WHEN $2::boolean THEN page_ids ELSE '{}' END AS page_ids,
     CASE WHEN $2::boolean THEN element_types ELSE '{}' END AS element_types,
     CASE WHEN $2::boolean THEN element_ids ELSE '{}' END AS element_ids,
     CASE WHEN $2::boolean THEN operation_types ELSE '{}' END AS operation_types
   FROM template_permissions WHERE template_id = ANY ($1::uuid[]) AND share_link_id IS NULL ORDER BY granted_at, id`,
);

/** $1 templates. */
const permissionSizes = statement(
  "template_permission_sizes",
  `SELECT template_id, count(*)::int AS count, sum(restriction_bytes)::float8 AS restriction_bytes
   FROM template_permissions WHERE template_id = ANY ($1::uuid[]) AND share_link_id IS NULL GROUP BY template_id`,
);

/** Whether a row is the holder's: of the parameters $2 person, $3 team and $4 address one is given. */
const isHoldersSql = `(CASE WHEN $4::text IS NOT NULL THEN email = $4::text
     WHEN $3::uuid IS NOT NULL THEN team_id = $3::uuid ELSE email IS NULL AND user_id = $2::uuid END IS TRUE)`;

/** $1 template and a holder. */
const ownPermission = statement(
  "own_template_permission",
  `SELECT ${permissionColumns}, page_ids, element_types, element_ids, operation_types
   FROM template_permissions WHERE template_id = $1::uuid AND share_link_id IS NULL AND ${isHoldersSql}`,
);

/** $1 template and a holder. */
const otherPermissions = statement(
  "other_template_permissions",
  `SELECT count(*)::int AS count, coalesce(sum(restriction_bytes), 0)::float8 AS restriction_bytes,
     coalesce(bool_or(role = 'ADMIN' AND (email IS NULL OR (opened_at IS NOT NULL AND user_id IS NOT NULL))), false)
       AS is_administered
   FROM template_permissions WHERE template_id = $1::uuid AND share_link_id IS NULL AND NOT ${isHoldersSql}`,
);

interface SizeRow {
  readonly template_id: string;
  readonly count: number;
  readonly restriction_bytes: number;
}

interface OthersRow extends Omit<SizeRow, "template_id"> {
  readonly is_administered: boolean;
}

interface PermissionRow {
  readonly template_id: string;
  readonly id: string;
  readonly user_id: string | null;
  readonly team_id: string | null;
  readonly email: string | null;
  readonly is_opened: boolean;
  readonly role: AccessRole;
  readonly page_ids: readonly string[];
  readonly element_types: readonly string[];
  readonly element_ids: readonly string[];
  readonly operation_types: readonly OperationType[];
  readonly granted_at: number;
}

/** By template, oldest first, without what came through share links. */
export async function readPermissions(
  executor: RawExecutor,
  templateIds: readonly string[],
  withRestrictions: boolean,
): Promise<Map<string, readonly Permission[]>> {
  const parameters = [templateIds.filter(isUuid), withRestrictions];
  const rows = await queryRows<PermissionRow>(executor, templatePermissions, parameters);
  const byTemplate = new Map<string, Permission[]>();
  for (const row of rows) {
    const known = byTemplate.get(row.template_id);
    if (known === undefined) byTemplate.set(row.template_id, [permissionOf(row)]);
    else known.push(permissionOf(row));
  }
  return byTemplate;
}

/** By template, of those on which anything was granted. */
export async function readPermissionSizes(
  executor: RawExecutor,
  templateIds: readonly string[],
): Promise<Map<string, PermissionsSize>> {
  const parameters = [templateIds.filter(isUuid)];
  const rows = await queryRows<SizeRow>(executor, permissionSizes, parameters);
  return new Map(
    rows.map((row) => [
      row.template_id,
      { count: row.count, restrictionBytes: row.restriction_bytes },
    ]),
  );
}

/** What the holder has on the template, and how much all others have. */
export async function readStanding(
  executor: RawExecutor,
  templateId: string,
  holder: Holder,
): Promise<Pick<Permissions, "own" | "others">> {
  const parameters = [
    templateId,
    holder.kind === "user" ? holder.userId : null,
    holder.kind === "team" ? holder.teamId : null,
    holder.kind === "address" ? holder.email : null,
  ];
  const [own] = await queryRows<PermissionRow>(executor, ownPermission, parameters);
  const [others] = await queryRows<OthersRow>(executor, otherPermissions, parameters);
  return {
    own: own && permissionOf(own),
    others: {
      count: others?.count ?? 0,
      restrictionBytes: others?.restriction_bytes ?? 0,
      isAdministered: others?.is_administered ?? false,
    },
  };
}

function permissionOf(row: PermissionRow): Permission {
  return {
    id: row.id,
    holder: holderOf(row),
    role: row.role,
    pageIds: row.page_ids,
    elementTypes: row.element_types,
    elementIds: row.element_ids,
    operationTypes: row.operation_types,
    grantedAt: row.granted_at,
  };
}

function holderOf({ user_id, team_id, email, is_opened }: PermissionRow): PermissionHolder {
  if (email !== null) return { kind: "address", email, userId: is_opened ? user_id : null };
  return user_id === null
    ? { kind: "team", teamId: team_id ?? "" }
    : { kind: "user", userId: user_id };
}
