/** The rates that commands hold people and addresses to. */
import type { RateLimiter } from "./rateLimiter.js";

export interface Rates {
  /** Edits by what they cost (editCost.ts), by person. */
  readonly operations: RateLimiter;
  /** Bytes of documents stored in full (snapshots, copies, new templates), by person. */
  readonly copies: RateLimiter;
  /** Accounts made, by address. */
  readonly signUps: RateLimiter;
  /** Passwords tried, by the account that they were tried on and by address. */
  readonly passwordsOfAccount: RateLimiter;
  readonly passwordsOfAddress: RateLimiter;
}
