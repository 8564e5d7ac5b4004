/** What commands for guests work with; wired once in server.ts. */
import type { Guest } from "../../domain/access/access.js";
import type { GuestBounds, GuestStore } from "../../storage/guests/guestStore.js";

/** What tells tokens of guests from those of people. */
export const GUEST_TOKEN_PREFIX = "guest_";

export interface GuestServices {
  readonly store: GuestStore;
  readonly tokens: GuestTokens;
  readonly settings: GuestSettings;
}

export interface GuestSettings extends GuestBounds {
  /** Whether anything may be read without an account, whatever links and templates say. */
  readonly guests: boolean;
  readonly guestSessionSeconds: number;
}

/** Tokens that say which session of a guest a request belongs to. */
export interface GuestTokens {
  /** Good until the instant, in milliseconds since the epoch. */
  issue(guest: Guest, expiresAt: number): Promise<string>;
  verify(token: string): Promise<GuestProof | undefined>;
  /** A hash of an address, in hex, that tells it to nobody without the secret; the same on every node. */
  hashOrigin(addressKey: string): string;
}

export interface GuestProof {
  readonly guest: Guest;
  readonly expiresAt: number;
}
