/** What a subscriber of presence is told at once; one object serves everybody who stands at the same revision. */
import type { Lock } from "../../domain/locks/lock.js";
import type { ShownPresence } from "../../bus/presenceEntry.js";
import type { RosterNews } from "./roster.js";

export interface PresenceEvent extends Record<keyof RosterNews, readonly ShownPresence[]> {
  readonly templateId: string;
  /** The template's locks where they changed, else null. */
  readonly locks: readonly Lock[] | null;
  /** Milliseconds since the epoch. */
  readonly serverTimestamp: number;
}
