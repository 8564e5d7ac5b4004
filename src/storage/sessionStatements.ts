/** The statements of sessions. Leases run by the database's clock, which all nodes share. */
import {
  executeCount,
  queryRows,
  statement,
  type RawExecutor,
  type Statement,
} from "./statement.js";
import type { NewSession, Renewal, Resumption, Session } from "./sessionStore.js";

const columns = `s.id, s.template_id, s.user_id, s.client_id, s.node_id, s.color, s.last_known_version,
  (extract(epoch FROM s.joined_at) * 1000)::float8 AS joined_at,
  (extract(epoch FROM s.last_active_at) * 1000)::float8 AS last_active_at,
  (extract(epoch FROM s.expires_at) * 1000)::float8 AS expires_at`;

/** The statement's instant, not the transaction's, which may have waited for a lock since. */
const now = "statement_timestamp()";

/** A lease of the milliseconds in the parameter, from now on. */
const leaseOf = (parameter: string) => `${now} + ${parameter}::float8 * interval '1 millisecond'`;

/** $1 template. Those who open sessions of one template go one after the other: each sees the colours before it. */
const lockOpening = statement(
  "lock_session_opening",
  "SELECT pg_advisory_xact_lock(1934848091, hashtext($1::text))",
);

/**
 * $1 id, $2 template, $3 user, $4 client, $5 node, $6 token hash, $7 version, $8 lease in milliseconds, $9 palette;
 * bounds: $10 per template, $11 per user, $12 per user and template. No row where a bound is reached.
 */
const openSession = statement(
  "open_session",
  `WITH here AS (
     SELECT user_id, color FROM template_sessions
     WHERE template_id = $2::uuid AND expires_at > ${now}
   ), least_used AS (
     SELECT color FROM unnest($9::text[]) WITH ORDINALITY AS palette (color, place)
     LEFT JOIN (SELECT color, count(*) AS uses FROM here GROUP BY color) AS used USING (color)
     ORDER BY coalesce(uses, 0), place LIMIT 1
   )
   INSERT INTO template_sessions AS s (id, template_id, user_id, client_id, node_id, token_hash, color,
     last_known_version, joined_at, last_active_at, expires_at)
   SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, decode($6::text, 'hex'), least_used.color,
     $7::int, ${now}, ${now}, ${leaseOf("$8")}
   FROM least_used
   WHERE (SELECT count(*) FROM here) < $10::int
     AND (SELECT count(*) FROM here WHERE user_id = $3::uuid) < $12::int
     AND (SELECT count(*) FROM template_sessions
          WHERE user_id = $3::uuid AND expires_at > ${now}) < $11::int
   RETURNING ${columns}`,
);

/** $1 token hash, $2 user, $3 lease in milliseconds, $4 template, $5 client, $6 node, $7 version. */
const resumeSession = statement(
  "resume_session",
  `UPDATE template_sessions AS s SET node_id = $6::text, last_active_at = ${now}, expires_at = ${leaseOf("$3")},
     last_known_version = greatest(s.last_known_version, $7::int)
   WHERE s.token_hash = decode($1::text, 'hex') AND s.user_id = $2::uuid AND s.expires_at > ${now}
     AND s.template_id = $4::uuid AND s.client_id = $5::text
   RETURNING ${columns}`,
);

/** $1 token hash, $2 user, $3 lease in milliseconds. */
const touchSession = statement(
  "touch_session",
  `UPDATE template_sessions AS s SET last_active_at = ${now}, expires_at = ${leaseOf("$3")}
   WHERE s.token_hash = decode($1::text, 'hex') AND s.user_id = $2::uuid AND s.expires_at > ${now}
   RETURNING ${columns}`,
);

/** $1 template. */
const liveSessions = statement(
  "live_sessions",
  `SELECT ${columns} FROM template_sessions s
   WHERE s.template_id = $1::uuid AND s.expires_at > ${now} ORDER BY s.joined_at, s.id`,
);

/**
 * $1 signs of life as JSON, $2 lease in milliseconds. The rows are locked in the order in which every statement here
 * locks several.
 */
const renewSessions = statement(
  "renew_sessions",
  `WITH signs AS (
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS sign (template_id uuid, id uuid, version int, is_active boolean)
   ), held AS MATERIALIZED (
     SELECT s.template_id, s.id FROM template_sessions s JOIN signs USING (template_id, id)
     ORDER BY s.template_id, s.id FOR NO KEY UPDATE OF s
   )
   UPDATE template_sessions AS s SET expires_at = ${leaseOf("$2")},
     last_active_at = CASE WHEN signs.is_active THEN ${now} ELSE s.last_active_at END,
     last_known_version = greatest(s.last_known_version, signs.version)
   FROM signs JOIN held USING (template_id, id)
   WHERE s.template_id = signs.template_id AND s.id = signs.id
   RETURNING ${columns}`,
);

/** $1 at most so many. */
const expiredSessions = statement(
  "expired_sessions",
  `SELECT template_id, id FROM template_sessions WHERE expires_at <= ${now}
   ORDER BY expires_at LIMIT $1::int`,
);

/** $1 user. */
const sessionsOf = statement(
  "sessions_of_user",
  "SELECT template_id, id FROM template_sessions WHERE user_id = $1::uuid",
);

/** $1 templates. Nobody acquires a lock on them until the transaction ends. */
const lockTemplates = statement(
  "lock_templates_of_sessions",
  "SELECT id FROM templates WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE",
);

