/**
 * The server process. It outlives a `kill -9` of Strata, so a start first looks for one that is left over and takes
 * it on; only where there is none does it start one, clearing what a dead server left.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries.js";
import { servesCluster } from "./connection.js";
import { EmbeddedPostgresError } from "./errors.js";
import { findFreePort } from "./freePort.js";
import { pidFilePath, readPidFile } from "./pidFile.js";
import type { Place } from "./place.js";
import { commandLineOf, isAlive } from "./processIdentity.js";
import { spawnOptionsFor } from "./runAs.js";
import { type PostgresSettings, settingArguments } from "./settings.js";

/** A server that is up. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

const READY_POLL_MS = 5;
const ADOPT_POLL_MS = 50;
/** A left-over server may be recovering or shutting down. */
const ADOPT_WAIT_MS = 60_000;
const SLOW_START_NOTICE_MS = 5_000;
/** Servers that died with their children still attached to the shared memory free it within moments. */
const SHARED_MEMORY_WAIT_MS = 10_000;
const SHARED_MEMORY_RETRY_MS = 200;
const PORT_RETRIES_MAX = 10;
const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 10_000;
const EXIT_WAIT_MS_MAX = 5_000;
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/**
 * Takes on the server that a killed Strata left running on this cluster.
 *
 * @returns undefined where none runs; a stale `postmaster.pid` is then out of the way
 * @throws EmbeddedPostgresError START_FAILED where one runs but does not answer
 */
export async function adoptPostmaster(
  place: Place,
  password: string,
): Promise<Postmaster | undefined> {
  const { clusterDir } = place;
  for (let waitedMs = 0; ; waitedMs += ADOPT_POLL_MS) {
    const file = readPidFile(clusterDir);
    // PostgreSQL itself clears the file of a process that is gone.
    if (file === undefined || !isAlive(file.pid)) return undefined;
    if (file.port > 0 && (await servesCluster(file.port, password, clusterDir))) {
      return { pid: file.pid, port: file.port };
    }
    if (!mayBePostmasterOf(file.pid, clusterDir)) {
      // The id went to another process meanwhile; PostgreSQL would take that one for a server and refuse.
      rmSync(pidFilePath(clusterDir), { force: true });
      return undefined;
    }
    if (waitedMs >= ADOPT_WAIT_MS) {
      throw startFailed(
        `PostgreSQL (process ${file.pid}) holds ${clusterDir} but does not answer; stop it and start again`,
      );
    }
    await sleep(ADOPT_POLL_MS);
  }
}

function mayBePostmasterOf(pid: number, clusterDir: string): boolean {
  const commandLine = commandLineOf(pid);
  return commandLine === undefined || commandLine.includes(clusterDir);
}

/**
 * Starts a server and waits until it accepts connections, however long it needs to recover.
 *
 * @param firstPort tried first; where it is taken, the next free one
 * @throws EmbeddedPostgresError START_FAILED with PostgreSQL's own reason
 */
export async function startPostmaster(
  place: Place,
  binaries: Binaries,
  firstPort: number,
  settings: PostgresSettings | undefined,
  log: (line: string) => void,
): Promise<Postmaster> {
  let port = await findFreePort(firstPort);
  let waitedMs = 0;
  for (let portRetries = 0; ;) {
    const result = await tryToStart(place, binaries, port, settings, log);
    if (typeof result !== "string") return result;
    if (result.includes("Address already in use") && portRetries++ < PORT_RETRIES_MAX) {
      port = await findFreePort(port + 1);
    } else if (result.includes("shared memory block") && waitedMs < SHARED_MEMORY_WAIT_MS) {
      waitedMs += SHARED_MEMORY_RETRY_MS;
      await sleep(SHARED_MEMORY_RETRY_MS);
    } else {
      throw startFailed(
        `PostgreSQL did not start: ${reasonIn(result)} (${place.logFile} has the rest)`,
      );
    }
  }
}

