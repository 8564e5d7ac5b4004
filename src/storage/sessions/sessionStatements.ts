/** The statements of sessions. Leases run by the database's clock, which all nodes share. */
import {
  executeCount,
  queryRows,
  statement,
  type RawExecutor,
  type Statement,
} from "../postgres/statement.js";
import type { TokenLimit } from "../../domain/access/viewer.js";
import { SessionOpenings, type SessionsHere } from "./sessionOpenings.js";
import type { NewSession, Renewal, Resumption, Session } from "./sessionStore.js";

const columns = `s.id, s.template_id, s.user_id, s.client_id, s.node_id, s.color, s.last_known_version, s.token_limits,
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
 * $1 template, $2 users: how many live sessions of each person and colour there are on the template, and, without a
 * colour, how many of each of the users there are on all templates.
 */
const countSessions = statement(
  "count_sessions",
  `SELECT user_id, color, count(*)::int AS count FROM template_sessions
   WHERE template_id = $1::uuid AND expires_at > ${now} GROUP BY user_id, color
   UNION ALL
   SELECT user_id, NULL, count(*)::int FROM template_sessions
   WHERE user_id = ANY($2::uuid[]) AND expires_at > ${now} GROUP BY user_id`,
);

/** $1 sessions with their colours as JSON. */
const insertSessions = statement(
  "insert_sessions",
  `INSERT INTO template_sessions AS s (id, template_id, user_id, client_id, node_id, token_hash, color,
     last_known_version, token_limits, joined_at, last_active_at, expires_at)
   SELECT id, template_id, user_id, client_id, node_id, decode(token_hash, 'hex'), color, version, token_limits, ${now},
     ${now}, ${leaseOf("lease_ms")}
   FROM jsonb_to_recordset($1::jsonb) AS opened (id uuid, template_id uuid, user_id uuid, client_id text, node_id text,
     token_hash text, color text, version int, token_limits jsonb, lease_ms float8)
   RETURNING ${columns}`,
);

/** $1 token hash, $2 user, $3 lease in milliseconds, $4 template, $5 client, $6 node, $7 version, $8 limits. */
const resumeSession = statement(
  "resume_session",
  `UPDATE template_sessions AS s SET node_id = $6::text, last_active_at = ${now}, expires_at = ${leaseOf("$3")},
     last_known_version = greatest(s.last_known_version, $7::int), token_limits = $8::jsonb
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
  readonly token_limits: readonly TokenLimit[];
  readonly joined_at: number;
  readonly last_active_at: number;
  readonly expires_at: number;
}

/** Which session: the key of its row. */
export interface SessionKey {
  readonly templateId: string;
  readonly id: string;
}

/**
 * Opens sessions of one template in their order; undefined for one that a bound is in the way of. Inside a transaction:
 * those who open on one template wait for each other.
 */
export async function insertSessionsOf(
  transaction: RawExecutor,
  templateId: string,
  wanted: readonly NewSession[],
): Promise<(Session | undefined)[]> {
  await executeCount(transaction, lockOpening, [templateId]);
  const userIds = [...new Set(wanted.map(({ userId }) => userId))];
  const openings = openingsOf(await queryRows(transaction, countSessions, [templateId, userIds]));
  const opened = wanted.flatMap((session) => {
    const color = openings.next(session);
    return color === undefined ? [] : [openedRow(session, color)];
  });
  if (opened.length === 0) return wanted.map(() => undefined);
  const parameters = [JSON.stringify(opened)];
  const rows = await queryRows<SessionRow>(transaction, insertSessions, parameters);
  const byId = new Map(rows.map((row) => [row.id, sessionOf(row)]));
  return wanted.map(({ id }) => byId.get(id));
}

interface CountRow {
  readonly user_id: string;
  readonly color: string | null;
  readonly count: number;
}

function openingsOf(rows: readonly CountRow[]): SessionOpenings {
  const here: SessionsHere[] = [];
  const ofUser = new Map<string, number>();
  for (const { user_id: userId, color, count } of rows) {
    if (color === null) ofUser.set(userId, count);
    else here.push({ userId, color, count });
  }
  return new SessionOpenings(here, ofUser);
}

function openedRow(session: NewSession, color: string): object {
  const { id, templateId, userId, clientId, nodeId, tokenHash } = session;
  return {
    ...{ id, template_id: templateId, user_id: userId, client_id: clientId, node_id: nodeId },
    ...{ token_hash: tokenHash, color, version: session.lastKnownVersion },
    token_limits: session.limits ?? [],
    lease_ms: session.leaseMs,
  };
}

export async function resume(
  executor: RawExecutor,
  { tokenHash, userId, leaseMs, templateId, clientId, nodeId, ...more }: Resumption,
): Promise<Session | undefined> {
  const { lastKnownVersion, limits = [] } = more;
  const parameters = [
    ...[tokenHash, userId, leaseMs, templateId, clientId, nodeId, lastKnownVersion],
    JSON.stringify(limits),
  ];
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
    ...(row.token_limits.length > 0 && { limits: row.token_limits }),
    joinedAt: row.joined_at,
    lastActiveAt: row.last_active_at,
    expiresAt: row.expires_at,
  };
}
