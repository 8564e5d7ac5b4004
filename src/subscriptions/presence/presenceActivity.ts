/** Whether somebody who has a template open is at it, told from when they last did something. */
import type { PresenceActivity, PresenceEntry, ShownPresence } from "../../bus/presenceEntry.js";
import type { PresenceSettings } from "./presenceSettings.js";
import type { RosterNews } from "./roster.js";

type Times = Pick<PresenceSettings, "presenceIdleMs" | "presenceAwayMs">;

/** When the person last did something that shows, milliseconds since the epoch. */
export function lastActiveAt({ life, updatedAt }: PresenceEntry): number {
  return life?.lastActiveAt ?? updatedAt;
}

export function activityOf(
  entry: PresenceEntry,
  now: number,
  { presenceIdleMs, presenceAwayMs }: Times,
): PresenceActivity {
  const quietMs = now - lastActiveAt(entry);
  if (quietMs >= presenceAwayMs) return "AWAY";
  return quietMs >= presenceIdleMs ? "IDLE" : "ACTIVE";
}

export function shownAt(entry: PresenceEntry, now: number, times: Times): ShownPresence {
  return { ...entry, activity: activityOf(entry, now, times) };
}

export function shownNews({ joined, moved, left }: RosterNews, now: number, times: Times) {
  const show = (entry: PresenceEntry) => shownAt(entry, now, times);
  return { joined: joined.map(show), moved: moved.map(show), left: left.map(show) };
}
