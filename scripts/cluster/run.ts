/**
 * `npm run cluster -- N`: N nodes on one PostgreSQL and one Redis, behind a proxy that routes by template. What dies is
 * started again; Ctrl-C stops nodes, proxy, Redis and PostgreSQL in this order.
 */
import type { Server } from "node:http";
import { Closers } from "../../src/platform/closers.js";
import { readCommandLine } from "../../src/cli/commandLine.js";
import { ConfigError, readConfig, type Config } from "../../src/config/readConfig.js";
import { keptSecrets } from "../../src/config/secrets.js";
import { listen, ListenError } from "../../src/http/httpServer.js";
import { StartError } from "../../src/platform/startError.js";
import { onStopSignals } from "../../src/platform/stopSignals.js";
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
  const count = nodesAsked();
  const config = readConfig(process.env);
  const cluster: Cluster = {
    closers: new Closers(),
    nodes: [],
    starting: Promise.resolve(),
    stopping: false,
  };
  // Before anything is started: what it starts would look after signals itself.
  stopOnSignal(cluster);
  cluster.starting = start(config, count, cluster);
  try {
    await cluster.starting;
  } catch (error) {
    if (cluster.stopping) return;
    await cluster.closers.close();
    throw error;
  }
}

function nodesAsked(): number {
  const { positionals, refuse } = readCommandLine({
    name: "cluster",
    usage: `npm run cluster -- N, with 1 to ${NODES_MAX} nodes`,
    positionalsMax: 1,
  });
  const count = Number(positionals[0] ?? "");
  if (Number.isInteger(count) && count >= 1 && count <= NODES_MAX) return count;
  return refuse(`name the number of nodes, 1 to ${NODES_MAX}`);
}

/** What was started, to be stopped. */
interface Cluster {
  readonly closers: Closers;
  readonly nodes: KeptProcess[];
  starting: Promise<void>;
  stopping: boolean;
}

async function start(config: Config, count: number, cluster: Cluster): Promise<void> {
  const { closers, nodes } = cluster;
  const databaseUrl = await postgresFor(config, count, closers, say);
  if (cluster.stopping) return;
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
  const greeted: string[] = [];
  for (const [index, one] of ports.entries()) {
    if (cluster.stopping) return;
    // Each node tells of the demo account; the first says most.
    const lines = index === 0 ? greeted : [];
    nodes.push(
      new KeptProcess({
        name: `node ${index + 1}`,
        program: process.execPath,
        parameters: [
          ...["--import", new URL("endWithParent.mjs", import.meta.url).href],
          ...["--enable-source-maps", "dist/src/main.js"],
        ],
        environment: { ...shared, PORT: String(one) },
        say: (line) => sayNode(line, lines),
      }),
    );
    // The first migrates the database and makes the demo.
    await readyNodes(backends, index + 1, cluster);
  }
  if (cluster.stopping) return;
  say(greeting(listeningOn, ports, nodes) + greeted.join(""));
}

/** What a node prints at its start is about itself; the command says where the whole is, and who may sign in. */
function sayNode(line: string, greeted: string[]): void {
  const [, name, rest = ""] =
    /: (?:$| +(Strata|GraphQL|GraphiQL|Account|Token) +(.*))/.exec(line) ?? [];
  if (name === undefined && !line.endsWith(": ")) say(line);
  if (name === "Account" || name === "Token") greeted.push(`  ${name.padEnd(10)}${rest}\n`);
}

async function readyNodes(backends: Backends, count: number, cluster: Cluster): Promise<void> {
  const deadline = performance.now() + START_MS_MAX;
  while (backends.readyCount < count && !cluster.stopping) {
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

/** Stops all in order when asked to, and at once when asked again. */
function stopOnSignal(cluster: Cluster): void {
  const { closers, nodes } = cluster;
  const stop = async () => {
    // What is just being started would be left behind.
    await cluster.starting.catch(() => undefined);
    await closers.close();
  };
  onStopSignals({
    stop() {
      cluster.stopping = true;
      say("stopping; Ctrl-C again ends all at once");
      stop().then(() => {
        say("stopped");
        process.exit(0);
      }, fail);
    },
    stopNow() {
      for (const node of nodes) node.kill();
      // Redis and PostgreSQL end with the process.
      process.exit(130);
    },
  });
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
