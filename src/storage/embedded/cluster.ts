/**
 * The cluster: PostgreSQL's data folder, and the password that opens it.
 *
 * It is made under a temporary name and renamed when it is whole, password included, so that a start that is killed
 * half-way leaves nothing that looks like a database.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Binaries } from "./binaries.js";
import { EmbeddedPostgresError } from "./errors.js";
import type { Place } from "./place.js";
import { giveTo, spawnOptionsFor } from "./runAs.js";

/** The database role that owns everything. */
export const SUPERUSER = "strata";

const PASSWORD_FILE = "strata.password";
const PASSWORD_BYTES = 24;
const ASIDE_PREFIX = "postgres.new-";

/**
 * Creates the cluster where there is none.
 *
 * Only the owner of the folder's lock may call it: left-overs of killed attempts are deleted.
 *
 * @returns the superuser's password
 * @throws EmbeddedPostgresError DATA_FOLDER_UNUSABLE for a folder of another version or without password,
 *   START_FAILED where initdb fails
 */
export async function ensureCluster(place: Place, binaries: Binaries): Promise<string> {
  const { clusterDir } = place;
  if (!existsSync(join(clusterDir, "PG_VERSION"))) await createCluster(place, binaries);
  const version = readFileSync(join(clusterDir, "PG_VERSION"), "utf8").trim();
  if (version !== binaries.majorVersion) {
    throw unusable(
      `${clusterDir} was made by PostgreSQL ${version}, this is ${binaries.majorVersion}; move the data with pg_dump`,
    );
  }
  return readPassword(clusterDir);
}

/**
 * The superuser's password of a cluster that is there.
 *
 * @throws EmbeddedPostgresError DATA_FOLDER_UNUSABLE where it is missing
 */
export function readPassword(clusterDir: string): string {
  const passwordFile = join(clusterDir, PASSWORD_FILE);
  if (!existsSync(passwordFile)) {
    throw unusable(
      `${passwordFile} is missing, nothing can open ${clusterDir} without it; restore it`,
    );
  }
  return readFileSync(passwordFile, "utf8").trim();
}

async function createCluster(place: Place, binaries: Binaries): Promise<void> {
  const { clusterDir, placeDir, user } = place;
  if (existsSync(clusterDir)) {
    if (readdirSync(clusterDir).length > 0) {
      throw unusable(
        `${clusterDir} holds files that are not a PostgreSQL database; move them away`,
      );
    }
    rmdirSync(clusterDir);
  }
  for (const name of readdirSync(placeDir)) {
    if (name.startsWith(ASIDE_PREFIX))
      rmSync(join(placeDir, name), { recursive: true, force: true });
  }
  const aside = join(placeDir, `${ASIDE_PREFIX}${process.pid}`);
  const passwordForInitdb = `${aside}.password`;
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  mkdirSync(aside, { mode: 0o700 });
  giveTo(aside, user);
  writePrivate(passwordForInitdb, password, place);
  try {
    await runInitdb(binaries, aside, passwordForInitdb, place);
    writePrivate(join(aside, PASSWORD_FILE), password, place);
    renameSync(aside, clusterDir);
  } finally {
    rmSync(passwordForInitdb, { force: true });
    rmSync(aside, { recursive: true, force: true });
  }
}

function writePrivate(path: string, text: string, place: Place): void {
  writeFileSync(path, `${text}\n`, { mode: 0o600, flush: true });
  chmodSync(path, 0o600);
  giveTo(path, place.user);
}

async function runInitdb(
  binaries: Binaries,
  folder: string,
  passwordFile: string,
  place: Place,
): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The built-in provider sorts the same on every machine and after every upgrade of the operating system.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ];
  const child = spawn(binaries.initdb, args, {
    ...spawnOptionsFor(place.user),
    // A session of its own: Ctrl-C in the terminal must reach Strata alone, which stops once this is done.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const failure = await new Promise<string | undefined>((settle) => {
    child.on("error", (error) => settle(error.message));
    child.on("close", (code) =>
      settle(code === 0 ? undefined : lastLine(stderr) || `exit code ${code}`),
    );
  });
  if (failure !== undefined) {
    throw new EmbeddedPostgresError(
      "START_FAILED",
      `initdb could not create the database: ${failure}`,
    );
  }
}

function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.find((line) => line.includes("error:")) ?? lines.at(-1) ?? "").trim();
}

function unusable(message: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError("DATA_FOLDER_UNUSABLE", message);
}
