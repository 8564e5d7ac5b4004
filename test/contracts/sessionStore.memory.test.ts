import { randomUUID } from "node:crypto";
import { MemorySessionStore } from "../twins/memorySessionStore.js";
import { describeSessionStore } from "./sessionStore.js";

describeSessionStore("memory", async () => ({
  store: new MemorySessionStore(() => Date.now()),
  newUser: async () => randomUUID(),
  newTemplate: async () => randomUUID(),
  close: async () => {},
}));
