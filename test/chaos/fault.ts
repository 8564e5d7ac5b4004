/** One thing that breaks in a cluster, and what is expected meanwhile. */
import type { ChaosNode } from "./chaosNode.js";
import type { Crew } from "./crew.js";

export interface Fault {
  readonly name: string;
  /**
   * What it is that has to go on serving while the fault lasts: the other node, both, or nobody. How soon it does is
   * measured from the strike on.
   */
  readonly serves: "survivor" | "all" | "none";
  /** How long it lasts, in milliseconds. */
  readonly holdMs: number;
  /** Resolves when it has struck. */
  readonly strike: (crew: Crew, victim: ChaosNode) => Promise<void>;
  /** Resolves when all programs run again and all networks are well. */
  readonly mend: (crew: Crew, victim: ChaosNode) => Promise<void>;
}
