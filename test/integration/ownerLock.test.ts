import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EmbeddedPostgresError } from "../../src/storage/embedded/errors.js";
import { takeOwnership } from "../../src/storage/embedded/ownerLock.js";
import { birthOf } from "../../src/storage/embedded/processIdentity.js";

const GONE_PID = 2 ** 30;

let folder: string;
let lock: string;
let other: ChildProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "strata-lock-"));
  lock = join(folder, "strata.pid");
  other = spawn(process.execPath, ["-e", "setInterval(() => {}, 60000)"]);
});

afterEach(async () => {
  other.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

async function expectTaken(): Promise<void> {
  const release = takeOwnership(folder);
  expect(JSON.parse(await readFile(lock, "utf8"))).toMatchObject({ pid: process.pid });
  expect(await readdir(folder)).toEqual(["strata.pid"]);
  release();
  release();
  expect(existsSync(lock)).toBe(false);
}

describe("takeOwnership", () => {
  it("takes a free folder and gives it back", () => expectTaken());

  it("refuses while the owner lives, also where that is this process", async () => {
    const release = takeOwnership(folder);
    expect(() => takeOwnership(folder)).toThrow(EmbeddedPostgresError);
    release();
    await writeFile(lock, JSON.stringify({ pid: other.pid, birth: birthOf(other.pid ?? 0) }));
    expect(() => takeOwnership(folder)).toThrow(`in use by process ${other.pid};`);
  });

  it("takes over from an owner that is gone", async () => {
    await writeFile(lock, JSON.stringify({ pid: GONE_PID }));
    await expectTaken();
  });

  it("takes over where the owner's number went to another process", async () => {
    await writeFile(lock, JSON.stringify({ pid: other.pid, birth: "another boot/1" }));
    await expectTaken();
  });

  it("takes over from a lock that nobody wrote whole", async () => {
    await writeFile(lock, "");
    await expectTaken();
    await writeFile(lock, '{"pid":"x"}');
    await expectTaken();
  });

  it("leaves a lock alone that is another's by now", async () => {
    const release = takeOwnership(folder);
    await writeFile(lock, JSON.stringify({ pid: other.pid }));
    release();
    expect(existsSync(lock)).toBe(true);
  });
});
