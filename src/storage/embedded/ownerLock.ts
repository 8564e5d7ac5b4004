/**
 * One Strata process per data folder. The lock is a small file with the owner's process id; it outlives a `kill -9`,
 * so the next start decides whether the owner it names still lives.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedPostgresError, systemErrorCode } from "./errors.js";
import { birthOf, isAlive } from "./processIdentity.js";

const LOCK_FILE = "strata.pid";
const ATTEMPTS_MAX = 20;

interface Owner {
  pid: number;
  birth?: string | undefined;
}

/**
 * Takes the data folder for this process.
 *
 * @returns the release; calling it twice does nothing
 * @throws EmbeddedPostgresError DATA_FOLDER_IN_USE, naming the process that owns the folder
 */
export function takeOwnership(folder: string): () => void {
  const lock = join(folder, LOCK_FILE);
  const mine = `${lock}.${process.pid}`;
  const owner: Owner = { pid: process.pid, birth: birthOf(process.pid) };
  writeFileSync(mine, JSON.stringify(owner));
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      // A link appears with its content or not at all: nobody ever reads a half-written lock.
      if (tryLink(mine, lock)) return () => releaseIfMine(lock, owner);
      const found = readOwner(lock);
      if (found !== undefined && isSameLiveProcess(found)) throw inUse(folder, found);
      if (found !== undefined) removeStale(lock, found);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw new EmbeddedPostgresError(
    "DATA_FOLDER_IN_USE",
    `${lock} could not be taken; delete it if no Strata is running`,
  );
}

function inUse(folder: string, owner: Owner): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    "DATA_FOLDER_IN_USE",
    `${folder} is in use by process ${owner.pid}; stop it first, or set DATA_DIR to another folder`,
  );
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** The owner that a lock file names; undefined where the file is gone meanwhile. */
function readOwner(path: string): Owner | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed === "object" && parsed !== null && "pid" in parsed) {
      const birth =
        "birth" in parsed && typeof parsed.birth === "string" ? parsed.birth : undefined;
      if (Number.isSafeInteger(parsed.pid)) return { pid: Number(parsed.pid), birth };
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  // Not something this program wrote whole: an owner that no process can be.
  return { pid: 0 };
}

function isSameLiveProcess(owner: Owner): boolean {
  if (owner.pid <= 0 || !isAlive(owner.pid)) return false;
  const birth = birthOf(owner.pid);
  return owner.birth === undefined || birth === undefined || birth === owner.birth;
}

/**
 * Two starts may find the same stale lock. Moving it aside lets exactly one of them have it; where what was moved
 * turns out to be the fresh lock of the other, it is put back.
 */
function removeStale(lock: string, stale: Owner): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = readOwner(aside);
  if (moved?.pid !== stale.pid || moved.birth !== stale.birth) tryLink(aside, lock);
  rmSync(aside, { force: true });
}

function releaseIfMine(lock: string, owner: Owner): void {
  const found = readOwner(lock);
  if (found?.pid === owner.pid && found.birth === owner.birth) rmSync(lock, { force: true });
}
