import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EmbeddedPostgresError } from "../../src/storage/embedded/errors.js";
import { readPidFile } from "../../src/storage/embedded/pidFile.js";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/storage/embedded/startEmbeddedPostgres.js";

const FIXTURE = join(import.meta.dirname, "fixtures/holdPostgres.ts");
const isRoot = process.getuid?.() === 0;

let base: string;
let dataDir: string;
let clusterDir: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "strata-embedded-"));
  await chmod(base, 0o755);
  dataDir = join(base, "data");
  clusterDir = join(dataDir, "postgres");
  running = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(running.map((server) => server.stop()));
  await rm(base, { recursive: true, force: true });
});

async function start(log?: (line: string) => void): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, ...(log === undefined ? {} : { log }) });
  running.push(server);
  return server;
}

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function startInChild(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", FIXTURE, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, url: (JSON.parse(line) as { url: string }).url };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

async function refusal(): Promise<EmbeddedPostgresError> {
  const error: unknown = await start().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EmbeddedPostgresError);
  expect((error as Error).message).not.toContain("\n");
  return error as EmbeddedPostgresError;
}

describe("a first start", () => {
  it("creates a durable server on the loopback interface, and a password only the owner can read", async () => {
    const { url, adopted } = await start();
    expect(adopted).toBe(false);
    expect(url).toMatch(/^postgres:\/\/strata:[\w-]{32}@127\.0\.0\.1:\d+\/strata$/);
    const names = ["fsync", "synchronous_commit", "full_page_writes", "listen_addresses"];
    const rows = await query<{ name: string; setting: string }>(
      url,
      `SELECT name, setting FROM pg_settings WHERE name = ANY ('{${names.join()},unix_socket_directories}')`,
    );
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      synchronous_commit: "on",
      full_page_writes: "on",
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
    });
    expect(statSync(join(clusterDir, "strata.password")).mode & 0o777).toBe(0o600);
    await expect(query(url.replace(/:[\w-]{32}@/, ":wrong@"), "SELECT 1")).rejects.toThrow(
      /password/,
    );
  });

  it("is not misled by what a killed first start left", async () => {
    await mkdir(join(dataDir, "postgres.new-1"), { recursive: true });
    await writeFile(join(dataDir, "postgres.new-1", "PG_VERSION"), "18\n");
    await mkdir(clusterDir);
    const { url } = await start();
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect((await readdir(dataDir)).filter((name) => name.startsWith("postgres.new"))).toEqual([]);
  });

  it("refuses a folder that holds something else", async () => {
    await mkdir(clusterDir, { recursive: true });
    await writeFile(join(clusterDir, "diary.txt"), "mine");
    expect(await refusal()).toMatchObject({ code: "DATA_FOLDER_UNUSABLE" });
    expect(await readFile(join(clusterDir, "diary.txt"), "utf8")).toBe("mine");
  });
});

