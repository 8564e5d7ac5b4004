import { randomUUID } from "node:crypto";
import { MemoryLockStore } from "../twins/memoryLockStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { describeLockStore } from "./lockStore.js";
import { instant } from "./storedOperations.js";

describeLockStore("memory", async () => {
  let now = instant;
  const open = new Set<string>();
  const templates = new MemoryTemplateStore({}, () => now);
  const locks = new MemoryLockStore(templates, ({ id }) => open.has(id));
  return {
    locks,
    templates,
    newUser: async () => randomUUID(),
    async newSession() {
      const id = randomUUID();
      open.add(id);
      return id;
    },
    async endSession(templateId, id) {
      open.delete(id);
      await locks.releaseAll({ templateId, id });
    },
    async pass(milliseconds) {
      now += milliseconds;
    },
    close: async () => {},
  };
});
