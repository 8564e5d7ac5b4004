/** What commands on teams work with, on a database. */
import { defaultTeamLimits, type TeamServices } from "../../src/commands/teams/teamServices.js";
import type { PrismaClient } from "../../src/storage/generated/prisma/client.js";
import type { TellInboxes } from "../../src/storage/notificationStore.js";
import { PrismaProjectStore } from "../../src/storage/prismaProjectStore.js";
import { PrismaShareLinkStore } from "../../src/storage/prismaShareLinkStore.js";
import { PrismaTeamStore } from "../../src/storage/prismaTeamStore.js";

export function databaseTeams(prisma: PrismaClient, tell: TellInboxes = () => {}): TeamServices {
  return {
    teams: new PrismaTeamStore(prisma, tell),
    projects: new PrismaProjectStore(prisma, undefined, tell),
    shareLinks: new PrismaShareLinkStore(prisma),
    limits: defaultTeamLimits,
  };
}
