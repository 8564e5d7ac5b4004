/** Who asks: one function for HTTP, SSE and WebSocket. */
import { GUEST_TOKEN_PREFIX, type GuestTokens } from "../commands/guests/guestServices.js";
import { SignUpRefused } from "../commands/accounts/admitNewcomer.js";
import type { Standings, TokenProof, VerifyToken } from "../commands/accounts/accountServices.js";
import type { Viewer } from "../domain/access/access.js";
import type { Clock } from "../platform/clock.js";

/** Tokens of ours are some 300 characters, those of providers some thousand; nothing longer is worth a look. */
const TOKEN_UNITS_MAX = 8_192;
const REMEMBERED_UNITS_MAX = 16_000_000;

/** A viewer, and when the proof of it ends (by the monotonic clock; Infinity for nobody). */
export interface Authentication {
  readonly viewer: Viewer;
  readonly deadline: number;
  /** Tells once when the proof ends before; until the returned function is called. Absent for nobody. */
  readonly watch?: (ended: () => void) => () => void;
}

/** The token is not ours, was changed, has expired or was ended. */
export class InvalidToken extends Error {
  override readonly name = "InvalidToken";
  constructor() {
    super("the token is not valid or has expired; sign in again");
  }
}

/** The token is its provider's, and its person has no account and gets none; the message says what to do. */
export class NoAccount extends Error {
  override readonly name = "NoAccount";
}

/** Whether the token is good cannot be told now. */
export class AuthenticationUnavailable extends Error {
  override readonly name = "AuthenticationUnavailable";
  constructor(
    readonly retryAfterMs: number,
    options: ErrorOptions,
  ) {
    super("the token cannot be verified at present; try again", options);
  }
}

/**
 * Takes the value of `Authorization`, in a header or in a WebSocket's connection parameters: `Bearer <token>`.
 * Nothing at all is anonymous. Rejects with InvalidToken, NoAccount or AuthenticationUnavailable.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Authentication>;

export interface AuthenticateParts {
  readonly verify: VerifyToken;
  readonly standings: Standings;
  readonly clock: Clock;
  /** Undefined where nobody may read without an account. */
  readonly guests: Pick<GuestTokens, "verify"> | undefined;
}

interface Remembered {
  readonly proof: TokenProof;
  readonly authentication: Authentication;
  /** Once it does not hold any more it never will again. */
  isOver: boolean;
}

const anonymous: Authentication = { viewer: { kind: "anonymous" }, deadline: Infinity };

/** Checks signatures once per token: of what they say only whether it still holds can change. */
export function createAuthenticate(parts: AuthenticateParts): Authenticate {
  const memory = new Memory();
  const { clock, standings, verify } = parts;

  return async (authorization) => {
    if (authorization === undefined) return anonymous;
    const token = tokenOf(authorization);
    if (token === undefined) throw new InvalidToken();
    if (token.startsWith(GUEST_TOKEN_PREFIX)) return ofGuest(token, parts);
    try {
      const known = memory.find(token) ?? remembered(await verify(token), parts);
      if (known === undefined) throw new InvalidToken();
      memory.keep(token, known);
      const { proof, authentication } = known;
      // A clock that is set back does not make a token last longer, nor one that was ahead when the token was first seen.
      known.isOver ||= authentication.deadline <= clock.monotonic();
      if (known.isOver || proof.expiresAt <= clock.now()) throw new InvalidToken();
      known.isOver = !(await standings.holds(proof.userId, proof.credential));
      if (known.isOver) throw new InvalidToken();
      proof.used?.();
      return authentication;
    } catch (error) {
      if (error instanceof SignUpRefused) throw new NoAccount(error.message, { cause: error });
      throw unavailable(error) ?? error;
    }
  };
}

/** What a guest may do is asked with each request; the token says how long. */
async function ofGuest(
  token: string,
  { guests, clock }: AuthenticateParts,
): Promise<Authentication> {
  const proof = await guests?.verify(token);
  if (proof === undefined) throw new InvalidToken();
  return { viewer: proof.guest, deadline: clock.monotonic() + (proof.expiresAt - clock.now()) };
}

function remembered(
  proof: TokenProof | undefined,
  { standings, clock }: AuthenticateParts,
): Remembered | undefined {
  if (proof === undefined) return undefined;
  const { userId, expiresAt, credential, scopes, limits, isService } = proof;
  const authentication: Authentication = {
    viewer: {
      ...{ kind: "user", userId, credential },
      ...(scopes && { scopes }),
      ...(limits && { limits }),
      ...(isService && { isService }),
    },
    deadline: clock.monotonic() + (expiresAt - clock.now()),
    watch: (ended) => standings.watch(userId, credential, ended),
  };
  return { proof, authentication, isOver: false };
}

/** Whatever it is that is away says after how long to ask again. */
function unavailable(error: unknown): AuthenticationUnavailable | undefined {
  const retryAfterMs = error instanceof Error && "retryAfterMs" in error && error.retryAfterMs;
  if (typeof retryAfterMs !== "number") return undefined;
  return new AuthenticationUnavailable(retryAfterMs, { cause: error });
}

function tokenOf(authorization: string): string | undefined {
  if (authorization.length > TOKEN_UNITS_MAX) return undefined;
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
}

/** Tokens and what they prove, bounded by what the tokens take. */
class Memory {
  readonly #remembered = new Map<string, Remembered>();
  #units = 0;

  find(token: string): Remembered | undefined {
    return this.#remembered.get(token);
  }

  keep(token: string, known: Remembered): void {
    if (this.#remembered.has(token)) return;
    this.#remembered.set(token, known);
    this.#units += token.length;
    for (const [oldest] of this.#remembered) {
      if (this.#units <= REMEMBERED_UNITS_MAX) break;
      this.#remembered.delete(oldest);
      this.#units -= oldest.length;
    }
  }
}
