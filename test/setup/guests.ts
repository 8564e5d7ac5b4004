/** Guests on the services of a test. */
import { createGuestTokens } from "../../src/accounts/guestTokens.js";
import type { GuestServices, GuestSettings } from "../../src/commands/guests/guestServices.js";
import { systemClock, type Clock } from "../../src/platform/clock.js";
import type { GuestStore } from "../../src/storage/guests/guestStore.js";

const settings: GuestSettings = {
  guests: true,
  guestSessionSeconds: 900,
  guestSessionsPerLinkMax: 1_000,
  guestSessionsMax: 20_000,
  addressGuestSessionsPerLinkMax: 200,
  addressGuestSessionsMax: 2_000,
};

export function testGuests(store: GuestStore, clock: Clock = systemClock): GuestServices {
  const tokens = createGuestTokens("a secret for tests of 32 bytes and more", clock);
  return { store, tokens, settings: { ...settings } };
}
