import { MemoryCredentialStore } from "../../src/storage/memoryCredentialStore.js";
import { MemoryUserStore } from "../../src/storage/memoryUserStore.js";
import { describeCredentialStore } from "./credentialStore.js";

describeCredentialStore("memory", async () => {
  const users = new MemoryUserStore();
  return { store: new MemoryCredentialStore(users), users, close: async () => {} };
});
