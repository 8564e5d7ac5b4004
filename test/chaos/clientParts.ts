/** What a client of the chaos course works with. */
import type { Random } from "../simulation/random.js";
import type { ChaosNode } from "./chaosNode.js";
import type { Ledger } from "./ledger.js";
import type { Timeline } from "./timeline.js";

/** A template of the run, and what is known of it. */
export interface Subject {
  readonly templateId: string;
  readonly token: string;
  readonly ledger: Ledger;
}

export interface ClientParts {
  readonly nodes: readonly ChaosNode[];
  readonly timeline: Timeline;
  readonly subject: Subject;
  readonly random: Random;
  /** The node it goes to first; any where omitted. */
  readonly home?: ChaosNode;
}
