/** Operations of 10 MB, where the limit is set so: over HTTP and WebSocket, and what many of them at once may take. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

const BYTES_MAX = 10_000_000;
const APPLY = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
  __typename ... on OperationsApplied { newVersion } ... on RequestError { code message path } } }`;

let server: TestServer;
let author: Awaited<ReturnType<typeof newAuthor>>;
beforeAll(async () => {
  server = await startTestServer({
    OPERATION_BYTES_MAX: String(BYTES_MAX),
    STRING_UNITS_MAX: String(BYTES_MAX),
    BODY_BYTES_PER_USER_MAX: "15_000_000",
    BODY_BYTES_MAX: "30_000_000",
  });
  author = await newAuthor(server);
});
afterAll(() => server.close());

const inputOf = (templateId: string, id: string, bytes: number) => ({
  templateId,
  baseVersion: 1,
  onConflict: "FORCE",
  operations: [{ id, type: "UPDATE_CANVAS", target: {}, payload: { note: "x".repeat(bytes) } }],
});
const newTemplate = async () => {
  const made = await query(
    server,
    `mutation { createTemplate(input: { name: "Large" }) { ... on TemplateCreated { template { id } } } }`,
    {},
    author.token,
  );
  return (made.json.data as { createTemplate: { template: { id: string } } }).createTemplate
    .template.id;
};

interface Socket {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  /** The next message that is the answer to the id. */
  answer(id: string): Promise<unknown>;
}

/** A connection that is let in. */
async function open(token: string): Promise<Socket> {
  const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
  const waiting = new Map<string, (payload: unknown) => void>();
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  socket.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    socket.on("open", () => {
      const payload = { authorization: `Bearer ${token}` };
      socket.send(JSON.stringify({ type: "connection_init", payload }));
    });
    socket.on("close", reject);
    socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; id: string; payload: unknown };
      if (message.type === "connection_ack") resolve();
      else waiting.get(message.id)?.(message.payload);
    });
  });
  const answer = (id: string) => new Promise<unknown>((resolve) => waiting.set(id, resolve));
  return { socket, closed, answer };
}

const subscribe = (id: string, variables: object) =>
  JSON.stringify({ id, type: "subscribe", payload: { query: APPLY, variables } });

describe("LIM-92 an operation of the largest size", () => {
  test.each(["HTTP", "WebSocket"])(
    "is accepted over %s, and followed and read by others",
    async (way) => {
      const templateId = await newTemplate();
      const follower = await open(author.token);
      const followed = follower.answer("follow");
      follower.socket.send(
        JSON.stringify({
          id: "follow",
          type: "subscribe",
          payload: {
            query:
              "subscription ($id: ID!) { templateChanged(templateId: $id, fromVersion: 1) { toVersion operations { payload } } }",
            variables: { id: templateId },
          },
        }),
      );
      const note = BYTES_MAX - 100;
      const input = inputOf(templateId, "large", note);
      let answer: unknown;
      if (way === "HTTP") {
        answer = (await query(server, APPLY, { input }, author.token)).json;
      } else {
        const { socket, answer: answered } = await open(author.token);
        const result = answered("apply");
        socket.send(subscribe("apply", { input }));
        answer = await result;
        socket.close();
      }
      expect(answer).toEqual({
        data: { applyOperations: { __typename: "OperationsApplied", newVersion: 2 } },
      });
      const change = (await followed) as {
        data: { templateChanged: { operations: { payload: { note: string } }[] } };
      };
      expect(change.data.templateChanged.operations[0]?.payload.note).toHaveLength(note);
      follower.socket.close();
      const read = await query(
        server,
        "query ($id: ID!) { template(id: $id) { operations { nodes { payload } } } }",
        { id: templateId },
        author.token,
      );
      expect(read.text.length).toBeGreaterThan(note);
    },
  );

  test.each(["HTTP", "WebSocket"])(
    "is refused over %s where it is larger, by its place",
    async (way) => {
      const templateId = await newTemplate();
      const variables = { input: inputOf(templateId, "larger", BYTES_MAX) };
      const { socket, answer } = await open(author.token);
      const result = answer("apply");
      if (way === "WebSocket") socket.send(subscribe("apply", variables));
      const told =
        way === "HTTP" ? (await query(server, APPLY, variables, author.token)).json : await result;
      expect(told).toMatchObject({
        data: {
          applyOperations: { code: "PAYLOAD_TOO_LARGE", path: ["operations", "0", "payload"] },
        },
      });
      socket.close();
    },
  );
});

describe("LIM-91 messages that are being sent", () => {
  const part = "x".repeat(2_000_000);

  test("take room of their person and of the node, whatever the connections, and give it back", async () => {
    const others = [await newAuthor(server), await newAuthor(server), await newAuthor(server)];
    const sockets: Socket[] = [];
    /** Sends most of a message whose end does not come. */
    const begin = async (token: string) => {
      const opened = await open(token);
      sockets.push(opened);
      for (let count = 0; count < 4; count += 1) opened.socket.send(part, { fin: false });
      return opened;
    };
    const first = await begin(author.token);
    // One person has room for one of them: the second connection is told to come again later.
    const second = await begin(author.token);
    expect(await Promise.race([second.closed, first.closed])).toBe(1_013);
    for (const other of others) await begin(other.token);
    // The node has room for three of them.
    expect(await Promise.race(sockets.slice(2).map(({ closed }) => closed))).toBe(1_013);
    // Small ones pass all the same.
    const small = await open(others[0]!.token);
    const answered = small.answer("small");
    small.socket.send(
      JSON.stringify({ id: "small", type: "subscribe", payload: { query: "{ viewer { id } }" } }),
    );
    expect(await answered).toMatchObject({ data: { viewer: {} } });
    for (const { socket } of [...sockets, small]) socket.terminate();
    await Promise.all(sockets.map(({ closed }) => closed));
    // What they held is free again.
    const templateId = await newTemplate();
    const variables = { input: inputOf(templateId, "after", BYTES_MAX - 100) };
    await expect
      .poll(async () => (await query(server, APPLY, variables, author.token)).status)
      .toBe(200);
  });

  test("hold no more JSON values than a body may", async () => {
    const { socket, closed } = await open(author.token);
    const message = `{"id":"1","type":"subscribe","payload":{"query":"{ viewer { id } }","variables":{"a":[${"0,".repeat(2_600_000)}0]}}}`;
    socket.send(message);
    expect(await closed).toBe(1_009);
  });

  test.each([
    ["no JSON", "{".repeat(300_000)],
    ["a text", JSON.stringify(subscribe("1", { a: part }))],
  ])("are refused where a large one is %s", async (_what, message) => {
    const { socket, closed } = await open(author.token);
    socket.send(message);
    expect(await closed).toBe(4_400);
  });
});
