import { MemoryUserStore } from "../twins/memoryUserStore.js";
import { describeUserStore } from "./userStore.js";

describeUserStore("memory", async () => ({
  store: new MemoryUserStore(),
  close: async () => {},
}));
