import { randomUUID } from "node:crypto";
import { MemoryPermissionStore } from "../twins/memoryPermissionStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { memoryTeams } from "../setup/memoryTeams.js";
import { describeGuestStore } from "./guestStore.js";
import { newTemplate } from "./storedOperations.js";

describeGuestStore("memory", async () => {
  const templates = new MemoryTemplateStore();
  const permissions = new MemoryPermissionStore(templates, Date.now);
  const { guests, shareLinks } = memoryTeams({ templates, permissions });
  return {
    ...{ guests, shareLinks, permissions },
    newUser: async () => randomUUID(),
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    describe: (templateId, change) => templates.updateDetails(templateId, change, 0),
    setDeleted: (templateId, deletedAt) => templates.setDeleted(templateId, deletedAt),
    head: async (templateId) => (await templates.heads([templateId])).get(templateId)!,
    close: async () => {},
  };
});
