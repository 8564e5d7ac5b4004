import { PrismaConflictStore } from "../../src/storage/conflicts/prismaConflictStore.js";
import { describeConflictStore } from "./conflictStore.js";
import { newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeConflictStore("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  return {
    store: new PrismaConflictStore(database.prisma),
    templates,
    newUser,
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    close,
  };
});
