/** A server for one run: all of Strata on any free port, its data in a folder that goes with it. */
import { rmSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generousLimits } from "../load/generousLimits.js";
import { readConfig, type Environment } from "../src/config/readConfig.js";
import { startServer } from "../src/node/server.js";

export interface OwnServer {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  stop(): Promise<void>;
}

/** `environment`: settings beside the defaults, such as DATABASE_URL instead of an embedded PostgreSQL. */
export async function startOwnServer(environment: Environment = {}): Promise<OwnServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "strata-example-"));
  // Under root PostgreSQL is another user. What it cannot enter, it would leave for a place that stays.
  await chmod(dataDir, 0o711);
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  const config = readConfig({
    ...generousLimits,
    PORT: "0",
    DATA_DIR: dataDir,
    DEMO: "false",
    ...environment,
  });
  const server = await startServer(config);
  return {
    url: server.url,
    async stop() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
