/** The rates that commands hold people and addresses to. */
import type { RateLimiter } from "./rateLimiter.js";

export interface Rates {
  /** Edits by what they cost (editCost.ts), by person. */
  readonly operations: RateLimiter;
  /** Bytes of documents stored in full (snapshots, copies, new templates), by person. */
  readonly copies: RateLimiter;
  /** Accounts made, by address. */
  readonly signUps: RateLimiter;
  /** Sessions that guests open, by address. */
  readonly guestSessions: RateLimiter;
  /** Passwords tried on one account from one address. */
  readonly passwordsOfAccount: RateLimiter;
  /** Passwords tried on one account from everywhere: beyond it the next ones wait, and none is refused. */
  readonly passwordsUnslowed: RateLimiter;
  /** Passwords tried from one address, on whichever account. */
  readonly passwordsOfAddress: RateLimiter;
}
