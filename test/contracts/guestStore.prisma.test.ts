import { PrismaGuestStore } from "../../src/storage/guests/prismaGuestStore.js";
import { PrismaPermissionStore } from "../../src/storage/access/prismaPermissionStore.js";
import { PrismaShareLinkStore } from "../../src/storage/access/prismaShareLinkStore.js";
import { describeGuestStore } from "./guestStore.js";
import { newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeGuestStore("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  const { prisma } = database;
  return {
    guests: new PrismaGuestStore(prisma),
    shareLinks: new PrismaShareLinkStore(prisma),
    permissions: new PrismaPermissionStore(prisma),
    newUser,
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    describe: (templateId, change) => templates.updateDetails(templateId, change, Date.now()),
    setDeleted: (templateId, deletedAt) => templates.setDeleted(templateId, deletedAt),
    head: async (templateId) => (await templates.heads([templateId])).get(templateId)!,
    close,
  };
});
