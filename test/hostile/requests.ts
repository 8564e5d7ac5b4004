/** Hostile requests by a seed: each is a kind of attack with random parts. */
import { randomHex, type Random } from "./random.js";

/** Bytes for a socket of one's own, a body for a GraphQL request, or messages for a WebSocket. */
export type HostileRequest =
  | { readonly kind: "http"; readonly name: string; readonly sent: HttpAttack }
  | { readonly kind: "raw"; readonly name: string; readonly bytes: readonly (string | Buffer)[] }
  | {
      readonly kind: "webSocket";
      readonly name: string;
      readonly messages: readonly (string | Buffer)[];
      readonly protocol: string;
    };

export interface HttpAttack {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | Buffer;
}

type Maker = (random: Random) => HostileRequest;

const json = { "content-type": "application/json" };

function post(
  name: string,
  body: string | Buffer,
  headers: HttpAttack["headers"] = json,
): HostileRequest {
  return { kind: "http", name, sent: { method: "POST", path: "/graphql", headers, body } };
}

const document = (name: string, query: string, variables: unknown = {}): HostileRequest =>
  post(name, JSON.stringify({ query, variables }));

const many = (count: number, part: (index: number) => string, by = " ") =>
  Array.from({ length: count }, (_, index) => part(index)).join(by);

/** Texts that break what is careless: NUL, halves of pairs, prototypes, directions, quotes, very long. */
function nasty(random: Random): string {
  return random.pick([
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "__proto__",
    "constructor",
    "'; DROP TABLE users; --",
    "../../../etc/passwd",
    "\u202e\u0000\uffff",
    "${7*7}{{7*7}}",
    "<script>alert(1)</script>",
    "x".repeat(random.upTo(20_000)),
    "%00%ff",
    "-1",
    "1e999",
    String(Number.MAX_SAFE_INTEGER),
    randomHex(random, 64),
  ]);
}

/** A JSON text of random shape, valid or cut. */
function someJson(random: Random, depth = 0): string {
  const kind = random.upTo(depth > 6 ? 4 : 7);
  if (kind < 2) return JSON.stringify(nasty(random));
  if (kind === 2) return random.pick(["null", "true", "1e400", "-0", "0.1", "9".repeat(50)]);
  if (kind === 3) return random.pick(["NaN", "{]", '"', "[,]", "\\u0000", ""]);
  const parts = Array.from({ length: random.upTo(5) }, () => someJson(random, depth + 1));
  if (kind < 6) return `[${parts.join(",")}]`;
  return `{${parts.map((part) => `${JSON.stringify(nasty(random).slice(0, 50))}:${part}`).join(",")}}`;
}

const templateFields =
  "{ id name version author { id name } operations(first: 5) { nodes { id } } }";

const documents: readonly Maker[] = [
  (random) => document("aliases", `{ ${many(random.upTo(5_000), (i) => `a${i}: viewer { id }`)} }`),
  (random) => document("depth", "{ viewer ".repeat(random.upTo(3_000))),
  (random) => {
    const levels = random.upTo(400);
    return document(
      "nested selections",
      `${many(levels, () => "{ viewer")} { id } ${"}".repeat(levels)}`,
    );
  },
  (random) =>
    document("directives", `{ viewer { id ${"@skip(if: false) ".repeat(random.upTo(2_000))} } }`),
  (random) => {
    const count = 2 + random.upTo(30);
    return document(
      "circular fragments",
      `{ ...F0 } ${many(count, (i) => `fragment F${i} on Query { ...F${(i + 1) % count} }`)}`,
    );
  },
  (random) => {
    const count = 2 + random.upTo(100);
    const spreads = (from: number) => many(6, (i) => `...F${(from + 1 + i) % count}`);
    return document(
      "wide circles of fragments",
      `{ viewer { ...F0 } } ${many(count, (i) => `fragment F${i} on User { ${spreads(i)} }`)}`,
    );
  },
  (random) => document("repetition", `{ ${many(random.upTo(490), () => "viewer { id }")} }`),
  (random) => document("long text", `{ viewer { id } } #${"x".repeat(random.upTo(400_000))}`),
  (random) => {
    const count = 2 + random.upTo(25);
    return document(
      "fragment bomb",
      `{ ...F0 } ${many(count, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F${count} on Query { viewer { id } }`,
    );
  },
  (random) =>
    document(
      "large pages",
      `query ($n: Int) { templates(first: ${random.pick(["$n", "100", "99999999999", "-1", "null"])}) { nodes ${templateFields} } }`,
      { n: random.pick([100, -1, 1e9, null, "x"]) },
    ),
  (random) =>
    document("unknown names", `{ ${nasty(random).replace(/\W/g, "x").slice(0, 60) || "x"} }`),
  (random) =>
    document("unknown operation", "query A { viewer { id } } query B { viewer { id } }", {
      operationName: nasty(random),
    }),
  (random) =>
    post(
      "operation name",
      JSON.stringify({
        query: "query A { __typename }",
        operationName: random.pick(["B", "", nasty(random), 7, {}, []]),
      }),
    ),
  (random) => document("garbage", random.bytes(random.upTo(2_000)).toString("latin1")),
  (random) => document("strings", `{ template(id: ${JSON.stringify(nasty(random))}) { id } }`),
  (random) =>
    document(
      "block strings",
      `{ template(id: """${"\\n".repeat(random.upTo(1_000))}${nasty(random)}""") { id } }`,
    ),
  (random) =>
    document(
      "introspection",
      `{ __schema { types { fields { type ${many(random.upTo(40), () => "{ ofType")} { name } ${"}".repeat(3)} } } } }`,
    ),
];

