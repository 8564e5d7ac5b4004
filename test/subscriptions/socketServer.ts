/** A real WebSocket and SSE server over a tiny schema and feeds in memory, and clients to talk to it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  buildSchema,
  execute,
  GraphQLError,
  parse,
  validate,
  type ExecutionArgs,
  type GraphQLSchema,
} from "graphql";
import { createClient, type Client, type ClientOptions } from "graphql-ws";
import { WebSocket } from "ws";
import { noOrigin } from "../../src/limits/origin/requestOrigin.js";
import type { Viewer } from "../../src/domain/access/access.js";
import type { RateSettings } from "../../src/limits/rates/rateSettings.js";
import { systemClock, type Clock } from "../../src/platform/clock.js";
import { SharedExecution } from "../../src/subscriptions/sharedExecution.js";
import { createPrepare } from "../../src/subscriptions/transports/prepare.js";
import { EventStreams } from "../../src/subscriptions/transports/serverSentEvents.js";
import type { SocketLimits } from "../../src/subscriptions/transports/socketConnection.js";
import { WebSocketTransport } from "../../src/subscriptions/transports/webSocket.js";
import { testAdmission } from "../setup/rates.js";
import { Pace } from "../../src/live/pace.js";
import { newWorld, type World } from "./harness.js";

export interface Context {
  readonly viewer: Viewer;
  readonly feeds: World["feeds"];
  /** Told of each execution of an event. */
  readonly executing?: (viewer: Viewer) => void;
}

/** The contract's subscription, with little else. */
export function tinySchema(): GraphQLSchema {
  const schema = buildSchema(/* GraphQL */ `
    scalar JSON
    type Query {
      who: String
      big(bytes: Int!): String
      fails: String
    }
    type Mutation {
      echo(text: String!): String
    }
    type Subscription {
      templateChanged(templateId: ID!, fromVersion: Int, viewport: Viewport): TemplateChange!
      other: Int
    }
    input Viewport {
      pageId: ID!
      x: Float!
      y: Float!
      width: Float!
      height: Float!
    }
    type TemplateChange {
      templateId: ID!
      kind: String!
      fromVersion: Int!
      toVersion: Int!
      operations: [Operation!]!
      designData: JSON
    }
    type Operation {
      id: ID!
      payload: JSON
      resultingVersion: Int!
      user: User
      secret: String
    }
    type User {
      name: String
      email: String
    }
  `);
  const name = ({ viewer }: Context) => (viewer.kind === "user" ? viewer.userId : "nobody");
  const fields = (type: string) =>
    (schema.getType(type) as { getFields(): Record<string, any> } & object).getFields();
  const followed = fields("Subscription")["templateChanged"];
  followed.subscribe = async (_: unknown, args: { templateId: string }, context: Context) => {
    const { viewer, feeds } = context;
    if (viewer.kind === "anonymous") throw refusal("UNAUTHENTICATED");
    return (await feeds.follow({ ...args, viewer })) ?? refusal("NOT_FOUND");
  };
  followed.resolve = ({ templateChanged }: any, _args: unknown, context: Context) => {
    context.executing?.(context.viewer);
    return templateChanged;
  };
  fields("Query")["who"].resolve = (_: unknown, _args: unknown, context: Context) => name(context);
  fields("Query")["big"].resolve = (_: unknown, { bytes }: { bytes: number }) => "x".repeat(bytes);
  fields("Query")["fails"].resolve = () => {
    throw new Error("select * from secrets");
  };
  fields("Mutation")["echo"].resolve = (_: unknown, { text }: { text: string }) => text;
  fields("Operation")["user"].resolve = async () => ({});
  fields("Operation")["secret"].resolve = () => {
    throw new Error("select * from secrets");
  };
  fields("User")["name"].resolve = () => "Ada";
  fields("User")["email"].resolve = (_: unknown, _args: unknown, context: Context) => name(context);
  fields("User")["email"].extensions = { viewerDependent: true };
  return schema;
}

function refusal(code: string): GraphQLError {
  return new GraphQLError("refused", { extensions: { code } });
}

