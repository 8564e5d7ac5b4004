/** What the transports know of who asks. */
import type { Viewer } from "../../domain/access/access.js";

export interface Proof {
  readonly viewer: Viewer;
  /** When the token has expired, by the monotonic clock; Infinity for nobody. */
  readonly deadline: number;
  /** Tells once when it ends before; until the returned function is called. Absent for nobody. */
  readonly watch?: (ended: () => void) => () => void;
}
