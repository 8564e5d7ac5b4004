/** How long sessions last and how many there may be; each name carries its unit. */
import type { SessionBounds } from "../storage/sessions/sessionStore.js";

export interface SessionSettings extends SessionBounds {
  /** What a session outlasts without a sign of life, at least; one renewal more at most. */
  readonly sessionGraceMs: number;
  /** How often a node renews the sessions it holds, and ends those that nobody renewed. */
  readonly sessionRenewMs: number;
  /** Sessions in a node's memory beside those that it holds. */
  readonly knownSessionsMax: number;
}

export const defaultSessionSettings: SessionSettings = {
  sessionGraceMs: 30_000,
  sessionRenewMs: 10_000,
  sessionsPerTemplateMax: 2_000,
  sessionsPerUserMax: 200,
  sessionsPerUserAndTemplateMax: 50,
  knownSessionsMax: 20_000,
};

/** How long the database keeps a session after each sign of life: a node may die right before it would renew. */
export function leaseMsOf(settings: SessionSettings): number {
  return settings.sessionGraceMs + settings.sessionRenewMs;
}
