import { randomUUID } from "node:crypto";
import { MemoryConflictStore } from "../../src/storage/memoryConflictStore.js";
import { describeConflictStore } from "./conflictStore.js";

describeConflictStore("memory", async () => ({
  store: new MemoryConflictStore(),
  newUser: async () => randomUUID(),
  newTemplate: async () => randomUUID(),
  close: async () => {},
}));
