/** The wired services of a node, offered over HTTP and WebSocket. */
import type { Closers } from "./closers.js";
import type { Services } from "./commands/services.js";
import type { Config } from "./config.js";
import type { Viewer } from "./domain/access/access.js";
import { createAuthenticate } from "./http/authenticate.js";
import { createGraphiQLPage, type DemoSession } from "./http/graphiql/graphiqlPage.js";
import { createGraphQLEndpoint } from "./http/graphqlEndpoint.js";
import { createGraphQLEngine } from "./http/graphqlEngine.js";
import { closeHttpServer, createHttpServer, listen } from "./http/httpServer.js";
import { createRoutes, GRAPHIQL_PATH, GRAPHQL_PATH } from "./http/routes.js";
import type { Logger } from "./logging.js";
import { buildSchema } from "./schema/build.js";
import type { GraphQLContext } from "./schema/context.js";
import { createMaskError } from "./schema/maskError.js";
import type { Feeds } from "./subscriptions/feeds.js";

export interface NodeParts {
  readonly config: Config;
  readonly services: Services;
  readonly prisma: GraphQLContext["prisma"];
  readonly feeds: Feeds;
  readonly logger: Logger;
  readonly closers: Closers;
  /** A fresh session of the demo account, where there is one. */
  readonly demoSession: (() => Promise<DemoSession | undefined>) | undefined;
}

export interface ServedNode {
  readonly url: string;
  readonly wsUrl: string;
  /** Undefined where GraphiQL is not served. */
  readonly graphiqlUrl: string | undefined;
}

/** Listens, and takes requests until the closers run. */
export async function serveNode(parts: NodeParts): Promise<ServedNode> {
  const { config, services, prisma, feeds, logger, closers } = parts;
  const hasGraphiQL = config.server.graphiql ?? true;
  let stopping = false;
  const engine = createGraphQLEngine({
    schema: buildSchema(),
    limits: config.graphql,
    maskError: createMaskError((error, errorId) =>
      logger.error({ error, errorId }, "hidden error"),
    ),
    logger,
  });
  const authenticate = createAuthenticate(services.tokens, services.clock);
  const contextFor = (viewer: Viewer): GraphQLContext => ({
    viewer,
    services,
    prisma,
    feeds,
  });

  const routes = createRoutes({
    graphql: createGraphQLEndpoint({
      engine,
      authenticate,
      contextFor,
      eventStream: { engine, now: () => services.clock.now(), stopping: () => stopping },
      limits: { ...config.http, ...config.graphql },
    }),
    graphiql: hasGraphiQL
      ? createGraphiQLPage({
          endpoint: GRAPHQL_PATH,
          path: GRAPHIQL_PATH,
          demo: parts.demoSession,
          newId: services.newId,
        })
      : undefined,
    health: {
      askDatabase: () => prisma.$queryRaw`SELECT 1`,
      busHealthy: () => services.bus.healthy,
      stopping: () => stopping,
    },
    corsOrigins: config.server.corsOrigins,
    logger,
  });
  const server = createHttpServer(config.http, routes);
  const { host } = config.server;
  const port = await listen(server, {
    host,
    port: config.server.port,
    mayMove: !config.given.has("PORT"),
  });
  closers.add(async () => {
    stopping = true;
    feeds.close();
    const cut = setTimeout(() => server.closeAllConnections(), config.server.shutdownMs);
    await closeHttpServer(server);
    clearTimeout(cut);
  });
  const origin = `${visibleHost(host)}:${port}`;
  return {
    url: `http://${origin}${GRAPHQL_PATH}`,
    wsUrl: `ws://${origin}${GRAPHQL_PATH}`,
    graphiqlUrl: hasGraphiQL ? `http://${origin}${GRAPHIQL_PATH}` : undefined,
  };
}

/** An address that a browser on this machine can open. */
function visibleHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "127.0.0.1") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