const values: readonly Maker[] = [
  (random) => post("malformed JSON", someJson(random)),
  (random) =>
    post(
      "variables",
      `{"query":"query ($id: ID!) { template(id: $id) { id } }","variables":${someJson(random)}}`,
    ),
  (random) =>
    post(
      "deep JSON",
      `{"query":"{ viewer { id } }","variables":${"[".repeat(random.upTo(100_000))}`,
    ),
  (random) => {
    const depth = random.upTo(5_000);
    return post(
      "deep variables",
      `{"query":"query ($j: JSON) { viewer { id } }","variables":{"j":${"[".repeat(depth)}${"]".repeat(depth)}}}`,
    );
  },
  (random) =>
    post(
      "prototype",
      `{"query":"{ viewer { id } }","__proto__":{"a":1},"variables":{"__proto__":${someJson(random)},"constructor":{"prototype":{}}},"extensions":{"__proto__":1}}`,
    ),
  (random) => post("binary", random.bytes(random.upTo(5_000))),
  (random) =>
    post(
      "invalid UTF-8",
      Buffer.concat([Buffer.from('{"query":"{ viewer '), random.bytes(20), Buffer.from('"}')]),
    ),
  (random) => post("oversized", `{"query":"${"x".repeat(100_000 + random.upTo(400_000))}"}`),
  (random) =>
    post("list", `[${many(random.upTo(200), () => '{"query":"{ viewer { id } }"}', ",")}]`),
  (random) =>
    document(
      "edit",
      "mutation ($i: ApplyOperationsInput!) { applyOperations(input: $i) { __typename } }",
      {
        i: {
          templateId: nasty(random),
          baseVersion: random.pick([1, 0, -1, 2 ** 31]),
          operations: [
            {
              id: nasty(random),
              type: "ADD_PAGE",
              payload: { [nasty(random).slice(0, 99)]: nasty(random) },
            },
          ],
        },
      },
    ),
  (random) =>
    document("sign-in", "mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }", {
      i: { email: `${nasty(random)}@example.com`, password: nasty(random) },
    }),
  (random) =>
    document("sign-up", "mutation ($i: SignUpInput!) { signUp(input: $i) { __typename } }", {
      i: { email: nasty(random), name: nasty(random), password: nasty(random).slice(0, 7) },
    }),
  (random) =>
    post(
      "documentId",
      JSON.stringify({
        documentId: random.pick([nasty(random), 1, {}, null]),
        extensions: { persistedQuery: random.pick([1, {}, { sha256Hash: nasty(random) }]) },
      }),
    ),
];

const printable = (text: string) => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 3_000);

