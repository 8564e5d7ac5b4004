/** The statements of sign-ins and API tokens: each of them one step that races with others come out as one. */
import type { Standing } from "../../domain/access/credentials.js";
import type { NewApiToken, NewSignIn, Rotated, Rotation } from "./credentialStore.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";

const instant = (parameter: string) => `to_timestamp((${parameter})::float8 / 1000)`;
const msOf = (column: string) => `(extract(epoch FROM ${column}) * 1000)::float8`;

/**
 * $1 id, $2 user, $3 refresh hash, $4 the password's hash, $5 now, $6 end, $7 how many at most. The share lock holds off
 * whoever changes the password or ends all sign-ins until this one is there to be ended.
 */
const openSignIn = statement(
  "open_sign_in",
  `WITH account AS (
     SELECT id FROM users
     WHERE id = $2::uuid AND password_hash IS NOT DISTINCT FROM $4::text AND disabled_at IS NULL FOR SHARE
   ), ended AS (
     DELETE FROM sign_ins USING account WHERE sign_ins.user_id = account.id AND (
       sign_ins.expires_at <= ${instant("$5")} OR sign_ins.id IN (
         SELECT id FROM sign_ins WHERE user_id = $2::uuid AND expires_at > ${instant("$5")}
         ORDER BY created_at DESC, id DESC OFFSET $7::int - 1))
   ), opened AS (
     INSERT INTO sign_ins (id, user_id, created_at, expires_at)
     SELECT $1::uuid, id, ${instant("$5")}, ${instant("$6")} FROM account RETURNING id
   )
   INSERT INTO refresh_tokens (hash, sign_in_id) SELECT decode($3, 'hex'), id FROM opened`,
);

/**
 * $1 hash, $2 successor's hash, $3 sealed successor, $4 now, $5 end. No row where it was used, is unknown or its sign-in
 * is over. What was used longer ago than a sign-in lasts is forgotten.
 */
const useRefreshToken = statement(
  "use_refresh_token",
  `WITH held AS (
     SELECT r.hash, s.id, s.user_id FROM refresh_tokens r JOIN sign_ins s ON s.id = r.sign_in_id
     WHERE r.hash = decode($1, 'hex') AND r.used_at IS NULL AND s.expires_at > ${instant("$4")}
     FOR UPDATE
   ), used AS (
     UPDATE refresh_tokens r SET used_at = ${instant("$4")}, sealed_successor = decode($3, 'hex')
     FROM held WHERE r.hash = held.hash
   ), predecessors AS (
     UPDATE refresh_tokens r SET sealed_successor = NULL
     FROM held WHERE r.sign_in_id = held.id AND r.sealed_successor IS NOT NULL
       AND r.used_at > ${instant("2 * $4::float8 - $5::float8")}
   ), forgotten AS (
     DELETE FROM refresh_tokens r USING held
     WHERE r.sign_in_id = held.id AND r.used_at <= ${instant("2 * $4::float8 - $5::float8")}
   ), successor AS (
     INSERT INTO refresh_tokens (hash, sign_in_id) SELECT decode($2, 'hex'), id FROM held
   ), extended AS (
     UPDATE sign_ins s SET expires_at = ${instant("$5")} FROM held WHERE s.id = held.id
   )
   SELECT id, user_id FROM held`,
);

/** $1 hash, $2 now. */
const findRefreshToken = statement(
  "find_refresh_token",
  `SELECT s.id, s.user_id, encode(r.sealed_successor, 'hex') AS sealed_successor,
     ${msOf("r.used_at")} AS used_at, ${msOf("s.expires_at")} AS expires_at
   FROM refresh_tokens r JOIN sign_ins s ON s.id = r.sign_in_id
   WHERE r.hash = decode($1, 'hex') AND s.expires_at > ${instant("$2")}`,
);

/** $1 id. */
const endSignIn = statement("end_sign_in", "DELETE FROM sign_ins WHERE id = $1::uuid");

/** $1 hash. */
const endSignInOf = statement(
  "end_sign_in_of",
  `DELETE FROM sign_ins s USING refresh_tokens r
   WHERE r.hash = decode($1, 'hex') AND s.id = r.sign_in_id RETURNING s.user_id`,
);

/** $1 user, $2 now, $3 whether API tokens go too. The person's row comes first: it holds off who is just signing in. */
const endAllOf = statement(
  "end_all_credentials",
  `WITH account AS (
     UPDATE users SET tokens_valid_after = greatest(tokens_valid_after, ${instant("$2")})
     WHERE id = $1::uuid RETURNING id
   ), tokens AS (
     DELETE FROM api_tokens t USING account WHERE t.user_id = account.id AND $3
   )
   SELECT id FROM account`,
);

/** $1 user. */
const endSignIns = statement("end_sign_ins", "DELETE FROM sign_ins WHERE user_id = $1::uuid");