describe("a later start", () => {
  it("finds the data, port and password of the first", async () => {
    const first = await start();
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
    await Promise.all([first.stop(), first.stop()]);
    expect(readPidFile(clusterDir)).toBeUndefined();
    const second = await start();
    expect(second).toMatchObject({ url: first.url, adopted: false });
    expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  });

  it("creates the database where a killed first start got no further than the cluster", async () => {
    const first = await start();
    await query(first.url.replace(/strata$/, "postgres"), "DROP DATABASE strata");
    await first.stop();
    expect(await query((await start()).url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("takes the next port and says so where its own is taken", async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const squatter = createServer().listen(port, "127.0.0.1");
    await once(squatter, "listening");
    const lines: string[] = [];
    try {
      const second = await start((line) => lines.push(line));
      const next = new URL(second.url).port;
      expect(Number(next)).toBeGreaterThan(port);
      expect(lines).toEqual([`port ${port} is taken; PostgreSQL now listens on ${next}`]);
    } finally {
      squatter.close();
    }
  });

  it("refuses a cluster of another version, and one without its password", async () => {
    await (await start()).stop();
    await writeFile(join(clusterDir, "PG_VERSION"), "9\n");
    expect((await refusal()).message).toContain("PostgreSQL 9");
    await writeFile(join(clusterDir, "PG_VERSION"), "18\n");
    await rm(join(clusterDir, "strata.password"));
    expect((await refusal()).message).toContain("strata.password is missing");
  });

  it("gives PostgreSQL's own reason where the server does not come up", async () => {
    await (await start()).stop();
    await rm(join(clusterDir, "global/pg_control"));
    const { code, message } = await refusal();
    expect(code).toBe("START_FAILED");
    expect(message).toMatch(/could not open file .*pg_control/);
  });
});

describe("after a kill", () => {
  it("takes on the server that a killed owner left running", async () => {
    const { child, url } = await startInChild();
    await query(url, "CREATE TABLE kept AS SELECT 7 AS n");
    const before = readPidFile(clusterDir);
    await kill(child);
    const next = await start();
    expect(next).toMatchObject({ url, adopted: true });
    expect(readPidFile(clusterDir)?.pid).toBe(before?.pid);
    expect(await query(next.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
    await next.stop();
    expect(readPidFile(clusterDir)).toBeUndefined();
    expect(existsSync(join(dataDir, "strata.pid"))).toBe(false);
  });

  it("recovers what was committed where owner and server were killed", async () => {
    const { child, url } = await startInChild();
    await query(url, "CREATE TABLE kept AS SELECT 7 AS n");
    await kill(child);
    process.kill(readPidFile(clusterDir)?.pid ?? 0, "SIGKILL");
    const next = await start();
    expect(await query(next.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
  });

  it("is not misled by a stale pid file whose number went to another process", async () => {
    const first = await start();
    const pidFile = await readFile(join(clusterDir, "postmaster.pid"), "utf8");
    await first.stop();
    const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 60000)"]);
    children.push(stranger);
    const [, ...rest] = pidFile.split("\n");
    await writeFile(join(clusterDir, "postmaster.pid"), [stranger.pid, ...rest].join("\n"));
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(stranger.exitCode).toBeNull();
  });

  it("refuses a second owner while the first lives, naming it", async () => {
    const { child, url } = await startInChild();
    const { code, message } = await refusal();
    expect(code).toBe("DATA_FOLDER_IN_USE");
    expect(message).toContain(`process ${child.pid}`);
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe.runIf(isRoot)("as root, in a folder that other users cannot enter", () => {
  it("keeps the database in a place of its own and finds it again", async () => {
    await chmod(base, 0o700);
    const lines: string[] = [];
    const first = await start((line) => lines.push(line));
    const memory = JSON.parse(await readFile(join(dataDir, "postgres.json"), "utf8")) as {
      place: string;
    };
    try {
      expect(lines).toEqual([expect.stringContaining(memory.place)]);
      await query(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
      await first.stop();
      const second = await start();
      expect(await query(second.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
      await second.stop();
    } finally {
      await rm(memory.place, { recursive: true, force: true });
    }
    expect((await refusal()).message).toContain(`${memory.place}, which no longer exists`);
  });
});

describe("a server that dies", () => {
  it("STO-20 is started again at its address, with what was committed", async () => {
    const { url } = await start();
    await query(url, "CREATE TABLE kept (n int)");
    await query(url, "INSERT INTO kept VALUES (1)");
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const pid = readPidFile(clusterDir)?.pid ?? 0;
      process.kill(pid, signal);
      await expect.poll(() => readPidFile(clusterDir)?.pid ?? pid).not.toBe(pid);
      await expect.poll(() => query(url, "SELECT n FROM kept").catch(() => [])).toEqual([{ n: 1 }]);
    }
  });

  it("STO-20 is left alone after a few failures, and says so", async () => {
    const lines: string[] = [];
    const server = await startEmbeddedPostgres({
      dataDir,
      log: (line) => lines.push(line),
      restart: { triesMax: 3, delayMs: 10 },
    });
    running.push(server);
    await rm(join(clusterDir, "PG_VERSION"));
    process.kill(readPidFile(clusterDir)?.pid ?? 0, "SIGKILL");
    await expect.poll(() => lines.at(-1)).toContain("will not be restarted; restart Strata");
    expect(lines.filter((line) => line.includes("did not start"))).toHaveLength(3);
  });
});
