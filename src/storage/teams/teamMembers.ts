/** One statement: a page of a team's people, with their addresses. */
import type { TeamRole } from "../../domain/access/grant.js";
import { onDatabase, queryRows, statement, type RawExecutor } from "../postgres/statement.js";

export interface TeamMemberRow {
  readonly userId: string;
  readonly email: string | null;
  readonly isEmailProven: boolean;
  readonly role: TeamRole;
  /** Milliseconds since the epoch. */
  readonly joinedAt: number;
  /** What the list is ordered by: its beginning for the owner. */
  readonly place: Date;
}

/** $1 team, $2 place in milliseconds and $3 user after whom to go on, null at the beginning, $4 rows. */
const page = statement(
  "team_member_page",
  `SELECT person.*, u.email, u.is_email_proven FROM (
     SELECT owner_id AS user_id, 'OWNER' AS role, created_at AS joined_at, 'epoch'::timestamptz AS place
     FROM teams WHERE id = $1::uuid AND owner_id IS NOT NULL
     UNION ALL
     SELECT user_id, role::text, joined_at, joined_at FROM team_members WHERE team_id = $1::uuid
   ) AS person JOIN users u ON u.id = person.user_id
   WHERE $2::float8 IS NULL OR (place, user_id) > (to_timestamp($2::float8 / 1000), $3::uuid)
   ORDER BY place, user_id LIMIT $4`,
);

interface Row {
  readonly user_id: string;
  readonly email: string | null;
  readonly is_email_proven: boolean;
  readonly role: TeamRole;
  readonly joined_at: Date;
  readonly place: Date;
}

/** The owner first, then those who came first. */
export async function readTeamMembers(
  executor: RawExecutor,
  teamId: string,
  {
    after,
    take,
  }: {
    readonly after: { readonly at: Date; readonly id: string } | undefined;
    readonly take: number;
  },
): Promise<TeamMemberRow[]> {
  const from = [after?.at.getTime() ?? null, after?.id ?? null] as const;
  const rows = await onDatabase(() => queryRows<Row>(executor, page, [teamId, ...from, take]));
  return rows.map(({ user_id: userId, is_email_proven: isEmailProven, joined_at, ...row }) => ({
    ...{ userId, email: row.email, isEmailProven, role: row.role, place: row.place },
    joinedAt: joined_at.getTime(),
  }));
}
