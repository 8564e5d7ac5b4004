import { randomUUID } from "node:crypto";
import { PrismaPermissionStore } from "../../src/storage/access/prismaPermissionStore.js";
import { describePermissionStore } from "./permissionStore.js";
import { newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describePermissionStore("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  const { prisma } = database;
  const now = new Date();
  return {
    store: new PrismaPermissionStore(prisma),
    newUser,
    async newAccount(email, isProven) {
      const id = randomUUID();
      const passwordHash = isProven ? null : "x";
      await prisma.user.create({
        data: { id, email, name: "N", passwordHash, isEmailProven: isProven },
      });
      return id;
    },
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    head: async (templateId) => (await templates.heads([templateId])).get(templateId),
    commit: (commit) => templates.commit(commit),
    async newTeam(ownerId, templateId) {
      const id = randomUUID();
      await prisma.team.create({ data: { id, name: "T", ownerId, createdAt: now } });
      if (templateId !== undefined) {
        await prisma.template.update({ where: { id: templateId }, data: { teamId: id } });
      }
      return id;
    },
    async join(teamId, userId, role) {
      await prisma.teamMember.create({ data: { teamId, userId, role, joinedAt: now } });
    },
    close,
  };
});