/** One attempt: the running server, or what the server wrote before it gave up. */
async function tryToStart(
  place: Place,
  binaries: Binaries,
  port: number,
  settings: PostgresSettings | undefined,
  log: (line: string) => void,
): Promise<Postmaster | string> {
  const logFile = openLog(place.logFile);
  const child = spawn(
    binaries.postgres,
    ["-D", place.clusterDir, ...settingArguments(port, settings)],
    {
      ...spawnOptionsFor(place.user),
      // A session of its own: Ctrl-C in the terminal must reach Strata alone, which stops the server last.
      detached: true,
      stdio: ["ignore", logFile.descriptor, logFile.descriptor],
    },
  );
  closeSync(logFile.descriptor);
  const ending = endingOf(child);
  for (let waitedMs = 0; ; waitedMs += READY_POLL_MS) {
    const file = readPidFile(place.clusterDir);
    if (file !== undefined && file.pid === child.pid && file.status === "ready") {
      child.unref();
      return { pid: file.pid, port };
    }
    if (ending.reason !== undefined) {
      const written = readFileSync(place.logFile, "utf8").slice(logFile.lengthBefore);
      return written.trim() === "" ? ending.reason : written;
    }
    if (waitedMs > 0 && waitedMs % SLOW_START_NOTICE_MS === 0) {
      log(`PostgreSQL is not ready yet (recovering?); see ${place.logFile}`);
    }
    await sleep(READY_POLL_MS);
  }
}

/** Follows a child process to its end; `reason` is set when it is over. */
function endingOf(child: ChildProcess): { reason: string | undefined } {
  const ending: { reason: string | undefined } = { reason: undefined };
  child.on("error", (error) => (ending.reason = error.message));
  child.on(
    "exit",
    (code, signal) => (ending.reason = `it ended with ${signal ?? `exit code ${code}`}`),
  );
  return ending;
}

function openLog(path: string): { descriptor: number; lengthBefore: number } {
  if (existsSync(path) && statSync(path).size > LOG_BYTES_MAX) renameSync(path, `${path}.old`);
  const descriptor = openSync(path, "a", 0o600);
  const lengthBefore = readFileSync(path, "utf8").length;
  return { descriptor, lengthBefore };
}

/** The line of PostgreSQL's log that says why, without its time stamp. */
function reasonIn(written: string): string {
  const lines = written.split("\n").filter((line) => line.trim() !== "");
  const line =
    lines.findLast((text) => /FATAL|PANIC/.test(text)) ?? lines.at(-1) ?? "no reason given";
  return line.replace(/^.*?(FATAL|PANIC):\s*/, "").trim();
}

function startFailed(message: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError("START_FAILED", message);
}

/**
 * Stops a server, started here or adopted: open transactions are rolled back, what is committed is written out.
 * Does nothing where it is gone already. One that hangs is ended at once; it recovers at the next start.
 */
export async function stopPostmaster(
  place: Place,
  binaries: Binaries,
  postmaster: Postmaster,
): Promise<void> {
  if (process.platform === "win32") {
    // Windows has no signals to send.
    spawnSync(
      binaries.pgCtl,
      ["stop", "-D", place.clusterDir, "-m", "fast"],
      spawnOptionsFor(undefined),
    );
    return;
  }
  for (const [signal, waitMs] of [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
  ] as const) {
    if (isGone(place, postmaster)) return;
    process.kill(postmaster.pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += READY_POLL_MS) {
      if (isGone(place, postmaster)) return;
      await sleep(READY_POLL_MS);
    }
  }
}

/**
 * Ends the server of a cluster from a process that is just exiting: at once, leaving what was not written out to the
 * recovery at the next start. Waits for it without giving up the thread.
 */
export function endPostmaster(place: Place): void {
  const { clusterDir } = place;
  const file = readPidFile(clusterDir);
  if (file === undefined || !isAlive(file.pid) || !mayBePostmasterOf(file.pid, clusterDir)) return;
  process.kill(file.pid, "SIGQUIT");
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; waitedMs < EXIT_WAIT_MS_MAX; waitedMs += READY_POLL_MS) {
    if (isGone(place, file)) return;
    Atomics.wait(pause, 0, 0, READY_POLL_MS);
  }
}

/** Whether the server ended. */
export function isGone(place: Place, postmaster: Postmaster): boolean {
  return readPidFile(place.clusterDir)?.pid !== postmaster.pid || !isAlive(postmaster.pid);
}
