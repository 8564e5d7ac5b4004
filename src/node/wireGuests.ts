/** Guests of one node, put together for server.ts: people who read without an account. */
import { createGuestTokens } from "../accounts/guestTokens.js";
import type { GuestServices } from "../commands/guests/guestServices.js";
import type { Config } from "../config/readConfig.js";
import { keptSecrets } from "../config/secrets.js";
import type { Clock } from "../platform/clock.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import { PrismaGuestStore } from "../storage/guests/prismaGuestStore.js";

export function wireGuests(config: Config, prisma: PrismaClient, clock: Clock): GuestServices {
  const { guests = true, ...settings } = config.guests;
  const secret = config.accounts.jwtSecret ?? keptSecrets(config.server.dataDir).jwtSecret;
  return {
    store: new PrismaGuestStore(prisma),
    tokens: createGuestTokens(secret, clock),
    settings: { ...settings, guests },
  };
}
