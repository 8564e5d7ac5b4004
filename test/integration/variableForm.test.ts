/** Variables of a wrong form are refused at their first fault, however large they are; long messages are counted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "node:net";
import { WebSocket } from "ws";
import {
  newAuthor,
  query,
  send,
  socketUntilClosed,
  startTestServer,
  type TestServer,
} from "./runningServer.js";

const MARK = `mutation ($input: MarkCommentsReadInput!) { markCommentsRead(input: $input) { __typename } }`;
const FOLLOW = `subscription ($id: ID!, $viewport: ViewportInput) {
  templateChanged(templateId: $id, viewport: $viewport) { toVersion } }`;

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ HTTP_ANONYMOUS_BODY_BYTES_MAX: "20_000" });
  ({ token } = await newAuthor(server));
});
afterAll(() => server.close());

const manyKeys = Object.fromEntries(
  Array.from({ length: 20_000 }, (_, n) => [`templateIt${n}`, n]),
);

describe("LIM-78 variables", () => {
  test.each<[string, object, string]>([
    ["unknown fields", { input: manyKeys }, 'Variable "$input.templateIt0" is not a known field.'],
    [
      "a missing field beside large values",
      { input: { threadIds: Array(5_000).fill("a") } },
      'Variable "$input.templateId" is required.',
    ],
    [
      "an object for a single value",
      { input: { templateId: manyKeys } },
      'Variable "$input.templateId" must be a single value, not a list or an object.',
    ],
    [
      "an object for an item of a list",
      { input: { templateId: "t", threadIds: ["a", manyKeys] } },
      'Variable "$input.threadIds[1]" must be a single value, not a list or an object.',
    ],
    [
      "a list that is too long",
      { input: { templateId: "t", threadIds: Array(60_000).fill("a") } },
      'Variable "$input.threadIds" must hold at most 50000 items.',
    ],
    ["a list for an object", { input: [[1]] }, 'Variable "$input" must be an object.'],
    [
      "a thousand that nobody declared",
      { ...manyKeys, input: { templateId: "t" } },
      "at most 1000 variables are allowed",
    ],
  ])("with %s are refused with one short error", async (_name, variables, message) => {
    const { json, text } = await query(server, MARK, variables, token);
    expect(json.errors).toMatchObject([{ message, extensions: { code: "BAD_USER_INPUT" } }]);
    expect(json.errors).toHaveLength(1);
    expect(text.length).toBeLessThan(1_000);
  });

  test("of a subscription are held to the same", async () => {
    const subscribe = {
      ...{ id: "1", type: "subscribe" },
      payload: { query: FOLLOW, variables: { id: "t", viewport: manyKeys } },
    };
    const init = { type: "connection_init", payload: { authorization: `Bearer ${token}` } };
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    const answer = await new Promise<string>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("close", reject);
      socket.on("open", () => {
        for (const message of [init, subscribe]) socket.send(JSON.stringify(message));
      });
      socket.on("message", (data: Buffer) => {
        if (!data.toString().includes("connection_ack")) resolve(data.toString());
      });
    });
    socket.terminate();
    expect(answer).toContain('Variable \\"$viewport.templateIt0\\" is not a known field.');
    expect(answer.length).toBeLessThan(1_000);
  });
});

describe("LIM-79 messages on a WebSocket", () => {
  const init = (payload?: object) => JSON.stringify({ type: "connection_init", payload });
  const long = (bytes: number) => ({ a: "x".repeat(bytes) });

  test.each(["ping", "pong", "complete"])("a long %s ends the socket", async (type) => {
    const authorization = `Bearer ${token}`;
    const message = JSON.stringify({ type, id: "1", payload: long(10_000) });
    expect((await socketUntilClosed(server, [init({ authorization }), message])).code).toBe(4_400);
  });

  test("are no longer than a body for who is not signed in", async () => {
    const message = JSON.stringify({
      id: "1",
      type: "subscribe",
      payload: { query: "{ viewer { id } }", variables: long(30_000) },
    });
    expect((await socketUntilClosed(server, [init(), message])).code).toBe(1_009);
  });
});

describe("LIM-79 a message whose end does not come", () => {
  test("ends its socket, also where pings come in between", async () => {
    const impatient = await startTestServer({ HTTP_REQUEST_MS: "2000", HTTP_HEADERS_MS: "1000" });
    const socket = new WebSocket(impatient.wsUrl, "graphql-transport-ws");
    const pings = setInterval(() => socket.readyState === socket.OPEN && socket.ping("x"), 100);
    try {
      const code = await new Promise<number>((resolve, reject) => {
        socket.on("error", reject);
        socket.on("close", resolve);
        socket.on("open", () => {
          socket.send(JSON.stringify({ type: "connection_init", payload: {} }));
        });
        socket.on("message", () => socket.send("x".repeat(100_000), { fin: false }));
      });
      expect(code).toBe(1_013);
    } finally {
      clearInterval(pings);
      await impatient.close();
    }
  });
});

describe("LIM-79 bytes of messages", () => {
  test("are counted against the address", async () => {
    const small = await startTestServer({ ADDRESS_REQUESTS_PER_MINUTE_MAX: "20" });
    try {
      const large = { query: "{ viewer { id } }", variables: { a: "x".repeat(8_192 * 12) } };
      const messages = ["1", "2", "3", "4", "5"].map((id) =>
        JSON.stringify({ id, type: "subscribe", payload: large }),
      );
      const init = JSON.stringify({ type: "connection_init" });
      expect((await socketUntilClosed(small, [init, ...messages])).code).toBe(1_013);
    } finally {
      await small.close();
    }
  });
});

describe("LIM-90 bodies that are being sent", () => {
  test("leave no room for more large ones of their sender, and none of others'", async () => {
    const head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    const large = await startTestServer({ BODY_BYTES_PER_USER_MAX: "1_000_000" });
    try {
      const author = await newAuthor(large);
      const other = await newAuthor(large);
      const sending = connect(large.port, "127.0.0.1");
      sending.on("error", () => undefined);
      sending.write(
        `${head}authorization: Bearer ${author.token}\r\ncontent-length: 900000\r\n\r\n{`,
      );
      const body = JSON.stringify({
        query: "{ viewer { id } }",
        variables: { a: "x".repeat(200_000) },
      });
      const statusOf = async (by: string) =>
        (await send(large, { body, headers: { authorization: `Bearer ${by}` } })).status;
      await expect.poll(() => statusOf(author.token)).toBe(429);
      expect(await statusOf(other.token)).toBe(200);
      expect((await query(large, "{ viewer { id } }", {}, author.token)).status).toBe(200);
      sending.destroy();
      await expect.poll(() => statusOf(author.token)).toBe(200);
    } finally {
      await large.close();
    }
  });
});
