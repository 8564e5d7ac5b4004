/**
 * `npm run cluster -- N`: N nodes on one PostgreSQL and one Redis, behind a proxy that routes by template. What dies is
 * started again; Ctrl-C stops nodes, proxy, Redis and PostgreSQL in this order.
 */
import type { Server } from "node:http";
import { Closers } from "../../src/closers.js";
import { ConfigError, readConfig, type Config } from "../../src/config.js";
import { keptSecrets } from "../../src/config/secrets.js";
import { listen, ListenError } from "../../src/http/httpServer.js";
import { StartError } from "../../src/startError.js";
import { EmbeddedPostgresError } from "../../src/storage/embedded/errors.js";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { Backends } from "./backends.js";
import { KeptProcess } from "./keptProcess.js";
import { createProxy } from "./proxy.js";
import { postgresFor, redisFor } from "./servers.js";

const expected = [ConfigError, StartError, ListenError, EmbeddedPostgresError];
const NODES_MAX = 16;
const NODE_HOST = "127.0.0.1";
const READY_POLL_MS = 50;
const START_MS_MAX = 60_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const [text = "", ...more] = process.argv.slice(2);
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > NODES_MAX || more.length > 0) {
    throw new StartError(`usage: npm run cluster -- N, with 1 to ${NODES_MAX} nodes`);
  }
  const config = readConfig(process.env);
  const closers = new Closers();
  const nodes: KeptProcess[] = [];
  const stop = stopOnSignal(closers, nodes);
  try {
    await start(config, count, nodes, closers);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: Config,
  count: number,
  nodes: KeptProcess[],
  closers: Closers,
): Promise<void> {
  const databaseUrl = await postgresFor(config, count, closers, say);
  const redisUrl = await redisFor(config, closers, say);
  const { host, port, environment, dataDir, shutdownMs } = config.server;
  const ownMachine = config.database.url === undefined && environment !== "production";
  const shared = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    HOST: NODE_HOST,
    JWT_SECRET: config.accounts.jwtSecret ?? keptSecrets(dataDir).jwtSecret,
    DEMO: String(config.server.demo ?? ownMachine),
    // Else everybody would have the proxy's address and share one limit.
    TRUSTED_PROXIES: process.env["TRUSTED_PROXIES"] || "1",
  };
  // The proxy has the port that people know, the nodes those after it.
  const proxyPort = port === 0 || config.given.has("PORT") ? port : await findFreePort(port);
  const ports: number[] = [];
  for (let next = Math.max(proxyPort, 4_000) + 1; ports.length < count; next += 1) {
    ports.push((next = await findFreePort(next)));
  }
  const backends = new Backends(ports.map((one) => ({ host: NODE_HOST, port: one })));
  closers.add(async () => backends.close());
  const proxy = createProxy(backends);
  const listeningOn = await listen(proxy, { host, port: proxyPort, mayMove: false });
  closers.add(() => closeProxy(proxy));
  closers.add(async () => {
    await Promise.all(nodes.map((node) => node.stop(shutdownMs + 1_000)));
  });
  await backends.watch();
  for (const [index, one] of ports.entries()) {
    nodes.push(
      new KeptProcess({
        name: `node ${index + 1}`,
        program: process.execPath,
        parameters: [
          ...["--import", new URL("endWithParent.mjs", import.meta.url).href],
          ...["--enable-source-maps", "dist/src/main.js"],
        ],
        environment: { ...shared, PORT: String(one) },
        say: sayNode,
      }),
    );
    // The first migrates the database and makes the demo.
    await readyNodes(backends, index + 1);
  }
  say(greeting(listeningOn, ports, nodes));
}

/** What a node prints at its start is about itself; the command says where the whole is. */
function sayNode(line: string): void {
  if (!/: (?:$| +(?:Strata|GraphQL|GraphiQL) )/.test(line)) say(line);
}

async function readyNodes(backends: Backends, count: number): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (backends.readyCount < count) {
    if (performance.now() > deadline) {
      throw new StartError("a node does not become ready; what it wrote above says why");
    }
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}

function greeting(proxy: number, ports: readonly number[], nodes: readonly KeptProcess[]): string {
  const lines = [
    ["Strata", ports.length === 1 ? "1 node ready" : `${ports.length} nodes ready`],
    [
      "GraphQL",
      `http://localhost:${proxy}/graphql (subscriptions: ws://localhost:${proxy}/graphql)`,
    ],
    ["", "name the template for its node: ?template=ID or the header x-strata-template"],
    ["GraphiQL", `http://localhost:${proxy}/graphiql`],
    ...ports.map((port, index) => [
      `node ${index + 1}`,
      `http://localhost:${port}/graphql (process ${nodes[index]?.pid})`,
    ]),
    ["nodes", "{ serverNodes { name status } }, after npm run admin -- grant USER_ID"],
  ];
  return `\n${lines.map(([name = "", value]) => `  ${name.padEnd(10)}${value}\n`).join("")}`;
}

function closeProxy(proxy: Server): Promise<void> {
  return new Promise((resolve) => {
    proxy.close(() => resolve());
    proxy.closeAllConnections();
    proxy.emit("close");
  });
}

/** Stops all in order at the first signal, and at once at the second. */
function stopOnSignal(closers: Closers, nodes: readonly KeptProcess[]): () => Promise<void> {
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await closers.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) {
        for (const node of nodes) node.kill();
        process.exit(130);
      }
      say("stopping");
      stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
  }
  return stop;
}

function fail(error: unknown): never {
  const isExpected = expected.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`cluster: ${text}\n`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail(error);
}
