/** How long sessions last and how many there may be. */
import { defaultSessionSettings } from "../../sessions/sessionSettings.js";
import { numberSettings } from "../numberSettings.js";

/** What a timer can wait, with room for sums. */
const MS_MAX = 86_400_000;

export const sessionSettings = numberSettings(defaultSessionSettings, {
  sessionGraceMs: {
    description:
      "milliseconds that a session outlasts its last sign of life, at least; SESSION_RENEW_MS more at most",
    max: MS_MAX,
  },
  sessionRenewMs: {
    description:
      "milliseconds between two heartbeats of a node, which renew its sessions and end those that no node renewed",
    min: 50,
    max: MS_MAX,
  },
  sessionsPerTemplateMax: { description: "sessions of one template at once" },
  sessionsPerUserMax: { description: "sessions of one person at once, on all templates together" },
  sessionsPerUserAndTemplateMax: { description: "sessions of one person at once on one template" },
  knownSessionsMax: {
    description: "sessions in a node's memory beside those that its connections hold",
  },
});
