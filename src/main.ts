/** Starts the program, says where it is, and stops it: the only file that ends the process. */
import { readCommandLine } from "./cli/commandLine.js";
import { ConfigError, readConfig } from "./config/readConfig.js";
import { ListenError } from "./http/httpServer.js";
import { startServer, type RunningServer } from "./node/server.js";
import { StartError } from "./platform/startError.js";
import { onStopSignals } from "./platform/stopSignals.js";
import { EmbeddedPostgresError } from "./storage/embedded/errors.js";
import { MigrationError } from "./storage/postgres/migrations.js";

/** What was still open when the time for stopping was over is cut off. */
class StopError extends Error {
  override readonly name = "StopError";
}

/** Failures that a person can understand; their messages are one line. */
const expected = [
  ConfigError,
  StartError,
  StopError,
  ListenError,
  EmbeddedPostgresError,
  MigrationError,
];

const USAGE = `npm start
Starts a node of Strata. Environment variables configure it, such as PORT=4000, DATA_DIR=./data,
DATABASE_URL=postgresql://…, LOG_LEVEL=info; docs/CONFIGURATION.md lists all of them.`;

async function main(): Promise<void> {
  readCommandLine({ name: "strata", usage: USAGE });
  const config = readConfig(process.env);
  const { shutdownMs } = config.server;
  let stopping = false;
  let server: RunningServer | undefined;
  onStopSignals({
    stop() {
      stopping = true;
      say("stopping; Ctrl-C again ends it at once");
      if (server !== undefined) void stopServer(server, shutdownMs);
    },
    stopNow: () => process.exit(130),
  });

  server = await startServer(config);
  // Asked to stop before there was something to stop.
  if (stopping) return stopServer(server, shutdownMs);
  process.stdout.write(greeting(server));
}

async function stopServer(server: RunningServer, shutdownMs: number): Promise<void> {
  // What is not stored by then is in the log; the next start goes on from there.
  setTimeout(() => fail(new StopError("the stop took too long and was aborted")), shutdownMs);
  try {
    await server.close();
    say("stopped");
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** One line for a person at the terminal; the log has its own. */
function say(what: string): void {
  process.stdout.write(`  Strata    ${what}\n`);
}

/** One short block: where it is, and how a person signs in to the demo account. */
function greeting({ url, graphiqlUrl, wsUrl, demo }: RunningServer): string {
  const lines = [
    ["Strata", "ready"],
    ["GraphQL", `${url} (subscriptions: ${wsUrl})`],
  ];
  if (graphiqlUrl !== undefined) lines.push(["GraphiQL", graphiqlUrl]);
  if (demo?.isNew === true) {
    lines.push(["Account", `${demo.email}, password ${demo.password}`]);
    lines.push(["Token", demo.token]);
  } else if (demo?.passwordFile !== undefined) {
    lines.push(["Account", `${demo.email}, password: "demoPassword" in ${demo.passwordFile}`]);
  }
  const text = lines.map(([name = "", value = ""]) => `  ${name.padEnd(10)}${value}\n`).join("");
  return `\n${text}\n`;
}

function fail(error: unknown): never {
  const isExpected = expected.some((kind) => error instanceof kind);
  const text = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(`strata: ${text}\n`);
  process.exit(1);
}

try {
  await main();
} catch (error) {
  fail(error);
}
