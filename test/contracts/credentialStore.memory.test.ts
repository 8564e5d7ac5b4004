import { MemoryCredentialStore } from "../twins/memoryCredentialStore.js";
import { MemoryUserStore } from "../twins/memoryUserStore.js";
import { describeCredentialStore } from "./credentialStore.js";

describeCredentialStore("memory", async () => {
  const users = new MemoryUserStore();
  return { store: new MemoryCredentialStore(users), users, close: async () => {} };
});
