import { MemoryNodeRegistry } from "../../src/cluster/memoryNodeRegistry.js";
import { systemClock } from "../../src/platform/clock.js";
import { nodeRegistryContract } from "./nodeRegistry.js";

nodeRegistryContract("in memory", {
  async open(times) {
    const registry = new MemoryNodeRegistry(systemClock, times);
    return { here: registry, there: registry };
  },
  close: async () => {},
});
