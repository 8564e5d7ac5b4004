import { randomUUID } from "node:crypto";
import { MemoryNotificationStore } from "../twins/memoryNotificationStore.js";
import { describeNotificationStore } from "./notificationStore.js";

describeNotificationStore("memory", async () => {
  const known = new Set<string>();
  return {
    store: new MemoryNotificationStore((userId) => known.has(userId)),
    async newUser() {
      const id = randomUUID();
      known.add(id);
      return id;
    },
    close: async () => {},
  };
});
