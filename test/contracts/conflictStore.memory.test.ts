import { randomUUID } from "node:crypto";
import { MemoryConflictStore } from "../twins/memoryConflictStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { describeConflictStore } from "./conflictStore.js";
import { newTemplate } from "./storedOperations.js";

describeConflictStore("memory", async () => {
  const templates = new MemoryTemplateStore();
  return {
    store: new MemoryConflictStore(templates),
    templates,
    newUser: async () => randomUUID(),
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    close: async () => {},
  };
});
