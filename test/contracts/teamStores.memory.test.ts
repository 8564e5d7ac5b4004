import { randomUUID } from "node:crypto";
import { MemoryPermissionStore } from "../twins/memoryPermissionStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { MemoryUserStore } from "../twins/memoryUserStore.js";
import { memoryTeams } from "../setup/memoryTeams.js";
import { newTemplate } from "./storedOperations.js";
import { describeTeamStores } from "./teamStores.js";

describeTeamStores("memory", async () => {
  const templates = new MemoryTemplateStore();
  const permissions = new MemoryPermissionStore(templates, Date.now);
  const users = new MemoryUserStore();
  return {
    ...memoryTeams({ templates, permissions, users }),
    proveEmail: (userId, email) => users.confirmEmail(userId, email),
    async newUser() {
      const id = randomUUID();
      const email = `${id}@example.org`;
      const rest = { name: "N", passwordHash: null, avatarUrl: null, createdAt: Date.now() };
      await users.create({ id, email, ...rest });
      return { id, email };
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
    close: async () => {},
  };
});
