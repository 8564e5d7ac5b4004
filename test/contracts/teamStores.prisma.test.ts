import { PrismaPermissionStore } from "../../src/storage/access/prismaPermissionStore.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { databaseTeams } from "../setup/databaseTeams.js";
import { newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";
import { describeTeamStores } from "./teamStores.js";

describeTeamStores("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  const permissions = new PrismaPermissionStore(database.prisma);
  const users = new PrismaUserStore(database.prisma);
  return {
    ...databaseTeams(database.prisma),
    proveEmail: (userId, email) => users.confirmEmail(userId, email, Date.now()),
    async newUser() {
      const id = await newUser();
      return { id, email: (await users.findById(id))?.email ?? "" };
    },
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    async head(templateId) {
      const head = (await templates.heads([templateId])).get(templateId);
      if (head === undefined) throw new Error("the template is gone");
      return head;
    },
    async roleOf(templateId, userId) {
      const [stored] = await permissions.readGrants([{ templateId, userId }]);
      return stored?.grant.role ?? null;
    },
    close,
  };
});
