/** What a hostile or broken client can do on a WebSocket. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import {
  newAuthor,
  query,
  raw,
  socketUntilClosed,
  startTestServer,
  type TestServer,
} from "./runningServer.js";

const MESSAGE_BYTES_MAX = 10_000;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    WEB_SOCKET_MESSAGE_BYTES_MAX: String(MESSAGE_BYTES_MAX),
    WEB_SOCKET_INIT_MS: "300",
  });
});
afterAll(() => server.close());

afterEach(async () => {
  expect((await query(server, "{ viewer { id } }")).json).toEqual({ data: { viewer: null } });
});

const init = (payload?: object) => JSON.stringify({ type: "connection_init", payload });
const subscribe = (id: string, document: string, variables: object = {}) =>
  JSON.stringify({ id, type: "subscribe", payload: { query: document, variables } });
const changes = "subscription ($id: ID!) { templateChanged(templateId: $id) { toVersion } }";

describe("a connection", () => {
  test("without connection_init in time is closed", async () => {
    expect((await socketUntilClosed(server, [])).code).toBe(4_408);
  });

  test("that begins with a subscription is closed", async () => {
    expect((await socketUntilClosed(server, [subscribe("1", changes)])).code).toBe(4_401);
  });

  test("that begins twice is closed", async () => {
    expect((await socketUntilClosed(server, [init(), init()])).code).toBe(4_429);
  });

  test.each([{ Authorization: "Bearer nonsense" }, { authorization: 1 }, { Authorization: [] }])(
    "with %o as a token is refused",
    async (payload) => {
      expect((await socketUntilClosed(server, [init(payload)])).code).toBe(4_403);
    },
  );

  test("of another protocol is refused", async () => {
    const { code } = await socketUntilClosed(server, [init()], "graphql-ws").catch(() => ({
      code: 4_406,
    }));
    expect(code).toBe(4_406);
  });

  test("on another path is refused", async () => {
    const socket = new WebSocket(server.wsUrl.replace("/graphql", "/elsewhere"));
    const failure = await new Promise<Error>((resolve) => socket.on("error", resolve));
    expect(failure.message).toMatch(/404|400|socket hang up/);
  });

  test("whose handshake is broken is refused", async () => {
    const head =
      "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
    expect(await raw(server, `${head}Sec-WebSocket-Version: 1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 4/);
  });
});

describe("a message", () => {
  test("at the limit is read, one byte beyond it ends the connection", async () => {
    const padded = (bytes: number) => {
      const empty = init({ pad: "" });
      return init({ pad: "x".repeat(bytes - empty.length) });
    };
    const read = await socketUntilClosed(server, [padded(MESSAGE_BYTES_MAX), init()]);
    expect(read.received[0]?.type).toBe("connection_ack");
    expect((await socketUntilClosed(server, [padded(MESSAGE_BYTES_MAX + 1)])).code).toBe(1_009);
  });

  test.each([
    ["half of JSON", '{"type":'],
    ["a number", "1"],
    ["null", "null"],
    ["a list", "[]"],
    ["an unknown type", '{"type":"nonsense"}'],
    ["no type", "{}"],
    [
      "a subscription without an id",
      '{"type":"subscribe","payload":{"query":"{ viewer { id } }"}}',
    ],
    ["a subscription without a payload", '{"type":"subscribe","id":"1"}'],
    ["an empty id", '{"type":"subscribe","id":"","payload":{"query":"{ viewer { id } }"}}'],
    ["deep JSON", "[".repeat(9_000)],
  ])("%s ends the connection", async (_name, message) => {
    expect((await socketUntilClosed(server, [init(), message])).code).toBe(4_400);
  });

  test("that is binary ends the connection", async () => {
    const { code } = await socketUntilClosed(server, [init(), Buffer.from([0, 255, 1])]);
    expect([4_400, 1_003]).toContain(code);
  });

  test("under an id in use ends the connection", async () => {
    const { token, templateId } = await newAuthor(server);
    const { code } = await socketUntilClosed(server, [
      init({ Authorization: `Bearer ${token}` }),
      subscribe("1", changes, { id: templateId }),
      subscribe("1", changes, { id: templateId }),
    ]);
    expect(code).toBe(4_409);
  });
});

describe("a subscription", () => {
  async function answerTo(document: string, payload?: object): Promise<unknown> {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    return new Promise((resolve) => {
      socket.on("open", () => socket.send(init(payload)));
      socket.on("message", (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { type: string };
        if (message.type === "connection_ack") socket.send(document);
        else {
          resolve(message);
          socket.close();
        }
      });
    });
  }

  test("that does not validate gets an error, and the connection stays", async () => {
    expect(await answerTo(subscribe("1", "subscription { nonsense }"))).toMatchObject({
      id: "1",
      type: "error",
    });
  });

  test("of nobody, and of a template that is not there, tells nothing", async () => {
    const { templateId } = await newAuthor(server);
    const missing = { id: "00000000-0000-7000-8000-000000000000" };
    const forNobody = JSON.stringify(await answerTo(subscribe("1", changes, { id: templateId })));
    const forMissing = JSON.stringify(await answerTo(subscribe("1", changes, missing)));
    expect(forNobody).toBe(forMissing);
  });

  test.each([
    ["templateChanged", changes],
    ["commentChanged", "subscription ($id: ID!) { commentChanged(templateId: $id) { sequence } }"],
    [
      "presenceChanged",
      "subscription ($id: ID!) { presenceChanged(templateId: $id) { joined { sessionId } } }",
    ],
    [
      "templateActivity",
      "subscription ($id: ID!) { templateActivity(templateIds: [$id]) { kind at } }",
    ],
  ])(
    "SUB-37 of %s that was completed while it was opened is not there",
    async (_field, document) => {
      const { token, templateId } = await newAuthor(server);
      const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
      const texts: string[] = [];
      socket.on("message", (data: Buffer) => {
        const { type, payload } = JSON.parse(data.toString()) as {
          type: string;
          payload?: unknown;
        };
        if (type === "next") texts.push(JSON.stringify(payload));
      });
      await new Promise((resolve) => socket.once("open", resolve));
      socket.send(init({ Authorization: `Bearer ${token}` }));
      const begin = subscribe("x", document, { id: templateId });
      for (let pair = 0; pair < 40; pair += 1) {
        socket.send(begin);
        socket.send(JSON.stringify({ id: "x", type: "complete" }));
      }
      socket.send(begin);
      // Each of these is told by one of the fields; the second tells that the first was.
      for (let told = 0; told < 2 || texts.length === 0; told += 1) {
        await new Promise((resolve) => setTimeout(resolve, 150));
        await happen(templateId, token);
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(texts).toEqual([...new Set(texts)]);
      socket.terminate();
    },
  );
});

/** Something that each subscription field tells of. */
async function happen(templateId: string, token: string): Promise<void> {
  const operation = {
    id: randomUUID(),
    type: "UPDATE_CANVAS",
    target: {},
    payload: { fill: randomUUID() },
  };
  const document = `mutation ($apply: ApplyOperationsInput!, $comment: CreateCommentInput!, $join: JoinTemplateInput!) {
    applyOperations(input: $apply) { __typename }
    createComment(input: $comment) { __typename }
    joinTemplate(input: $join) { __typename }
  }`;
  const variables = {
    apply: { templateId, baseVersion: 1, operations: [operation], onConflict: "FORCE" },
    comment: { templateId, id: randomUUID(), body: "said" },
    join: { templateId, clientId: randomUUID() },
  };
  const { json } = await query(server, document, variables, token);
  expect(json.errors).toBeUndefined();
}
