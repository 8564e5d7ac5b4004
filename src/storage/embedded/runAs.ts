/**
 * PostgreSQL refuses to run as root. Where Strata does, PostgreSQL's programs run with the ids of `postgres` or
 * `nobody`, users that every system has, so that no user needs to be added.
 */
import { spawnSync } from "node:child_process";
import { accessSync, chownSync, constants, statSync } from "node:fs";
import { systemErrorCode } from "./errors.js";

/** The system user that PostgreSQL runs as; undefined stands for the user of this process. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined;

const USER_NAMES = ["postgres", "_postgres", "nobody"];
const NOBODY_ID = 65_534;

/**
 * Whom PostgreSQL runs as: the owner of the cluster where there is one (a folder first used by a normal user goes on
 * belonging to that user), else a user of the system.
 *
 * @param clusterDir where the cluster is or will be
 * @returns undefined unless this process is root
 */
export function chooseRunAs(clusterDir: string): RunAs {
  if (process.getuid?.() !== 0) return undefined;
  const owner = ownerOf(clusterDir);
  if (owner !== undefined && owner.uid !== 0) return owner;
  for (const name of USER_NAMES) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  return { uid: NOBODY_ID, gid: NOBODY_ID };
}

function ownerOf(path: string): RunAs {
  try {
    const { uid, gid } = statSync(path);
    return { uid, gid };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function idOf(flag: "-u" | "-g", name: string): number | undefined {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

/** Whether that user can enter the folder, parents included; the kernel is asked, not the mode bits. */
export function canEnter(folder: string, user: RunAs): boolean {
  if (user === undefined) {
    try {
      accessSync(folder, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }
  const { status } = spawnSync("/bin/sh", ["-c", 'cd "$0"', folder], spawnOptionsFor(user));
  return status === 0;
}

/** Gives a file or folder to that user. */
export function giveTo(path: string, user: RunAs): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

/**
 * Options for `spawn` and `spawnSync` of one of PostgreSQL's programs. The working folder is one that everybody can
 * enter, and settings for other PostgreSQL programs (PGPORT, PGDATA …) are kept away from ours.
 */
export function spawnOptionsFor(user: RunAs): {
  cwd: string;
  env: NodeJS.ProcessEnv;
  windowsHide: true;
  uid?: number;
  gid?: number;
} {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("PG")),
  );
  const cwd = process.platform === "win32" ? process.cwd() : "/";
  return { cwd, env, windowsHide: true, ...user };
}
