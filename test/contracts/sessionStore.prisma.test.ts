import { PrismaSessionStore } from "../../src/storage/prismaSessionStore.js";
import { describeSessionStore } from "./sessionStore.js";
import { newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeSessionStore("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  return {
    store: new PrismaSessionStore(database.prisma),
    newUser,
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    close,
  };
});
