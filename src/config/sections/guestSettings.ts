/** Whether anything may be read without an account, and how many do. */
import { optionalFlag } from "../setting.js";
import { numberSettings } from "../numberSettings.js";

export const guestSettings = {
  guests: optionalFlag(
    "GUESTS",
    "let share links and public templates that are set to be open to guests be read without an account",
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
        description: "seconds that a guest's token is valid; then the link is opened again",
        max: 86_400,
      },
      guestSessionsPerLinkMax: {
        description:
          "sessions of guests that run at once by one share link, and on one template that is open itself",
      },
      guestSessionsMax: { description: "the same on all templates together" },
      addressGuestSessionsPerLinkMax: {
        description:
          "of the sessions of guests by one share link, or on one template that is open itself, those that run from one address",
      },
      addressGuestSessionsMax: {
        description: "of the sessions of guests on all templates together, those from one address",
      },
    },
  ),
};
