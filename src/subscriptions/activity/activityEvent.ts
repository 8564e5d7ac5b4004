/** One thing that happened on one template, as followers of galleries see it; one object serves all of them. */
import type { ActivityKind } from "../../bus/changeBus.js";

export interface ActivityEvent {
  readonly templateId: string;
  readonly kind: ActivityKind;
  /** Null where nobody did it. */
  readonly userId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
