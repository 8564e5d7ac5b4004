/** A started server of its own for a suite, and ways to talk to it as bluntly as a hostile client would. */
import { randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer, type ServerOverrides } from "../../src/node/server.js";
import { createTestDatabase } from "../setup/database.js";
import { generousLimits } from "../../load/generousLimits.js";

const JWT_SECRET = "a secret of the tests, long enough";

export interface TestServer extends RunningServer {
  readonly port: number;
}

/** Starts a server on a database of its own. Limits are set as a person would set them. */
export async function startTestServer(
  environment: { readonly [name: string]: string } = {},
  overrides: ServerOverrides = {},
): Promise<TestServer> {
  const database = await createTestDatabase();
  const config = readConfig({
    NODE_ENV: "test",
    PORT: "0",
    DATABASE_URL: database.url,
    JWT_SECRET,
    LOG_LEVEL: "silent",
    ...generousLimits,
    SHUTDOWN_MS: "3000",
    ...environment,
  });
  const server = await startServer(config, overrides);
  return {
    ...server,
    port: Number(new URL(server.url).port),
    async close() {
      await server.close();
      await database.drop();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly text: string;
  readonly json: GraphQLAnswer;
}

export interface GraphQLAnswer {
  readonly data?: { readonly [field: string]: unknown } | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Buffer;
  /** Sends the body without saying its length. */
  readonly chunked?: boolean;
}

/** One HTTP request, exactly as given. */
export function send({ port }: TestServer, sent: Sent): Promise<Answer> {
  const { method = "POST", path = "/graphql", headers = {}, body = "", chunked = false } = sent;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        port,
        method,
        path,
        agent: false,
        headers: {
          "content-type": "application/json",
          ...(chunked || method === "GET" ? {} : { "content-length": Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: text.startsWith("{") ? (JSON.parse(text) as GraphQLAnswer) : {},
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** One GraphQL request as JSON. */
export function query(
  server: TestServer,
  document: string,
  variables: object = {},
  token?: string,
): Promise<Answer> {
  return send(server, {
    body: JSON.stringify({ query: document, variables }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
}

export interface Author {
  readonly token: string;
  readonly templateId: string;
}

/** A new account with a template of one page, `page-1`. */
export async function newAuthor(server: TestServer): Promise<Author> {
  const email = `${randomUUID()}@example.com`;
  const { services } = server;
  const userId = services.newId();
  await services.users.create({
    id: userId,
    email,
    name: "Author",
    passwordHash: "none",
    avatarUrl: null,
    createdAt: services.clock.now(),
  });
  const { token } = await services.tokens.issue(userId);
  const { json } = await query(
    server,
    `mutation ($input: CreateTemplateInput!) {
      createTemplate(input: $input) { ... on TemplateCreated { template { id } } }
    }`,
    {
      input: {
        name: "A template",
        designData: { canvas: {}, pages: [{ id: "page-1", elements: [] }], audioLayers: [] },
      },
    },
    token,
  );
  const created = json.data?.["createTemplate"] as { template: { id: string } };
  return { token, templateId: created.template.id };
}

/** A socket on which bytes are written by hand; resolves with what came back until it closed. */
export function raw({ port }: TestServer, ...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => (received += chunk.toString("latin1")));
    socket.on("close", () => resolve(received));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET" || error.code === "EPIPE") resolve(received);
      else reject(error);
    });
    for (const part of parts) socket.write(part);
  });
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
  readonly received: readonly { readonly type: string; readonly payload?: unknown }[];
}

/** A WebSocket that sends the messages one after the other and resolves when the server closes it. */
export function socketUntilClosed(
  { wsUrl }: TestServer,
  messages: readonly (string | Buffer)[],
  protocol = "graphql-transport-ws",
): Promise<Closed> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(wsUrl, protocol);
    const received: { type: string; payload?: unknown }[] = [];
    socket.on("open", () => messages.forEach((message) => socket.send(message)));
    socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString())));
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString(), received }));
    socket.on("error", reject);
  });
}
