/**
 * Where the database lives. Usually that is `DATA_DIR` itself. As root in a clone that other users cannot enter
 * (under /root), PostgreSQL's user could not reach it: the database then gets a place of its own, which is
 * remembered in a small file in `DATA_DIR`, so that the next start finds it.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedPostgresError, systemErrorCode } from "./errors.js";
import { canEnter, chooseRunAs, type RunAs } from "./runAs.js";

const MEMORY_FILE = "postgres.json";
const CLUSTER_FOLDER = "postgres";
const SYSTEM_PLACES = "/var/lib/strata";

/** What one start leaves for the next, in `DATA_DIR/postgres.json`. */
export interface PlaceMemory {
  /** The folder of the database where it is not `DATA_DIR`. */
  place?: string;
  /** The TCP port of the last start. */
  port?: number;
}

/** The folders of one embedded PostgreSQL, all absolute and without symlinks. */
export interface Place {
  readonly dataDir: string;
  /** Where lock, cluster and copied programs are: `dataDir`, or a place that PostgreSQL's user can enter. */
  readonly placeDir: string;
  readonly clusterDir: string;
  readonly logFile: string;
  readonly user: RunAs;
}

/**
 * Finds, or on a first start chooses and creates, the place of the database.
 *
 * @param dataDir `DATA_DIR`, created where it is missing
 * @param log gets one line where the place is not `dataDir`
 * @throws EmbeddedPostgresError DATA_FOLDER_UNUSABLE
 */
export function choosePlace(dataDir: string, log: (line: string) => void): Place {
  try {
    const folder = createFolder(dataDir);
    const remembered = readMemory(folder).place;
    if (remembered !== undefined) return rememberedPlace(folder, remembered, log);
    const user = chooseRunAs(join(folder, CLUSTER_FOLDER));
    if (existsSync(join(folder, CLUSTER_FOLDER)) || canEnter(folder, user)) {
      return placeAt(folder, folder, user);
    }
    const placeDir = createPlaceElsewhere(folder, user);
    updateMemory(folder, { place: placeDir });
    log(`PostgreSQL's user cannot enter ${folder}; the database is kept in ${placeDir}`);
    return placeAt(folder, placeDir, user);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || systemErrorCode(error) === undefined) throw error;
    throw unusable(`DATA_DIR ${dataDir} cannot be used: ${(error as Error).message}`, error);
  }
}

/** What the last start left; empty on a first start. */
export function readMemory(dataDir: string): PlaceMemory {
  const path = join(dataDir, MEMORY_FILE);
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PlaceMemory;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return {};
    if (error instanceof SyntaxError)
      throw unusable(`${path} is not JSON; restore or delete it`, error);
    throw error;
  }
}

/** Changes what the next start will find, leaving the rest as it is. */
export function updateMemory(dataDir: string, change: PlaceMemory): void {
  const path = join(dataDir, MEMORY_FILE);
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, `${JSON.stringify({ ...readMemory(dataDir), ...change })}\n`);
  renameSync(aside, path);
}

function placeAt(dataDir: string, placeDir: string, user: RunAs): Place {
  return {
    dataDir,
    placeDir,
    clusterDir: join(placeDir, CLUSTER_FOLDER),
    logFile: join(dataDir, "postgres.log"),
    user,
  };
}

function rememberedPlace(dataDir: string, placeDir: string, log: (line: string) => void): Place {
  if (!existsSync(placeDir)) {
    throw unusable(
      `the database was kept in ${placeDir}, which no longer exists; restore it, or delete ${join(dataDir, MEMORY_FILE)} to start empty`,
    );
  }
  log(`the database is kept in ${placeDir}`);
  return placeAt(dataDir, placeDir, chooseRunAs(join(placeDir, CLUSTER_FOLDER)));
}

function createFolder(path: string): string {
  const created = mkdirSync(path, { recursive: true });
  // PostgreSQL's user has to pass through it; what is secret in it has modes of its own.
  if (created !== undefined && process.getuid?.() === 0) chmodSync(path, 0o755);
  return realpathSync(path);
}

/**
 * A new folder that this user can enter. Its name is never one that was used before: whoever deletes `DATA_DIR` wants
 * to start empty, not to find the old database again.
 */
function createPlaceElsewhere(dataDir: string, user: RunAs): string {
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 8);
  for (const parent of [SYSTEM_PLACES, tmpdir()]) {
    try {
      if (parent === SYSTEM_PLACES) mkdirSync(parent, { recursive: true, mode: 0o755 });
      const prefix = parent === SYSTEM_PLACES ? `${name}-` : `strata-${name}-`;
      const folder = realpathSync(mkdtempSync(join(parent, prefix)));
      chmodSync(folder, 0o755);
      if (canEnter(folder, user)) return folder;
    } catch (error) {
      // A read-only or missing parent: the next one may do.
      if (systemErrorCode(error) === undefined) throw error;
    }
  }
  throw unusable(
    `PostgreSQL's user can enter neither ${dataDir} nor ${SYSTEM_PLACES} nor ${tmpdir()}; set DATA_DIR to a folder it can`,
  );
}

function unusable(message: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError("DATA_FOLDER_UNUSABLE", message, { cause });
}
