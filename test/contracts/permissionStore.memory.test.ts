import { randomUUID } from "node:crypto";
import { MemoryPermissionStore } from "../twins/memoryPermissionStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { newTemplate } from "./storedOperations.js";
import { describePermissionStore } from "./permissionStore.js";

describePermissionStore("memory", async () => {
  const templates = new MemoryTemplateStore();
  const known = new Set<string>();
  const proven = new Map<string, string>();
  const store = new MemoryPermissionStore(
    templates,
    Date.now,
    (id) => known.has(id),
    (email) => proven.get(email),
  );
  const added = () => {
    const id = randomUUID();
    known.add(id);
    return id;
  };
  return {
    store,
    newUser: async () => added(),
    newAccount: async (email, isProven) => {
      const id = added();
      if (isProven) proven.set(email, id);
      return id;
    },
    newTemplate: async (authorId) => {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    head: async (templateId) => (await templates.heads([templateId])).get(templateId),
    commit: (commit) => templates.commit(commit),
    newTeam: async (ownerId, templateId) => {
      const teamId = added();
      store.teamMembers.push({ teamId, userId: ownerId, role: "OWNER" });
      if (templateId !== undefined) store.teamOf.set(templateId, teamId);
      return teamId;
    },
    join: async (teamId, userId, role) => {
      store.teamMembers.push({ teamId, userId, role });
      for (const [templateId, its] of store.teamOf) {
        if (its === teamId) await templates.changeAccess(templateId, () => true);
      }
    },
    close: async () => {},
  };
});
