/** Lets the beginning and the end of sessions show in presence and in the activity of their templates. */
import type { Clock } from "../../platform/clock.js";
import type { Session, Sessions } from "../../sessions/sessions.js";
import type { ActivityKind, ChangeBus } from "../../bus/changeBus.js";
import type { PresenceRooms } from "./presenceRooms.js";

export interface ShownSessions {
  readonly sessions: Pick<Sessions, "listen">;
  readonly presence: Pick<PresenceRooms, "enter" | "leave" | "renewed">;
  readonly bus: Pick<ChangeBus, "publish">;
  readonly clock: Pick<Clock, "now">;
}

/** Shows sessions until the returned function is called. Who comes back within the grace period has not left. */
export function showSessions({ sessions, presence, bus, clock }: ShownSessions): () => void {
  const tell = (kind: ActivityKind, { templateId, userId }: Session): void =>
    bus.publish({ kind: "activity", templateId, activity: { kind, userId, at: clock.now() } });
  return sessions.listen({
    started(session, resumed) {
      presence.enter(session);
      if (!resumed) tell("JOINED", session);
    },
    gone: (session) => presence.leave(session),
    renewed: (renewed) => presence.renewed(renewed),
    ended(session) {
      presence.leave(session);
      tell("LEFT", session);
    },
  });
}
