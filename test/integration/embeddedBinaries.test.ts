import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { locateBinaries } from "../../src/storage/embedded/binaries.js";
import { EmbeddedPostgresError } from "../../src/storage/embedded/errors.js";
import { chooseRunAs, spawnOptionsFor } from "../../src/storage/embedded/runAs.js";

const isRoot = process.getuid?.() === 0;
const hasSymlinks = process.platform !== "win32";

let base: string;
let placeDir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "strata-binaries-"));
  placeDir = join(base, "place");
  await chmod(base, 0o755);
  await mkdir(placeDir);
});

afterEach(async () => {
  await rm(base, { recursive: true, force: true });
});

/** A copy of the installed package as npm unpacks it, before its install script made any symlink. */
function unhydratedCopy(name: string): string {
  const { postgres } = locateBinaries(placeDir, chooseRunAs(placeDir), () => {});
  const copy = join(base, name);
  cpSync(dirname(dirname(postgres)), copy, { recursive: true, verbatimSymlinks: true });
  for (const path of readdirSync(copy, { recursive: true, encoding: "utf8" })) {
    const file = join(copy, path);
    if (lstatSync(file).isSymbolicLink()) rmSync(file);
  }
  return copy;
}

function symlinksIn(nativeDir: string): number {
  return readdirSync(nativeDir, { recursive: true, encoding: "utf8" }).filter((path) =>
    lstatSync(join(nativeDir, path)).isSymbolicLink(),
  ).length;
}

describe.runIf(hasSymlinks)("PostgreSQL's programs", () => {
  it("run where install scripts were ignored", () => {
    const nativeDir = unhydratedCopy("native");
    expect(symlinksIn(nativeDir)).toBe(0);
    const user = chooseRunAs(placeDir);
    const { initdb } = locateBinaries(placeDir, user, () => {}, { nativeDir, version: "18.0.0" });
    expect(initdb).toBe(join(nativeDir, "bin/initdb"));
    const list = JSON.parse(readFileSync(join(nativeDir, "pg-symlinks.json"), "utf8")) as unknown[];
    expect(symlinksIn(nativeDir)).toBe(list.length);
    expect(spawnSync(initdb, ["--version"], spawnOptionsFor(user)).status).toBe(0);
    expect(existsSync(join(placeDir, "binaries"))).toBe(false);
  });

  it.runIf(isRoot)("are copied where their user cannot reach them, and copied once", async () => {
    const nativeDir = unhydratedCopy("private/native");
    await chmod(join(base, "private"), 0o700);
    const user = chooseRunAs(placeDir);
    const lines: string[] = [];
    const locate = () =>
      locateBinaries(placeDir, user, (line) => lines.push(line), { nativeDir, version: "18.0.0" });
    const { initdb } = locate();
    expect(initdb).toBe(join(placeDir, "binaries/18.0.0/bin/initdb"));
    expect(spawnSync(initdb, ["--version"], spawnOptionsFor(user)).status).toBe(0);
    expect(locate().initdb).toBe(initdb);
    expect(lines).toHaveLength(1);
  });

  it("are refused in one line where they do not run on this machine", async () => {
    const nativeDir = join(base, "empty");
    await mkdir(nativeDir);
    const locate = () =>
      locateBinaries(placeDir, undefined, () => {}, { nativeDir, version: "18.0.0" });
    expect(locate).toThrow(EmbeddedPostgresError);
    expect(locate).toThrow(/^PostgreSQL 18\.0\.0 does not run here \([^\n]*\); set DATABASE_URL/);
  });
});
