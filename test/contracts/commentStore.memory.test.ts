import { randomUUID } from "node:crypto";
import { MemoryCommentStore } from "../twins/memoryCommentStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { describeCommentStore } from "./commentStore.js";
import { newTemplate } from "./storedOperations.js";

describeCommentStore("memory", async () => {
  const templates = new MemoryTemplateStore();
  return {
    store: new MemoryCommentStore(templates),
    newUser: async () => randomUUID(),
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    close: async () => {},
  };
});
