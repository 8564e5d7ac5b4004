/** Clients that do not read what they asked for: over HTTP, as event streams and on WebSockets. */
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { BytesUnderWay } from "../../src/limits/work/bytesUnderWay.js";
import { closeCodes } from "../../src/subscriptions/transports/closeCodes.js";
import {
  newAuthor,
  query,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

/** More than the kernel takes for a client that does not read. */
const ALIASES = 24;

let server: TestServer;
let ada: Author;
let ben: Author;

beforeAll(async () => {
  server = await startTestServer({
    ANSWER_STALLED_MS_MAX: "1500",
    ANSWER_BYTES_PER_USER_MAX: "5000000",
    WEB_SOCKET_BUFFER_BYTES_MAX: "100000",
  });
  [ada, ben] = [await newAuthor(server), await newAuthor(server)];
  for (const { token, templateId } of [ada, ben]) {
    const operation = {
      ...{ id: "large", type: "UPDATE_CANVAS", target: {} },
      payload: Object.fromEntries(
        Array.from({ length: 100 }, (_, n) => [`p${n}`, "x".repeat(9_000)]),
      ),
    };
    const { json } = await query(
      server,
      `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename ... on UserError { message } } }`,
      { input: { templateId, baseVersion: 1, operations: [operation] } },
      token,
    );
    expect(json.data).toEqual({ applyOperations: { __typename: "OperationsApplied" } });
  }
});
afterAll(() => server.close());

function large({ templateId }: Author): string {
  const fields = Array.from({ length: ALIASES }, (_, n) => `a${n}: designData`).join(" ");
  return `{ template(id: "${templateId}") { ${fields} } }`;
}

/** Asks over a connection of its own and reads nothing. */
function ask(author: Author, accept = "application/json"): Socket {
  const body = JSON.stringify({ query: large(author) });
  const socket = connect(server.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: ${accept}\r\n` +
      `Authorization: Bearer ${author.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

const who = async ({ token }: Author) => {
  const { status, json } = await query(server, "{ viewer { id } }", {}, token);
  return json.errors?.[0]?.extensions?.code ?? status;
};

describe("an answer that nobody reads", () => {
  test.each(["application/json", "text/event-stream"])(
    "LIM-38 as %s is held against its person alone, and cut after a while",
    async (accept) => {
      const sockets = [ask(ada, accept)];
      await expect.poll(() => who(ada)).toBe("RATE_LIMITED");
      sockets.push(ask(ada, accept), ask(ada, accept));
      expect(await who(ben)).toBe(200);
      // Nobody lets go but the server.
      await expect.poll(() => who(ada)).toBe(200);
      for (const socket of sockets) socket.destroy();
    },
  );

  test("LIM-38 whose connection ends makes room at once", async () => {
    const socket = ask(ada);
    await expect.poll(() => who(ada)).toBe("RATE_LIMITED");
    socket.destroy();
    await expect.poll(() => who(ada)).toBe(200);
  });

  test("LIM-38 on a WebSocket is closed with 4410", async () => {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    const code = new Promise<number>((resolve) => socket.once("close", resolve));
    await new Promise((resolve) => socket.once("open", resolve));
    const acknowledged = new Promise((resolve) => socket.once("message", resolve));
    const payload = { authorization: `Bearer ${ada.token}` };
    socket.send(JSON.stringify({ type: "connection_init", payload }));
    await acknowledged;
    socket.pause();
    for (const id of ["1", "2", "3"]) {
      socket.send(JSON.stringify({ id, type: "subscribe", payload: { query: large(ada) } }));
    }
    await expect.poll(() => who(ada)).toBe("RATE_LIMITED");
    await expect.poll(() => who(ada)).toBe(200);
    socket.resume();
    expect([closeCodes.slowReader, 1_006]).toContain(await code);
  });
});

test("LIM-38 a slow client that reads on gets all of its answer", async () => {
  const socket = ask(ada);
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    // Some at a time: all of it takes longer than an answer may stand still.
    socket.pause();
    setTimeout(() => socket.resume(), 20);
  });
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  await Promise.race([
    ended,
    expect.poll(() => bytes, { timeout: 60_000, interval: 50 }).toBeGreaterThan(ALIASES * 900_000),
  ]);
  expect(bytes).toBeGreaterThan(ALIASES * 900_000);
  socket.destroy();
});

test("LIM-38 counts by person and on the node; who reads everything gets any answer", () => {
  const answers = new BytesUnderWay({ ofOneMax: 1_000_000, ofAllMax: 3_000_000 });
  expect(answers.hasRoom("a", 2_000_000)).toBe(true);
  const leave = answers.enter("a", 2_000_000);
  expect([answers.isFull("a"), answers.isFull("b")]).toEqual([true, false]);
  expect([answers.hasRoom("a", 100_000), answers.hasRoom("a", 1_000)]).toEqual([false, true]);
  expect([answers.hasRoom("b", 900_000), answers.hasRoom("b", 1_100_000)]).toEqual([true, false]);
  answers.enter("b", 1_000_000);
  expect([answers.isFull("c"), answers.hasRoom("c", 900_000)]).toEqual([false, false]);
  leave();
  leave();
  expect(answers.bytes).toBe(1_000_000);
  expect([answers.isFull("a"), answers.isFull("b")]).toEqual([false, true]);
  expect(answers.hasRoom("c", 900_000)).toBe(true);
});
