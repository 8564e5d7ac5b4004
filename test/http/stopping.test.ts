/** What requests get that arrive while their node stops. */
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AnswerWatch } from "../../src/http/answerWatch.js";
import { drainHttpServer } from "../../src/http/httpServer.js";
import { createPageOrigins } from "../../src/http/pageOrigins.js";
import { RequestLog } from "../../src/http/requestLog.js";
import { createRoutes } from "../../src/http/routes.js";
import { systemClock } from "../../src/platform/clock.js";
import { createLogger } from "../../src/platform/logging.js";

describe("a node that stops", () => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const logger = createLogger("silent");
    const routes = createRoutes({
      graphql: () => Promise.reject(new Error("a node that stops took a request")),
      graphiql: undefined,
      accountPages: { serves: () => false, respond: async () => undefined },
      health: {
        askDatabase: async () => undefined,
        diskFull: () => false,
        busHealthy: () => true,
        stopping: () => true,
      },
      answers: new AnswerWatch(systemClock, 60_000),
      origins: createPageOrigins({
        listed: ["https://app.example"],
        allowsLoopback: false,
        warn: () => undefined,
      }),
      hstsSeconds: 0,
      logger,
      log: new RequestLog(logger),
      originOf: () => ({ address: "", requestId: "a-request" }),
    });
    server = createServer(routes);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.for([
    ["that is whole", undefined],
    ["whose body is on its way", "x".repeat(1_000_000)],
  ] as const)("API-31: says when to come back to a request %s", async ([, body]) => {
    const origin = "https://app.example";
    const parts = body === undefined ? { method: "GET" } : { method: "POST", body };
    const response = await fetch(url, { ...parts, headers: { origin } });
    expect(response.status).toBe(503);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: "this node is stopping; try again",
          extensions: { code: "UNAVAILABLE", retryAfterMs: 1_000 },
        },
      ],
    });
  });

  test("API-31 answers a connection that waits to be accepted while the event loop is busy", async () => {
    const busy = createServer((_request, response) => void response.writeHead(503).end("stopping"));
    await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
    const drained = drainHttpServer(busy);
    const socket = connect((busy.address() as AddressInfo).port, "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    const answered = text(socket);
    // The connection is made in the next tick; after that nothing runs until the time of the drain is over.
    process.nextTick(() =>
      queueMicrotask(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)),
    );
    expect(await answered).toContain("HTTP/1.1 503");
    await drained;
  });
});