/**
 * $1 sessions with their templates as JSON, $2 whether only those whose lease ran out. Their locks go with them, which
 * is a new lock revision for the templates that had any.
 */
const removeSessions = statement(
  "remove_sessions",
  `WITH leaving AS MATERIALIZED (
     SELECT s.template_id, s.id FROM template_sessions s
     JOIN jsonb_to_recordset($1::jsonb) AS chosen (template_id uuid, id uuid) USING (template_id, id)
     WHERE NOT $2::boolean OR s.expires_at <= ${now}
     ORDER BY s.template_id, s.id FOR UPDATE OF s
   ), raised AS (
     UPDATE templates SET lock_revision = lock_revision + 1 WHERE id IN (
       SELECT l.template_id FROM template_locks l JOIN leaving ON leaving.template_id = l.template_id
         AND leaving.id = l.session_id)
   )
   DELETE FROM template_sessions AS s USING leaving
   WHERE s.template_id = leaving.template_id AND s.id = leaving.id
   RETURNING ${columns}`,
);

interface SessionRow {
  readonly id: string;
  readonly template_id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly node_id: string;
  readonly color: string;
  readonly last_known_version: number;
  readonly joined_at: number;
  readonly last_active_at: number;
  readonly expires_at: number;
}

/** Which session: the key of its row. */
export interface SessionKey {
  readonly templateId: string;
  readonly id: string;
}

/** Undefined where a bound is reached. Inside a transaction: those who open on one template wait for each other. */
export async function insertSession(
  transaction: RawExecutor,
  session: NewSession,
): Promise<Session | undefined> {
  const { sessionsPerTemplateMax, sessionsPerUserMax, sessionsPerUserAndTemplateMax } =
    session.bounds;
  await executeCount(transaction, lockOpening, [session.templateId]);
  const rows = await queryRows<SessionRow>(transaction, openSession, [
    session.id,
    session.templateId,
    session.userId,
    session.clientId,
    session.nodeId,
    session.tokenHash,
    session.lastKnownVersion,
    session.leaseMs,
    session.palette,
    sessionsPerTemplateMax,
    sessionsPerUserMax,
    sessionsPerUserAndTemplateMax,
  ]);
  return rows.map(sessionOf)[0];
}

export async function resume(
  executor: RawExecutor,
  { tokenHash, userId, leaseMs, templateId, clientId, nodeId, lastKnownVersion }: Resumption,
): Promise<Session | undefined> {
  const parameters = [tokenHash, userId, leaseMs, templateId, clientId, nodeId, lastKnownVersion];
  return (await queryRows<SessionRow>(executor, resumeSession, parameters)).map(sessionOf)[0];
}

export async function touch(
  executor: RawExecutor,
  tokenHash: string,
  userId: string,
  leaseMs: number,
): Promise<Session | undefined> {
  const parameters = [tokenHash, userId, leaseMs];
  return (await queryRows<SessionRow>(executor, touchSession, parameters)).map(sessionOf)[0];
}

export async function readLive(executor: RawExecutor, templateId: string): Promise<Session[]> {
  return (await queryRows<SessionRow>(executor, liveSessions, [templateId])).map(sessionOf);
}

export async function renewAll(
  executor: RawExecutor,
  renewals: readonly Renewal[],
  leaseMs: number,
): Promise<Session[]> {
  const signs = renewals.map(({ templateId, id, lastKnownVersion, isActive }) => ({
    template_id: templateId,
    id,
    version: lastKnownVersion,
    is_active: isActive,
  }));
  const parameters = [JSON.stringify(signs), leaseMs];
  return (await queryRows<SessionRow>(executor, renewSessions, parameters)).map(sessionOf);
}

/** Sessions whose lease ran out, oldest first. */
export function readExpired(executor: RawExecutor, limit: number): Promise<SessionKey[]> {
  return readKeys(executor, expiredSessions, limit);
}

/** A person's sessions on all templates. */
export function readOf(executor: RawExecutor, userId: string): Promise<SessionKey[]> {
  return readKeys(executor, sessionsOf, userId);
}

async function readKeys(
  executor: RawExecutor,
  statement: Statement,
  parameter: string | number,
): Promise<SessionKey[]> {
  const rows = await queryRows<Pick<SessionRow, "template_id" | "id">>(executor, statement, [
    parameter,
  ]);
  return rows.map((row) => ({ templateId: row.template_id, id: row.id }));
}

/** Inside a transaction: no lock is acquired between looking for locks and removing the sessions. */
export async function removeAll(
  transaction: RawExecutor,
  sessions: readonly SessionKey[],
  onlyExpired: boolean,
): Promise<Session[]> {
  const templateIds = [...new Set(sessions.map(({ templateId }) => templateId))];
  await queryRows(transaction, lockTemplates, [templateIds]);
  const chosen = sessions.map(({ templateId, id }) => ({ template_id: templateId, id }));
  const parameters = [JSON.stringify(chosen), onlyExpired];
  return (await queryRows<SessionRow>(transaction, removeSessions, parameters)).map(sessionOf);
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    templateId: row.template_id,
    userId: row.user_id,
    clientId: row.client_id,
    nodeId: row.node_id,
    color: row.color,
    lastKnownVersion: row.last_known_version,
    joinedAt: row.joined_at,
    lastActiveAt: row.last_active_at,
    expiresAt: row.expires_at,
  };
}
