/**
 * What is stored for a person, a team and a template, measured under a lock that is held until the transaction ends:
 * whoever adds to it waits for whoever is adding. A lock is a statement of its own, since a statement sees what was
 * there when it began, also where it waited. Locks are taken in one order: template, person, team.
 */
import { exceeded, type QuotaFull, type Quotas, type StoredUse } from "../../domain/quotas.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";

/** $1 what is locked: a kind and an id. */
const lock = statement("lock_quota", "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");

const SUMS = `SELECT count(*)::int AS templates, COALESCE(sum(t.log_bytes + d.snapshot_bytes
     + COALESCE(d.design_bytes, 0) + COALESCE(d.initial_design_bytes, 0)), 0)::float8 AS bytes
   FROM templates t JOIN template_documents d ON d.template_id = t.id`;

/** $1 author. */
const storedOfPerson = statement("stored_of_person", `${SUMS} WHERE t.author_id = $1::uuid`);

/** $1 team. */
const storedOfTeam = statement(
  "stored_of_team",
  `${SUMS} WHERE t.id IN (
     SELECT id FROM templates WHERE team_id = $1::uuid
     UNION ALL
     SELECT o.id FROM projects p JOIN templates o ON o.project_id = p.id WHERE p.team_id = $1::uuid)`,
);

/** $1 templates, $2 a team or null: those that are not the team's. */
const storedElsewhere = statement(
  "stored_elsewhere",
  `${SUMS} LEFT JOIN projects p ON p.id = t.project_id
   WHERE t.id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR COALESCE(t.team_id, p.team_id) IS DISTINCT FROM $2::uuid)`,
);

/** $1 template. */
const holders = statement(
  "quota_holders",
  `SELECT t.author_id AS person, COALESCE(t.team_id, p.team_id) AS team
   FROM templates t LEFT JOIN projects p ON p.id = t.project_id WHERE t.id = $1::uuid`,
);

/** $1 template. */
const templateParts = statement(
  "stored_of_template",
  `SELECT t.log_bytes::float8 AS "logBytes", d.snapshot_bytes::float8 AS "snapshotBytes",
     (COALESCE(d.design_bytes, 0) + COALESCE(d.initial_design_bytes, 0))::float8 AS "documentBytes",
     (SELECT count(*)::int FROM template_snapshots s WHERE s.template_id = t.id AND s.kind = 'MANUAL') AS "namedVersions"
   FROM templates t JOIN template_documents d ON d.template_id = t.id WHERE t.id = $1::uuid`,
);

/** Against whom a template counts: its author, and the team that it belongs to, itself or by its project. */
export interface QuotaHolders {
  readonly person: string | null;
  readonly team: string | null;
}

/** What a template takes, by part. */
export interface TemplateUse {
  readonly documentBytes: number;
  readonly logBytes: number;
  readonly snapshotBytes: number;
  readonly namedVersions: number;
}

/** Holds off everybody else who would add to it, until the transaction ends. */
export async function lockQuota(
  transaction: RawExecutor,
  kind: "template" | "person" | "team",
  id: string,
): Promise<void> {
  await executeCount(transaction, lock, [`strata quota ${kind} ${id}`]);
}

export async function readHolders(
  executor: RawExecutor,
  templateId: string,
): Promise<QuotaHolders | undefined> {
  const [row] = await queryRows<QuotaHolders>(executor, holders, [templateId]);
  return row;
}

export async function readPersonUse(executor: RawExecutor, userId: string): Promise<StoredUse> {
  return (await queryRows<StoredUse>(executor, storedOfPerson, [userId]))[0]!;
}

export async function readTeamUse(executor: RawExecutor, teamId: string): Promise<StoredUse> {
  return (await queryRows<StoredUse>(executor, storedOfTeam, [teamId]))[0]!;
}

export async function readTemplateUse(
  executor: RawExecutor,
  templateId: string,
): Promise<TemplateUse | undefined> {
  return (await queryRows<TemplateUse>(executor, templateParts, [templateId]))[0];
}

/** What those of the templates that are not the team's take together. */
export async function readUseElsewhere(
  executor: RawExecutor,
  templateIds: readonly string[],
  teamId: string | null = null,
): Promise<StoredUse> {
  return (await queryRows<StoredUse>(executor, storedElsewhere, [templateIds, teamId]))[0]!;
}

/** Locks the quotas of the holders and says which of them has no room for what is added. */
export async function lockedExceeded(
  transaction: RawExecutor,
  quotas: Quotas,
  { person, team }: QuotaHolders,
  added: StoredUse,
): Promise<QuotaFull | undefined> {
  if (person !== null) {
    await lockQuota(transaction, "person", person);
    const full = exceeded(quotas, "person", await readPersonUse(transaction, person), added);
    if (full !== undefined) return full;
  }
  if (team === null) return undefined;
  await lockQuota(transaction, "team", team);
  return exceeded(quotas, "team", await readTeamUse(transaction, team), added);
}
