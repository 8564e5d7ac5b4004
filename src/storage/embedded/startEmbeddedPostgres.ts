/**
 * The embedded PostgreSQL: a real server that comes with the npm packages, with its data in a folder, for a start that
 * asks nothing. What it promises:
 *
 * - an acknowledged commit is durable, as on any PostgreSQL: nothing is relaxed;
 * - a process killed at any moment, the first start included, leaves a folder that the next start uses as it is;
 * - a server that dies meanwhile is started again, at the same address;
 * - it ends with the process that started it, unless that is killed: the next start then takes it on;
 * - one Strata process per folder: a second one is refused and told who owns it;
 * - it listens on the loopback interface alone, behind a random password that only the owner can read.
 */
import { locateBinaries } from "./binaries.js";
import { ensureCluster } from "./cluster.js";
import { ensureDatabase, urlOf } from "./connection.js";
import { EmbeddedPostgresError } from "./errors.js";
import { defaultRestartPace, keepRunning, type RestartPace } from "./keepRunning.js";
import { takeOwnership } from "./ownerLock.js";
import { readPidFile } from "./pidFile.js";
import { choosePlace, readMemory, updateMemory } from "./place.js";
import {
  adoptPostmaster,
  endPostmaster,
  isGone,
  startPostmaster,
  stopPostmaster,
  type Postmaster,
} from "./postmaster.js";
import { exitOnStopSignals } from "../../platform/stopSignals.js";
import type { PostgresSettings } from "./settings.js";

/** Outside the range that systems give to outgoing connections, so that it stays free between starts. */
const FIRST_PORT = 25_432;

export interface EmbeddedPostgresOptions {
  /** `DATA_DIR`; the cluster goes to `postgres` in it, or to a place that is remembered in it. */
  readonly dataDir: string;
  /** Gets one line for whatever a person should know; silent by default. */
  readonly log?: (line: string) => void;
  /** The same for a server that died; as `log` where omitted. */
  readonly warn?: (line: string) => void;
  /** Changes to the default settings, by their names in postgresql.conf. */
  readonly settings?: PostgresSettings;
  /** How a server that died is started again. */
  readonly restart?: RestartPace;
}

export interface EmbeddedPostgres {
  /** Address of the database, with the password: not for logs. */
  readonly url: string;
  /** Whether a server that an earlier process left running was taken on. */
  readonly adopted: boolean;
  /** Whether the run before ended without stopping its server. */
  readonly recovered: boolean;
  /** Stops the server and gives the folder free. A second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Starts, or takes on, the PostgreSQL of a data folder, creating the folder and its database on a first start.
 *
 * @throws EmbeddedPostgresError with one line that says what to do
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const place = choosePlace(options.dataDir, log);
  const release = takeOwnership(place.placeDir);
  // Whatever ends this process before `stop`, short of a kill, takes the server along.
  const endAtExit = () => {
    endPostmaster(place);
    release();
  };
  process.once("exit", endAtExit);
  const endExiting = exitOnStopSignals();
  const letGo = () => {
    endExiting();
    process.off("exit", endAtExit);
    release();
  };
  try {
    const binaries = locateBinaries(place.placeDir, place.user, log);
    const password = await ensureCluster(place, binaries);
    // What a run that stops in order takes away.
    const recovered = readPidFile(place.clusterDir) !== undefined;
    const remembered = readMemory(place.dataDir).port;
    const left = await adoptPostmaster(place, password);
    const server =
      left ??
      (await startPostmaster(place, binaries, remembered ?? FIRST_PORT, options.settings, log));
    if (left === undefined && remembered !== undefined && remembered !== server.port) {
      log(`port ${remembered} is taken; PostgreSQL now listens on ${server.port}`);
    }
    if (remembered !== server.port) updateMemory(place.dataDir, { port: server.port });
    await ensureDatabase(server.port, password);
    /** Whoever uses the server knows its address. */
    const startAt = async (port: number): Promise<Postmaster> => {
      const started =
        (await adoptPostmaster(place, password)) ??
        (await startPostmaster(place, binaries, port, options.settings, log));
      if (started.port === port) return started;
      await stopPostmaster(place, binaries, started);
      throw new EmbeddedPostgresError("START_FAILED", `port ${port} is taken by another program`);
    };
    const endKeeping = keepRunning({
      server,
      isGone: (one) => isGone(place, one),
      start: () => startAt(server.port),
      log: options.warn ?? log,
      pace: options.restart ?? defaultRestartPace,
    });
    const stop = async () => {
      await stopPostmaster(place, binaries, await endKeeping());
      letGo();
    };
    let stopped: Promise<void> | undefined;
    return {
      url: urlOf(server.port, password),
      adopted: left !== undefined,
      recovered,
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    letGo();
    throw error;
  }
}
