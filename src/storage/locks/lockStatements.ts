/** The statements of locks. Leases run by the database's clock, which all nodes share. */
import type { Editor, Lock, LockSet } from "../../domain/locks/lock.js";
import type { LockingSession, LockRequest } from "./lockStore.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";
import { isUuid } from "../postgres/uuid.js";

/** The statement's instant, not the transaction's, which may have waited for a row since. */
const now = "statement_timestamp()";

const columns = `l.path, l.session_id, l.user_id, l.client_id, l.fence,
  (extract(epoch FROM l.acquired_at) * 1000)::float8 AS acquired_at,
  (extract(epoch FROM l.expires_at) * 1000)::float8 AS expires_at`;

const milliseconds = (parameter: string) => `${parameter}::float8 * interval '1 millisecond'`;

/** $1 templates. Each once without a lock, where nothing is held. */
const heldLocks = statement(
  "held_locks",
  `SELECT t.id AS template_id, t.lock_revision, ${columns}
   FROM templates t LEFT JOIN template_locks l ON l.template_id = t.id AND l.expires_at > ${now}
   WHERE t.id = ANY($1::uuid[]) ORDER BY l.fence`,
);

/**
 * $1 template, $2 path, $3 session, $4 user, $5 client, $6 lease and $7 longest hold in milliseconds. Takes the place of
 * a lock whose lease ran out. No row where the session is over or the template in the bin.
 */
const insertLock = statement(
  "insert_lock",
  `WITH head AS (
     UPDATE templates SET lock_revision = lock_revision + 1
     WHERE id = $1::uuid AND deleted_at IS NULL
       AND EXISTS (SELECT FROM template_sessions WHERE template_id = $1::uuid AND id = $3::uuid)
     RETURNING id, lock_revision
   )
   INSERT INTO template_locks AS l
     (template_id, path, session_id, user_id, client_id, fence, acquired_at, expires_at, expires_max_at)
   SELECT head.id, $2::text, $3::uuid, $4::uuid, $5::text, head.lock_revision, ${now},
     ${now} + least($6::float8, $7::float8) * interval '1 millisecond', ${now} + ${milliseconds("$7")}
   FROM head
   ON CONFLICT (template_id, path) DO UPDATE SET session_id = EXCLUDED.session_id, user_id = EXCLUDED.user_id,
     client_id = EXCLUDED.client_id, fence = EXCLUDED.fence, acquired_at = EXCLUDED.acquired_at,
     expires_at = EXCLUDED.expires_at, expires_max_at = EXCLUDED.expires_max_at
   RETURNING ${columns}`,
);

/** $1 template, $2 path, $3 session, $4 user, $5 client, $6 lease in milliseconds: the editor's own, of any session. */
const renewLock = statement(
  "renew_lock",
  `UPDATE template_locks l
   SET session_id = $3::uuid, expires_at = least(${now} + ${milliseconds("$6")}, l.expires_max_at)
   WHERE l.template_id = $1::uuid AND l.path = $2::text AND l.user_id = $4::uuid AND l.client_id = $5::text
     AND l.expires_at > ${now}
     AND EXISTS (SELECT FROM template_sessions WHERE template_id = $1::uuid AND id = $3::uuid)
   RETURNING ${columns}`,
);

/**
 * $1 sessions with their templates as JSON, $2 lease in milliseconds. Never shortens a lease. The rows are locked in one
 * order, so that two who renew the same ones do not wait for each other.
 */
const renewLocks = statement(
  "renew_locks",
  `WITH held AS MATERIALIZED (
     SELECT l.template_id, l.path FROM template_locks l
     JOIN jsonb_to_recordset($1::jsonb) AS s (template_id uuid, id uuid)
       ON s.template_id = l.template_id AND s.id = l.session_id
     WHERE l.expires_at > ${now} ORDER BY l.template_id, l.path FOR NO KEY UPDATE OF l
   )
   UPDATE template_locks l
   SET expires_at = greatest(l.expires_at, least(${now} + ${milliseconds("$2")}, l.expires_max_at))
   FROM held WHERE l.template_id = held.template_id AND l.path = held.path AND l.expires_at > ${now}`,
);

