/** What commands on teams work with, on a database. */
import { defaultTeamLimits, type TeamServices } from "../../src/commands/teams/teamServices.js";
import type { PrismaClient } from "../../src/storage/generated/prisma/client.js";
import type { TellInboxes } from "../../src/storage/notifications/notificationStore.js";
import { PrismaProjectStore } from "../../src/storage/teams/prismaProjectStore.js";
import { PrismaShareLinkStore } from "../../src/storage/access/prismaShareLinkStore.js";
import { PrismaTeamStore } from "../../src/storage/teams/prismaTeamStore.js";

export function databaseTeams(prisma: PrismaClient, tell: TellInboxes = () => {}): TeamServices {
  return {
    teams: new PrismaTeamStore(prisma, tell),
    projects: new PrismaProjectStore(prisma, undefined, tell),
    shareLinks: new PrismaShareLinkStore(prisma),
    limits: defaultTeamLimits,
  };
}
