/**
 * Teams, projects and share links of one node, and what a day removes: links, invitations and tokens that are over, sessions of
 * guests that ran out, who used links long ago, old notifications, the bin.
 */
import type { Closers } from "../platform/closers.js";
import type { GuestServices } from "../commands/guests/guestServices.js";
import type { NotificationServices } from "../commands/notifications/notificationServices.js";
import type { TeamServices } from "../commands/teams/teamServices.js";
import type { Config } from "../config/readConfig.js";
import type { Clock } from "../platform/clock.js";
import type { Paced } from "../live/pace.js";
import type { Logger } from "../platform/logging.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import type { CredentialStore } from "../storage/credentials/credentialStore.js";
import type { TellInboxes } from "../storage/notifications/notificationStore.js";
import { PrismaProjectStore } from "../storage/teams/prismaProjectStore.js";
import { PrismaShareLinkStore } from "../storage/access/prismaShareLinkStore.js";
import { PrismaTeamStore } from "../storage/teams/prismaTeamStore.js";
import { DAY_MS, purgeBin } from "../storage/templates/templateBin.js";

export function wireTeams(
  { teams: limits }: Config,
  prisma: PrismaClient,
  pace: Paced,
  tell: TellInboxes,
): TeamServices {
  return {
    teams: new PrismaTeamStore(prisma, tell),
    projects: new PrismaProjectStore(prisma, (steps) => pace.taken(steps), tell),
    shareLinks: new PrismaShareLinkStore(prisma),
    limits,
  };
}

interface RemovalParts {
  readonly team: TeamServices;
  readonly credentials: Pick<CredentialStore, "dropExpiredOneTimeTokens">;
  readonly guests: Pick<GuestServices, "store">;
  readonly notifications: NotificationServices;
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Begins now, and again once a day. Every node does this; of those that meet, one finds something to do. */
export function removeDaily({ teams }: Config, parts: RemovalParts): void {
  const { team, guests, notifications, credentials, prisma, clock, logger } = parts;
  repeat(parts, DAY_MS, "expired share links could not be removed", async () => {
    await team.shareLinks.dropExpired();
  });
  repeat(parts, DAY_MS, "expired invitations could not be removed", async () => {
    await team.teams.dropExpiredInvitations(clock.now());
  });
  repeat(parts, DAY_MS, "expired one-time tokens could not be removed", async () => {
    await credentials.dropExpiredOneTimeTokens(clock.now());
  });
  repeat(parts, DAY_MS, "old uses of share links could not be removed", async () => {
    await team.shareLinks.dropUses(clock.now() - teams.shareLinkUseDaysMax * DAY_MS);
  });
  repeat(parts, DAY_MS, "old notifications could not be removed", async () => {
    await notifications.store.dropBefore(clock.now() - teams.notificationDaysMax * DAY_MS);
  });
  repeat(parts, DAY_MS, "ended guest sessions could not be removed", async () => {
    await guests.store.dropExpired(clock.now());
  });
  repeat(parts, DAY_MS, "deleted templates could not be erased", async (isOpen) => {
    const binnedThrough = clock.now() - teams.templateBinDaysMax * DAY_MS;
    const removed = await purgeBin(prisma, binnedThrough, isOpen);
    if (removed > 0) logger.info({ removed }, "erased deleted templates");
  });
}

/** Does the work now and again so many milliseconds after it is done. A failure is warned of and made up for later. */
function repeat(
  { clock, logger, closers }: Pick<RemovalParts, "clock" | "logger" | "closers">,
  pauseMs: number,
  failure: string,
  work: (isOpen: () => boolean) => Promise<void>,
): void {
  let isOpen = true;
  let cancel = () => {};
  let running = Promise.resolve();
  const turn = async () => {
    await work(() => isOpen).catch((error: unknown) => logger.warn({ error }, failure));
    if (isOpen) cancel = clock.after(pauseMs, start);
  };
  const start = () => void (running = turn());
  start();
  closers.add(async () => {
    isOpen = false;
    cancel();
    await running;
  });
}
