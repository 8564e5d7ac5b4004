/** Tells those who look that the set of a template's locks changed. */
import type { Services } from "../services.js";

/** `userId` is whose doing it was, null where a lease ran out. */
export function tellLocks(
  { bus, clock }: Pick<Services, "bus" | "clock">,
  templateId: string,
  kind: "LOCKED" | "UNLOCKED",
  userId: string | null,
): void {
  bus.publish({ kind: "locks", templateId });
  bus.publish({ kind: "activity", templateId, activity: { kind, userId, at: clock.now() } });
}
