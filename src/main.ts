/** Starts the program, says where it is, and stops it: the only file that ends the process. */
import { ConfigError, readConfig } from "./config.js";
import { ListenError } from "./http/httpServer.js";
import { startServer, type RunningServer } from "./server.js";
import { StartError } from "./startError.js";
import { EmbeddedPostgresError } from "./storage/embedded/errors.js";
import { MigrationError } from "./storage/migrations.js";

/** Failures of a start that a person can mend; their messages are one line that says how. */
const expected = [ConfigError, StartError, ListenError, EmbeddedPostgresError, MigrationError];

async function main(): Promise<void> {
  let stopping = false;
  let server: RunningServer | undefined;
  const stop = (): void => {
    // Whoever asks twice does not want to wait.
    if (stopping) process.exit(130);
    stopping = true;
    if (server !== undefined) void stopServer(server);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);

  server = await startServer(readConfig(process.env));
  // Asked to stop before there was something to stop.
  if (stopping) return stopServer(server);
  process.stdout.write(greeting(server));
}

async function stopServer(server: RunningServer): Promise<void> {
  try {
    await server.close();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** One short block: where it is and, on a first start, who may come in. */
function greeting({ url, graphiqlUrl, wsUrl, demo }: RunningServer): string {
  const lines = [
    ["Strata", "ready"],
    ["GraphQL", `${url} (subscriptions: ${wsUrl})`],
  ];
  if (graphiqlUrl !== undefined) lines.push(["GraphiQL", graphiqlUrl]);
  if (demo !== undefined) {
    lines.push(["Account", `${demo.email}, password ${demo.password}`]);
    lines.push(["Token", demo.token]);
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
