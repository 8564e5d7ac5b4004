/** A server in a process of its own, which tells on request how much its heap holds after a collection. */
import { readConfig } from "../../src/config/readConfig.js";
import { startServer } from "../../src/node/server.js";

declare const gc: () => void;

const server = await startServer(readConfig(process.env));
process.on("message", (message) => {
  if (message === "heap") {
    gc();
    process.send?.({ heapBytes: process.memoryUsage().heapUsed });
  } else {
    void server.close().then(() => process.exit(0));
  }
});
process.on("disconnect", () => process.exit(1));
process.send?.({ port: Number(new URL(server.url).port) });