/** $1 id, $2 user, $3 name, $4 hash, $5 scopes, $6 now, $7 end, $8 how many at most; $9 team, $10 project or $11 template. */
const addApiToken = statement(
  "add_api_token",
  `INSERT INTO api_tokens (id, user_id, name, token_hash, scopes, created_at, expires_at, team_id, project_id, template_id)
   SELECT $1::uuid, $2::uuid, $3, decode($4, 'hex'), $5::text[], ${instant("$6")}, ${instant("$7")},
     $9::uuid, $10::uuid, $11::uuid
   WHERE (SELECT count(*) FROM api_tokens WHERE user_id = $2::uuid AND expires_at > ${instant("$6")}) < $8::int
     AND EXISTS (SELECT FROM users WHERE id = $2::uuid AND disabled_at IS NULL)`,
);

/** $1 users, $2 now. */
const readStandings = statement(
  "standings",
  `SELECT u.id, ${msOf("u.tokens_valid_after")} AS valid_after,
     ARRAY(SELECT id::text FROM sign_ins WHERE user_id = u.id AND expires_at > ${instant("$2")}
       UNION ALL
       SELECT id::text FROM api_tokens WHERE user_id = u.id AND expires_at > ${instant("$2")}) AS listed
   FROM users u WHERE u.id = ANY($1::uuid[]) AND u.disabled_at IS NULL
     AND (u.kind = 'PERSON' OR u.service_team_id IS NOT NULL)`,
);

interface SignInRow {
  readonly id: string;
  readonly user_id: string;
}

interface RefreshRow extends SignInRow {
  readonly sealed_successor: string | null;
  readonly used_at: number | null;
  readonly expires_at: number;
}

interface StandingRow {
  readonly id: string;
  readonly valid_after: number | null;
  readonly listed: string[];
}

export async function insertSignIn(executor: RawExecutor, signIn: NewSignIn): Promise<boolean> {
  const { id, userId, refreshHash, passwordHash, now, expiresAt, signInsMax } = signIn;
  const parameters = [id, userId, refreshHash, passwordHash, now, expiresAt, signInsMax];
  return (await executeCount(executor, openSignIn, parameters)) === 1;
}

export async function rotate(executor: RawExecutor, rotation: Rotation): Promise<Rotated> {
  const { hash, successorHash, sealedSuccessor, now, expiresAt, graceMs } = rotation;
  const parameters = [hash, successorHash, sealedSuccessor, now, expiresAt];
  const [used] = await queryRows<SignInRow>(executor, useRefreshToken, parameters);
  if (used !== undefined) return { kind: "rotated", userId: used.user_id, signInId: used.id };
  const [found] = await queryRows<RefreshRow>(executor, findRefreshToken, [hash, now]);
  if (found === undefined || found.used_at === null) return { kind: "unknown" };
  const { id: signInId, user_id: userId, sealed_successor: sealed, expires_at, used_at } = found;
  if (sealed !== null && now - used_at <= graceMs) {
    return { kind: "repeated", userId, signInId, sealedSuccessor: sealed, expiresAt: expires_at };
  }
  await executeCount(executor, endSignIn, [signInId]);
  return { kind: "reused", userId };
}

/** The person whose sign-in was ended. */
export async function endByRefreshToken(
  executor: RawExecutor,
  hash: string,
): Promise<string | undefined> {
  const rows = await queryRows<Pick<SignInRow, "user_id">>(executor, endSignInOf, [hash]);
  return rows[0]?.user_id;
}

/** Inside a transaction: sign-ins that were opened until the person's row was had are seen by the second statement. */
export async function endAll(
  transaction: RawExecutor,
  userId: string,
  now: number,
  apiTokens: boolean,
): Promise<void> {
  await queryRows(transaction, endAllOf, [userId, now, apiTokens]);
  await executeCount(transaction, endSignIns, [userId]);
}

export async function insertApiToken(executor: RawExecutor, token: NewApiToken): Promise<boolean> {
  const { id, userId, name, tokenHash, scopes, createdAt, expiresAt, apiTokensMax, limit } = token;
  const limits = (["team", "project", "template"] as const).map((kind) =>
    limit?.kind === kind ? limit.id : null,
  );
  const parameters = [id, userId, name, tokenHash, scopes, createdAt, expiresAt, apiTokensMax];
  return (await executeCount(executor, addApiToken, [...parameters, ...limits])) === 1;
}

export async function standingsOf(
  executor: RawExecutor,
  userIds: readonly string[],
  now: number,
): Promise<Map<string, Standing>> {
  const rows = await queryRows<StandingRow>(executor, readStandings, [userIds, now]);
  return new Map(
    rows.map(({ id, listed, valid_after }) => [
      id,
      { listed: new Set(listed), validAfter: valid_after },
    ]),
  );
}
