/** Teams, projects and share links of one node, and the bin that empties itself. */
import type { Closers } from "./closers.js";
import type { TeamServices } from "./commands/teams/teamServices.js";
import type { Config } from "./config.js";
import type { Clock } from "./live/clock.js";
import type { Logger } from "./logging.js";
import type { PrismaClient } from "./storage/generated/prisma/client.js";
import { PrismaProjectStore } from "./storage/prismaProjectStore.js";
import { PrismaShareLinkStore } from "./storage/prismaShareLinkStore.js";
import { PrismaTeamStore } from "./storage/prismaTeamStore.js";
import { DAY_MS, purgeBin } from "./storage/templateBin.js";

export function wireTeams({ teams: limits }: Config, prisma: PrismaClient): TeamServices {
  return {
    teams: new PrismaTeamStore(prisma),
    projects: new PrismaProjectStore(prisma),
    shareLinks: new PrismaShareLinkStore(prisma),
    limits,
  };
}

interface PurgeParts {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Empties the bin now and once a day. Every node does; one at a time finds something to do. */
export function purgeDaily(
  { teams }: Config,
  { prisma, clock, logger, closers }: PurgeParts,
): void {
  let cancel = () => {};
  let running = Promise.resolve();
  let isOpen = true;
  const purge = async () => {
    try {
      const binned = clock.now() - teams.templateBinDaysMax * DAY_MS;
      const removed = await purgeBin(prisma, binned, () => isOpen);
      if (removed > 0) logger.info({ removed }, "templates were removed from the bin for good");
    } catch (error) {
      logger.warn({ error }, "the bin could not be emptied");
    }
    if (isOpen) cancel = clock.after(DAY_MS, start);
  };
  const start = () => void (running = purge());
  start();
  closers.add(async () => {
    isOpen = false;
    cancel();
    await running;
  });
}