const requests: readonly Maker[] = [
  (random) =>
    post("content type", '{"query":"{ viewer { id } }"}', {
      "content-type": random.pick([
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        printable(nasty(random)),
      ]),
    }),
  (random) =>
    post("encoding", random.bytes(200), {
      ...json,
      "content-encoding": random.pick(["gzip", "br", "deflate", "x"]),
    }),
  (random) =>
    post("token", '{"query":"{ viewer { id } }"}', {
      ...json,
      authorization: random.pick([
        `Bearer ${randomHex(random, 400)}`,
        "Bearer a.b.c",
        "Basic YTpi",
        printable(nasty(random)),
      ]),
    }),
  (random) =>
    post("accept", '{"query":"subscription { x }"}', {
      ...json,
      accept: random.pick(["text/event-stream", "image/png", ";;;", printable(nasty(random))]),
    }),
  (random) =>
    post("forwarded", '{"query":"{ viewer { id } }"}', {
      ...json,
      "x-forwarded-for": printable(`${nasty(random)},::1,`.repeat(20)),
      forwarded: printable(`for=${nasty(random)}`),
    }),
  (random) => ({
    kind: "http",
    name: "method",
    sent: {
      method: random.pick(["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "GET"]),
      path: "/graphql",
      headers: json,
      body: "",
    },
  }),
  (random) => ({
    kind: "http",
    name: "path",
    sent: {
      method: "GET",
      path: `/${encodeURIComponent(printable(nasty(random)))}${random.pick(["", "/../..", "?query=%", "?query={viewer{id}}&variables=%7B", "%00"])}`,
      headers: {},
      body: "",
    },
  }),
];

const httpHead = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

const connections: readonly Maker[] = [
  (random) => ({ kind: "raw", name: "no HTTP", bytes: [random.bytes(1 + random.upTo(500))] }),
  (random) => ({
    kind: "raw",
    name: "header flood",
    bytes: [httpHead, many(random.upTo(3_000), (i) => `x-h${i}: ${i}\r\n`, ""), "\r\n"],
  }),
  (random) => ({
    kind: "raw",
    name: "body cut short",
    bytes: [`${httpHead}Content-Length: ${1_000 + random.upTo(1e6)}\r\n\r\n{"query":`],
  }),
  (random) => ({
    kind: "raw",
    name: "half of the headers",
    bytes: [httpHead.slice(0, 1 + random.upTo(httpHead.length - 2))],
  }),
  (random) => ({
    kind: "raw",
    name: "chunks",
    bytes: [
      `${httpHead}Transfer-Encoding: chunked\r\n\r\n`,
      random.pick(["zz\r\n", "ffffffffffff\r\nx", "5\r\nabc", "0\r\n\r\nPOST / HTTP/1.1\r\n\r\n"]),
    ],
  }),
  () => ({
    kind: "raw",
    name: "two lengths",
    bytes: [
      `${httpHead}Content-Length: 5\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
  }),
  () => ({ kind: "raw", name: "nothing", bytes: [] }),
  (random) => ({
    kind: "raw",
    name: "upgrade",
    bytes: [
      `GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${random.pick(["websocket", "h2c", "x"])}\r\nSec-WebSocket-Version: ${random.upTo(20)}\r\nSec-WebSocket-Key: ${randomHex(random, random.upTo(30))}\r\n\r\n`,
      random.bytes(random.upTo(200)),
    ],
  }),
  (random) => ({
    kind: "raw",
    name: "broken frames",
    bytes: [
      "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
      random.bytes(1 + random.upTo(300)),
    ],
  }),
];

const init = '{"type":"connection_init"}';

const sockets: readonly Maker[] = [
  (random) => socket("garbage message", [init, nasty(random)]),
  (random) => socket("binary message", [init, random.bytes(random.upTo(2_000))]),
  (random) => socket("random JSON", [init, someJson(random)]),
  (random) =>
    socket("token", [`{"type":"connection_init","payload":{"authorization":${someJson(random)}}}`]),
  () =>
    socket("no init", ['{"id":"1","type":"subscribe","payload":{"query":"{ viewer { id } }"}}']),
  (random) =>
    socket(
      "two inits",
      Array.from({ length: 2 + random.upTo(20) }, () => init),
    ),
  (random) =>
    socket("flood", [
      init,
      ...Array.from({ length: random.upTo(300) }, (_, i) =>
        JSON.stringify({
          id: String(i),
          type: "subscribe",
          payload: { query: "{ viewer { id } }" },
        }),
      ),
      "x",
    ]),
  (random) =>
    socket("subscriptions", [
      init,
      ...Array.from({ length: random.upTo(150) }, (_, i) =>
        JSON.stringify({
          id: String(i),
          type: "subscribe",
          payload: {
            query: "subscription ($i: ID!) { templateChanged(templateId: $i) { toVersion } }",
            variables: { i: nasty(random) },
          },
        }),
      ),
      "x",
    ]),
  (random) => socket("oversized", [init, "x".repeat(1_000_001 + random.upTo(1_000))]),
  (random) =>
    socket("deep", [
      init,
      `{"id":"1","type":"subscribe","payload":{"query":"{ viewer { id } }","variables":${"[".repeat(random.upTo(50_000))}`,
    ]),
  (random) =>
    socket("bomb", [
      init,
      JSON.stringify({
        id: nasty(random),
        type: "subscribe",
        payload: { query: `{ ${many(random.upTo(3_000), (i) => `a${i}: viewer { id }`)} }` },
      }),
      "x",
    ]),
  (random) => ({
    kind: "webSocket",
    name: "protocol",
    messages: [init],
    protocol: random.pick(["graphql-ws", "mqtt", "x"]),
  }),
];

function socket(name: string, messages: readonly (string | Buffer)[]): HostileRequest {
  return { kind: "webSocket", name, messages, protocol: "graphql-transport-ws" };
}

/** The next request. Kinds that hold a connection open are as frequent as others. */
export function hostileRequest(random: Random): HostileRequest {
  const group = random.pick([documents, documents, values, values, requests, connections, sockets]);
  return random.pick(group)(random);
}
