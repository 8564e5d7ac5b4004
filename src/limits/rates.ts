/** The rates that commands hold people and addresses to. */
import type { RateLimiter } from "./rateLimiter.js";

export interface Rates {
  /** Operations committed, by person. */
  readonly operations: RateLimiter;
  /** Accounts made, by address. */
  readonly signUps: RateLimiter;
}
