import { MemoryUserStore } from "../../src/storage/memoryUserStore.js";
import { describeUserStore } from "./userStore.js";

describeUserStore("memory", async () => ({
  store: new MemoryUserStore(),
  close: async () => {},
}));
