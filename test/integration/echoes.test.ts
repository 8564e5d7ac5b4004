/** What a client sent comes back in errors only in part, and bodies of too many values are not parsed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { newAuthor, query, send, startTestServer, type TestServer } from "./runningServer.js";

const LONG = "x".repeat(150_000);
const BYTES_MAX = 30_000;

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ HTTP_BODY_VALUES_MAX: "100_000" });
  ({ token } = await newAuthor(server));
});
afterAll(() => server.close());

const apply = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
  __typename ... on RequestError { code message operationId path } } }`;
const operation = (more: object) => ({
  templateId: "t",
  baseVersion: 1,
  onConflict: "FORCE",
  operations: [{ id: "a", type: "UPDATE_CANVAS", target: {}, payload: {}, ...more }],
});

const requests: readonly [string, string, object?][] = [
  ["an unknown field", `{ ${LONG} }`],
  ["a syntax error", `{ viewer { id } } ${LONG}`],
  ["an argument of the wrong type", `{ template(id: {a: "${LONG}"}) { id } }`],
  ["an unknown fragment", `{ ...${LONG} }`],
  ["a variable of the wrong type", apply, { input: { ...operation({}), baseVersion: LONG } }],
  ["an unknown enum value", apply, { input: operation({ type: LONG }) }],
  ["an unknown input field", apply, { input: { ...operation({}), [LONG]: 1 } }],
  ["a long operation id", apply, { input: operation({ id: LONG }) }],
  ["a long key in a payload", apply, { input: operation({ payload: { set: { [LONG]: NaN } } }) }],
  [
    "an alias of a field that fails",
    `{ ${"y".repeat(90_000)}: template(id: "x") { at(version: "1") { version } } }`,
  ],
];

describe("LIM-74 errors are no larger than a bound", () => {
  test.each(requests)("over HTTP: %s", async (_name, text, variables = {}) => {
    const answer = await query(server, text, variables, token);
    expect(answer.text.length).toBeLessThan(BYTES_MAX);
    expect(answer.json.errors ?? answer.json.data).toBeTruthy();
  });

  test("over WebSockets", async () => {
    const socket = new WebSocket(server.wsUrl, "graphql-transport-ws");
    const answers = new Map<string, string>();
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("open", () =>
        socket.send(
          JSON.stringify({
            type: "connection_init",
            payload: { authorization: `Bearer ${token}` },
          }),
        ),
      );
      socket.on("message", (data: Buffer) => {
        const text = data.toString();
        const message = JSON.parse(text) as { type: string; id?: string };
        if (message.type === "connection_ack") {
          for (const [index, [, document, variables = {}]] of requests.entries()) {
            const payload = { query: document, variables };
            socket.send(JSON.stringify({ id: String(index), type: "subscribe", payload }));
          }
        } else if (message.type === "next" || message.type === "error") {
          answers.set(message.id ?? "", text);
          if (answers.size === requests.length) resolve();
        }
      });
    });
    socket.close();
    for (const [id, text] of answers) {
      expect(text.length, requests[Number(id)]?.[0]).toBeLessThan(BYTES_MAX);
    }
  });
});

describe("LIM-74 a list of what is wrong", () => {
  test("cuts the message and the path of each part", async () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 40; depth += 1) deep = [deep];
    const box = { type: "rect", x: 0, y: 0, width: 1, height: 1 };
    const elements = Array.from({ length: 40 }, (_, index) => ({
      ...box,
      id: `e${index}`,
      ["k".repeat(20_000)]: deep,
    }));
    const designData = { canvas: {}, pages: [{ id: "p", name: "P", elements }], audioLayers: [] };
    const answer = await query(
      server,
      `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
        __typename ... on RequestError { code message path problems { path message } } } }`,
      { input: { name: "T", designData } },
      token,
    );
    const created = answer.json.data?.["createTemplate"] as
      | { problems: { path: string[]; message: string }[] }
      | undefined;
    const problems = created?.problems ?? [];
    expect(problems.length).toBeGreaterThan(1);
    for (const { path, message } of problems) {
      expect(message.length).toBeLessThan(1_000);
      for (const part of path) expect(part.length).toBeLessThan(1_000);
    }
  });
});

describe("LIM-76 a body of many values", () => {
  const body = (values: number) =>
    JSON.stringify({ query: "{ viewer { id } }", variables: { v: Array(values).fill(1) } });

  test("is refused before it is parsed, one within the bound is answered", async () => {
    const headers = { authorization: `Bearer ${token}` };
    const refused = await send(server, { body: body(110_000), headers });
    expect(refused.status).toBe(413);
    expect(refused.json.errors?.[0]?.extensions?.code).toBe("PAYLOAD_TOO_LARGE");
    expect((await send(server, { body: body(90_000), headers })).status).toBe(200);
  });
});
