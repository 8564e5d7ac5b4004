/** How long sessions last and how many there may be. */
import { defaultSessionSettings } from "../../sessions/sessionSettings.js";
import { numberSettings } from "../numberSettings.js";

/** What a timer can wait, with room for sums. */
const MS_MAX = 86_400_000;

export const sessionSettings = numberSettings(defaultSessionSettings, {
  sessionGraceMs: {
    description:
      "milliseconds that a session lasts after its last heartbeat; it ends at most SESSION_RENEW_MS later",
    max: MS_MAX,
  },
  sessionRenewMs: {
    description:
      "milliseconds between two heartbeats of a node, which renew its sessions and end expired ones",
    min: 50,
    max: MS_MAX,
  },
  sessionsPerTemplateMax: { description: "concurrent sessions of one template" },
  sessionsPerUserMax: { description: "concurrent sessions of one user, on all templates together" },
  sessionsPerUserAndTemplateMax: { description: "concurrent sessions of one user on one template" },
  knownSessionsMax: {
    description: "sessions cached in a node's memory, besides those of its own connections",
  },
});
