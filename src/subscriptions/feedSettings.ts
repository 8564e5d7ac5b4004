/** How much feeds hold and how often they ask; each name carries its unit. */
import type { ChangeRingLimits, PageLimits } from "./changes/changeRing.js";

export interface FeedSettings extends ChangeRingLimits, PageLimits {
  /** How often the heads of open feeds are asked for while the bus carries messages, … */
  readonly pollMs: number;
  /** … and while it does not. */
  readonly pollMsWhenUnhealthy: number;
  /** Messages ahead of a hole that are kept while the hole is filled. */
  readonly earlyMessagesMax: number;
  /** Deliveries after which other work of the process gets its turn. */
  readonly deliveriesPerTurn: number;
  /** Groups that are served, each with an execution of its own, after which other work gets its turn. */
  readonly groupsPerTurn: number;
  /** Reads of the log for subscribers that are behind, at once, all templates together. */
  readonly logReadsMax: number;
  /** Changes that are kept so that subscribers who stand at the same version share them. */
  readonly sharedChangesMax: number;
  /** How long they are kept, at most. */
  readonly sharedMs: number;
  /** How long to wait after the database could not be reached, at most. */
  readonly retryMsMax: number;
}

export const defaultFeedSettings: FeedSettings = {
  ringOperationsMax: 8_192,
  ringBytesMax: 4_000_000,
  pageOperationsMax: 1_000,
  pageBytesMax: 1_000_000,
  pollMs: 10_000,
  pollMsWhenUnhealthy: 1_000,
  earlyMessagesMax: 64,
  deliveriesPerTurn: 256,
  groupsPerTurn: 4,
  logReadsMax: 4,
  sharedChangesMax: 4,
  sharedMs: 1_000,
  retryMsMax: 5_000,
};