export interface TestSockets {
  readonly world: World;
  readonly url: string;
  readonly httpUrl: string;
  readonly transport: WebSocketTransport;
  readonly streams: EventStreams;
  readonly shared: SharedExecution;
  /** Executions of subscription events so far. */
  executions(): number;
  client(options?: Partial<ClientOptions>): Client;
  close(): Promise<void>;
}

/** Hides everything that is not a GraphQLError of its own. */
export function maskError(error: unknown): Error {
  const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (cause instanceof GraphQLError) return error as Error;
  return new GraphQLError("Unexpected error.", { extensions: { http: { status: 500 } } });
}

export async function startSockets(
  options: {
    limits?: Partial<SocketLimits>;
    rates?: Partial<RateSettings>;
    clock?: Clock;
    world?: World;
  } = {},
): Promise<TestSockets> {
  const schema = tinySchema();
  const world = options.world ?? newWorld();
  const clock = options.clock ?? systemClock;
  let executions = 0;
  const contextFor = (viewer: Viewer): Context => ({
    viewer,
    feeds: world.feeds,
    executing: () => (executions += 1),
  });
  const shared = new SharedExecution({ schema, clock, contextFor, maskError });
  const answered = () => undefined;
  const debugOf = () => undefined;
  const prepare = createPrepare({
    yoga: enveloping(schema),
    findDocument: ({ query = "" }) => query,
    contextFor,
    maskError,
    answered,
  });
  const authenticate = async (authorization: string | undefined) => {
    if (authorization === undefined) {
      return { viewer: { kind: "anonymous" } as const, deadline: Number.POSITIVE_INFINITY };
    }
    const [, userId, expiresAt] = /^Bearer (\w+)(?: (\d+))?$/.exec(authorization) ?? [];
    if (userId === undefined) throw new Error("invalid token");
    const viewer = { kind: "user", userId } as const;
    const leftMs = Number(expiresAt ?? Infinity) - clock.now();
    return { viewer, deadline: clock.monotonic() + leftMs };
  };
  const limits: SocketLimits = {
    webSocketMessageBytesMax: 10_000,
    webSocketInitMs: 5_000,
    webSocketSubscriptionsMax: 100,
    webSocketBufferBytesMax: 100_000,
    ...options.limits,
  };
  const admission = testAdmission(options.rates);
  const transport = new WebSocketTransport({
    prepare,
    shared,
    authenticate,
    originOf: () => noOrigin,
    refusedPage: () => undefined,
    refuse: (socket, { status }) => socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`),
    admission,
    ...{ answered, debugOf },
    upgradeHeaders: () => [],
    limits,
    clock,
    pace: new Pace(clock, 10),
    warn: (message, cause) => world.warnings.push(`${message} ${String(cause)}`),
  });
  const streams = new EventStreams({
    prepare,
    shared,
    clock,
    admission,
    ...{ answered, debugOf },
    limits: { bufferBytesMax: 100_000 },
  });
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      void authenticate(request.headers.authorization).then((authentication) =>
        streams.serve(request, response, JSON.parse(body) as object, authentication, noOrigin),
      );
    });
  });
  transport.attach(server, "/graphql");
  const port = await listen(server);
  const url = `ws://127.0.0.1:${port}/graphql`;
  return {
    world,
    url,
    httpUrl: `http://127.0.0.1:${port}/graphql`,
    transport,
    streams,
    shared,
    executions: () => executions,
    client: (more = {}) =>
      createClient({
        url,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: { Authorization: "Bearer author" },
        ...more,
      }),
    async close() {
      streams.close();
      await transport.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Yoga's part without Yoga: parsed documents by their text. */
function enveloping(schema: GraphQLSchema) {
  const documents = new Map<string, ReturnType<typeof parse>>();
  return {
    getEnveloped: (context: object) => ({
      schema,
      parse(text: string) {
        const known = documents.get(text) ?? parse(text);
        documents.set(text, known);
        return known;
      },
      validate: (of: never, document: never) => validate(of, document),
      execute: (args: never) => execute(args as ExecutionArgs),
      contextFactory: () => context,
    }),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Waits until the condition holds, at most fifteen seconds. */
export async function until(condition: () => boolean): Promise<void> {
  // Long enough for hundreds of megabytes on a busy machine.
  const deadline = Date.now() + 15_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
