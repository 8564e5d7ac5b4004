/** Subscribing to nodes that die at the wrong moment. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ChaosNode } from "./chaosNode.js";
import { subscribe } from "./subscription.js";

test("closing while a connection is on its way that never comes fails nothing", async () => {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on("unhandledRejection", note);
  const silent = createServer().listen(0, "127.0.0.1");
  try {
    await once(silent, "listening");
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/graphql`;
    const accepted = once(silent, "connection") as Promise<[Socket]>;
    let ends = 0;
    const close = subscribe({
      ...{ node: { url } as ChaosNode, token: "", templateId: "t", fromVersion: 1 },
      ...{ received: () => undefined, presence: undefined, ended: () => (ends += 1) },
    });
    const [socket] = await accepted;
    close();
    socket.destroy();
    await once(socket, "close");
    await sleep(100);
    expect({ rejections, ends }).toEqual({ rejections: [], ends: 0 });
  } finally {
    process.off("unhandledRejection", note);
    silent.close();
  }
});
