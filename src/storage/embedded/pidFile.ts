import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "./errors.js";

/** What a running PostgreSQL says about itself in `postmaster.pid`. */
export interface PidFile {
  readonly pid: number;
  /** NaN while it has not got that far. */
  readonly port: number;
  /** "starting", "ready", "stopping", "standby" or, before the first, "". */
  readonly status: string;
}

const PID_LINE = 0;
const PORT_LINE = 3;
const STATUS_LINE = 7;

/** The path of the file in a cluster. */
export function pidFilePath(clusterDir: string): string {
  return join(clusterDir, "postmaster.pid");
}

/** Reads the file; undefined where there is none, which is so after a clean stop, or where it names no process. */
export function readPidFile(clusterDir: string): PidFile | undefined {
  try {
    const lines = readFileSync(pidFilePath(clusterDir), "utf8").split("\n");
    // The process id of a standalone backend is written as a negative number.
    const pid = Math.abs(Number.parseInt(lines[PID_LINE] ?? "", 10));
    if (!Number.isSafeInteger(pid) || pid === 0) return undefined;
    const port = Number.parseInt(lines[PORT_LINE] ?? "", 10);
    return { pid, port, status: (lines[STATUS_LINE] ?? "").trim() };
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