/** $1 template, $2 path, $3 user and $4 client, or null for whoever holds it. */
const releaseLock = statement(
  "release_lock",
  `WITH head AS (
     UPDATE templates SET lock_revision = lock_revision + 1
     WHERE id = $1::uuid AND EXISTS (
       SELECT FROM template_locks l WHERE l.template_id = $1::uuid AND l.path = $2::text AND l.expires_at > ${now}
         AND ($3::uuid IS NULL OR (l.user_id = $3::uuid AND l.client_id = $4::text)))
     RETURNING id
   )
   DELETE FROM template_locks l USING head
   WHERE l.template_id = head.id AND l.path = $2::text
     AND ($3::uuid IS NULL OR (l.user_id = $3::uuid AND l.client_id = $4::text))
   RETURNING ${columns}`,
);

const dropLocks = statement(
  "drop_expired_locks",
  `DELETE FROM template_locks WHERE expires_at <= ${now} RETURNING template_id`,
);

interface LockRow {
  readonly path: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly fence: number;
  readonly acquired_at: number;
  readonly expires_at: number;
}

type HeldRow = { readonly template_id: string; readonly lock_revision: number } & (
  | LockRow
  | { readonly path: null }
);

/** The locks of those of the templates that exist, in one query. */
export async function readLockSets(
  executor: RawExecutor,
  templateIds: readonly string[],
): Promise<Map<string, LockSet>> {
  const ids = templateIds.filter(isUuid);
  if (ids.length === 0) return new Map();
  const sets = new Map<string, { revision: number; locks: Lock[] }>();
  for (const row of await queryRows<HeldRow>(executor, heldLocks, [ids])) {
    const set = sets.get(row.template_id) ?? { revision: row.lock_revision, locks: [] };
    if (row.path !== null) set.locks.push(lockOf(row));
    sets.set(row.template_id, set);
  }
  return sets;
}

/** Undefined where the session is over or the template in the bin. */
export async function insertNewLock(
  executor: RawExecutor,
  { templateId, path, sessionId, userId, clientId, leaseMs, holdMsMax }: LockRequest,
): Promise<Lock | undefined> {
  const parameters = [templateId, path, sessionId, userId, clientId, leaseMs, holdMsMax];
  return (await queryRows<LockRow>(executor, insertLock, parameters)).map(lockOf)[0];
}

/** Undefined where the editor does not hold it or the session is over. */
export async function renewOwnLock(
  executor: RawExecutor,
  { templateId, path, sessionId, userId, clientId, leaseMs }: LockRequest,
): Promise<Lock | undefined> {
  const parameters = [templateId, path, sessionId, userId, clientId, leaseMs];
  return (await queryRows<LockRow>(executor, renewLock, parameters)).map(lockOf)[0];
}

export async function renewOfSessions(
  executor: RawExecutor,
  sessions: readonly LockingSession[],
  leaseMs: number,
): Promise<void> {
  const keys = sessions.map(({ templateId, id }) => ({ template_id: templateId, id }));
  await executeCount(executor, renewLocks, [JSON.stringify(keys), leaseMs]);
}

export async function deleteLock(
  executor: RawExecutor,
  templateId: string,
  path: string,
  holder: Editor | null,
): Promise<Lock | undefined> {
  const parameters = [templateId, path, holder?.userId ?? null, holder?.clientId ?? null];
  return (await queryRows<LockRow>(executor, releaseLock, parameters)).map(lockOf)[0];
}

/** The templates that had some. */
export async function deleteExpired(executor: RawExecutor): Promise<string[]> {
  const rows = await queryRows<Pick<HeldRow, "template_id">>(executor, dropLocks, []);
  return [...new Set(rows.map((row) => row.template_id))];
}

function lockOf(row: LockRow): Lock {
  return {
    path: row.path,
    sessionId: row.session_id,
    userId: row.user_id,
    clientId: row.client_id,
    fence: row.fence,
    acquiredAt: row.acquired_at,
    expiresAt: row.expires_at,
  };
}
