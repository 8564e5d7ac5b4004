/** Whether anything may be read without an account, and how many do. */
import { optionalFlag } from "../setting.js";
import { numberSettings } from "../numberSettings.js";

export const guestSettings = {
  guests: optionalFlag(
    "GUESTS",
    "permits guest access: share links and public templates that are open to guests can be read without an account",
    "true",
  ),
  ...numberSettings(
    {
      guestSessionSeconds: 900,
      guestSessionsPerLinkMax: 1_000,
      guestSessionsMax: 20_000,
      addressGuestSessionsPerLinkMax: 200,
      addressGuestSessionsMax: 2_000,
    },
    {
      guestSessionSeconds: {
        description: "lifetime of a guest token, in seconds; then the guest opens the link again",
        max: 86_400,
      },
      guestSessionsPerLinkMax: {
        description:
          "concurrent guest sessions by one share link, and on one template that is itself open to guests",
      },
      guestSessionsMax: { description: "the same on all templates together" },
      addressGuestSessionsPerLinkMax: {
        description:
          "concurrent guest sessions from one address by one share link, or on one template that is itself open to guests",
      },
      addressGuestSessionsMax: {
        description: "concurrent guest sessions from one address on all templates together",
      },
    },
  ),
};
