import { MemoryPresenceStore } from "../../src/subscriptions/presence/stores/memoryPresenceStore.js";
import { presenceStoreContract } from "./presenceStore.js";

let now = 1_700_000_000_000;

presenceStoreContract("memory", {
  open: async () => new MemoryPresenceStore({ monotonic: () => now }, 1_000),
  pass: async (milliseconds) => void (now += milliseconds),
  close: async () => {},
});
