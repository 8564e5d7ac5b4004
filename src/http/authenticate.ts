/** Who asks: one function for HTTP, SSE and WebSocket. */
import type { Tokens } from "../commands/services.js";
import type { Viewer } from "../domain/access/access.js";
import type { Clock } from "../live/clock.js";

/** Tokens of ours are some 300 characters; nothing longer is worth a look. */
const TOKEN_UNITS_MAX = 4_096;
const REMEMBERED_MAX = 10_000;

/** A viewer, and when the proof of it ends (milliseconds since the epoch; Infinity for nobody). */
export interface Authentication {
  readonly viewer: Viewer;
  readonly expiresAt: number;
}

/** The token is not ours, was changed or has expired. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
  constructor() {
    super("the token is not valid or has expired; sign in again");
  }
}

/**
 * Takes the value of `Authorization`, in a header or in a WebSocket's connection parameters: `Bearer <token>`.
 * Nothing at all is anonymous. Rejects with InvalidToken.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Authentication>;

const anonymous: Authentication = { viewer: { kind: "anonymous" }, expiresAt: Infinity };

/** Checks signatures once per token: the answer cannot change until the token expires. */
export function createAuthenticate(tokens: Tokens, clock: Clock): Authenticate {
  const remembered = new Map<string, Authentication>();

  return async (authorization) => {
    if (authorization === undefined) return anonymous;
    const known = remembered.get(authorization);
    if (known !== undefined && known.expiresAt > clock.now()) return known;
    remembered.delete(authorization);
    const token = tokenOf(authorization);
    const verified = token === undefined ? undefined : await tokens.verify(token);
    if (verified === undefined) throw new InvalidToken();
    const { userId, expiresAt } = verified;
    const authentication: Authentication = { viewer: { kind: "user", userId }, expiresAt };
    if (remembered.size >= REMEMBERED_MAX) forgetOldest(remembered);
    remembered.set(authorization, authentication);
    return authentication;
  };
}

function tokenOf(authorization: string): string | undefined {
  if (authorization.length > TOKEN_UNITS_MAX) return undefined;
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
}

function forgetOldest(remembered: Map<string, Authentication>): void {
  const oldest = remembered.keys().next();
  if (!oldest.done) remembered.delete(oldest.value);
}
