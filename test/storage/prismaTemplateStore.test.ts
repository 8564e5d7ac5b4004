/** What only the store on PostgreSQL can show: the SQL it sends, foreign keys, and a server that goes away. */
import { randomUUID } from "node:crypto";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/storage/postgres/database.js";
import { PrismaTemplateStore } from "../../src/storage/templates/prismaTemplateStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import {
  commitThrough,
  designAt,
  newTemplate,
  operationAt,
  sha256,
  snapshotAt,
} from "../contracts/storedOperations.js";
import {
  databaseOptions,
  insertUser,
  openStoreOnPostgres,
  type StoreOnPostgres,
} from "../contracts/storeOnPostgres.js";

/** For what PostgreSQL does a moment later, also on a busy machine. */
const patience = { timeout: 60_000 };

let opened: StoreOnPostgres;
let store: PrismaTemplateStore;
let authorId: string;
let templateId: string;

beforeAll(async () => {
  opened = await openStoreOnPostgres();
  store = opened.store;
});
afterAll(() => opened.close());
beforeEach(async () => {
  authorId = await opened.newUser();
  const template = newTemplate(authorId);
  templateId = template.templateId;
  await store.create(template);
});

/** The queries that the work sends: their SQL and the names they are prepared under. */
async function queriesOf(work: () => Promise<unknown>) {
  const spy = vi.spyOn(opened.database.pool, "query");
  try {
    await work();
    return spy.mock.calls.map((call) => call[0] as unknown as { text: string; name?: string });
  } finally {
    spy.mockRestore();
  }
}

describe("the SQL it sends", () => {
  it("LOG-11 does not name the payload's column unless it was asked for", async () => {
    await commitThrough(store, templateId, 2);
    const range = { templateId, afterVersion: 0, limit: 9 };
    const [without] = await queriesOf(() => store.readRecords(range, { payload: false }));
    const [withPayload] = await queriesOf(() => store.readRecords(range, { payload: true }));
    expect(without?.text).not.toMatch(/payload|footprint|inverse|SELECT \*/);
    expect(withPayload?.text).toMatch(/payload/);
    expect(withPayload?.text).not.toMatch(/footprint|inverse/);
  });

  it("STO-1 commits, reads heads and reads the log in one prepared statement each", async () => {
    const operations = [operationAt(2)];
    const commits = await queriesOf(() =>
      store.commit({ templateId, expectedVersion: 1, operations }),
    );
    const heads = await queriesOf(() => store.heads([templateId, randomUUID()]));
    const log = await queriesOf(() => store.readLog({ templateId, afterVersion: 1, limit: 5 }));
    expect([...commits, ...heads, ...log].map(({ name }) => name)).toEqual([
      "commit_operations",
      "template_heads",
      "log_range",
    ]);
    expect(heads[0]?.text).not.toMatch(/design_data/);
  });

  it("STO-1 prepares nothing that Prisma composed", async () => {
    const queries = await queriesOf(() => store.readDetails(templateId));
    expect(queries.map(({ name }) => name)).toEqual([undefined]);
  });

  it("STO-5 takes instants for UTC on a server that is set to another time zone", async () => {
    const { pool } = opened.database;
    const name = new URL(opened.url).pathname.slice(1);
    await pool.query(`ALTER DATABASE ${pg.escapeIdentifier(name)} SET TimeZone = 'Asia/Kolkata'`);
    const other = openDatabase(databaseOptions(opened.url));
    try {
      const row = await other.prisma.template.findUniqueOrThrow({ where: { id: templateId } });
      const head = (await new PrismaTemplateStore(other.prisma).heads([templateId])).get(
        templateId,
      );
      expect(row.createdAt.getTime()).toBe(head?.createdAt);
    } finally {
      await other.close();
      await pool.query(`ALTER DATABASE ${pg.escapeIdentifier(name)} RESET TimeZone`);
    }
  });
});

describe("foreign keys", () => {
  it("STO-12 a template takes its log and snapshots with it", async () => {
    await commitThrough(store, templateId, 4);
    await store.addSnapshot(snapshotAt(templateId, 2));
    await store.setDeleted(templateId, 1);
    await opened.database.prisma.template.delete({ where: { id: templateId } });
    expect(await store.readLog({ templateId, afterVersion: 0, limit: 9 })).toEqual([]);
    expect(await store.newestSnapshotVersion(templateId)).toBe(1);
    expect(await store.readCheckpoint(templateId)).toBeUndefined();
  });

  it("STO-12 a person who goes leaves templates and log without a name", async () => {
    const operations = [operationAt(2, { userId: authorId })];
    await store.commit({ templateId, expectedVersion: 1, operations });
    const { authorProof } = operationAt(2);
    await opened.database.prisma.user.delete({ where: { id: authorId } });
    expect((await store.heads([templateId])).get(templateId)?.authorId).toBeNull();
    expect(await store.readLog({ templateId, afterVersion: 0, limit: 9 })).toEqual([
      operationAt(2, { userId: null, authorProof: { ...authorProof!, salt: null } }),
    ]);
  });
});

it("STO-2 a version that the log holds already is a commit that came too late", async () => {
  await commitThrough(store, templateId, 3);
  await opened.database.pool.query("UPDATE templates SET version = 2 WHERE id = $1", [templateId]);
  const operations = [operationAt(3, { id: "other" })];
  expect(await store.commit({ templateId, expectedVersion: 2, operations })).toEqual({
    kind: "moved",
  });
});

describe("STO-10 when the server goes away", () => {
  const head = async () => (await store.heads([templateId])).get(templateId)?.version;

  /** Ends all connections of this database but the caller's own and one to be spared, as a server that stops would. */
  async function endConnections(spared?: pg.Client): Promise<void> {
    const client = new pg.Client({ connectionString: opened.url });
    await client.connect();
    await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), $1)`,
      [spared === undefined ? 0 : await backendOf(spared)],
    );
    await client.end();
  }

  async function backendOf(client: pg.Client): Promise<number> {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    return rows[0]!.pid;
  }

  it("a statement under way is refused with a time to come back, and the next one works", async () => {
    const blocker = new pg.Client({ connectionString: opened.url });
    await blocker.connect();
    await blocker.query("BEGIN");
    await blocker.query("SELECT 1 FROM templates WHERE id = $1 FOR UPDATE", [templateId]);
    const commit = { templateId, expectedVersion: 1, operations: [operationAt(2)] };
    const waiting = store.commit(commit);
    const locked = store.withLock(templateId, async () => 1);
    const failures = Promise.allSettled([waiting, locked]);
    await vi.waitFor(async () => {
      const { rows } = await opened.database.pool.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      expect(rows).toHaveLength(2);
    }, patience);
    // Without the blocker its lock would go to a statement that is about to end, and that would take effect before.
    await endConnections(blocker);
    for (const failure of await failures) {
      expect(failure).toMatchObject({ status: "rejected" });
      const reason = (failure as PromiseRejectedResult).reason as StorageUnavailable;
      expect(reason).toBeInstanceOf(StorageUnavailable);
      expect(reason.retryAfterMs).toBeGreaterThan(0);
      expect(reason.message).not.toMatch(/SELECT|UPDATE|templates/);
    }
    await blocker.end();
    expect(await head()).toBe(1);
    expect(await store.commit(commit)).toEqual({ kind: "committed" });
  });

  it("idle connections that break are replaced without an error", async () => {
    await Promise.all(Array.from({ length: 5 }, head));
    await endConnections();
    await vi.waitFor(async () => {
      expect(await Promise.all(Array.from({ length: 5 }, head))).toEqual([1, 1, 1, 1, 1]);
    }, patience);
    expect(await store.withLock(templateId, async (locked) => (await locked.head()).version)).toBe(
      1,
    );
  });

  it("a transaction that breaks half-way leaves nothing", async () => {
    const work = store.withLock(templateId, async (locked) => {
      await locked.commit({ templateId, expectedVersion: 1, operations: [operationAt(2)] });
      await endConnections();
      return locked.head();
    });
    await expect(work).rejects.toBeInstanceOf(StorageUnavailable);
    // The pool may hold further connections that the server has ended and that do not know it yet.
    await vi.waitFor(async () => expect(await head()).toBe(1), patience);
    expect(await store.readLog({ templateId, afterVersion: 0, limit: 9 })).toEqual([]);
  });

  it("a closed port is refused on every path, and the same instance works when it opens", async () => {
    const proxy = await openProxy(opened.url);
    const database = openDatabase(databaseOptions(proxy.url));
    const through = new PrismaTemplateStore(database.prisma);
    try {
      expect((await through.heads([templateId])).size).toBe(1);
      await proxy.close();
      const design = designAt(2);
      const commit = { templateId, expectedVersion: 1, operations: [operationAt(2)] };
      const attempts = [
        () => through.heads([templateId]),
        () => through.commit(commit),
        () => through.withLock(templateId, async () => 1),
        () => through.readLog({ templateId, afterVersion: 0, limit: 1 }),
        () => through.readDetails(templateId),
        () => through.setDeleted(templateId, 1),
        () => through.newestSnapshotVersion(templateId),
        () => through.writeCheckpoint({ templateId, version: 2, versionHash: sha256("2"), design }),
      ];
      for (const attempt of attempts) {
        await expect(attempt()).rejects.toBeInstanceOf(StorageUnavailable);
      }
      await proxy.open();
      expect(await through.commit(commit)).toEqual({ kind: "committed" });
    } finally {
      await database.close();
      await proxy.close();
    }
  });

  it("a pool without a free connection is refused after the time for connecting", async () => {
    // Long enough for the one connection to be made on a busy machine.
    const options = { ...databaseOptions(opened.url), poolSizeMax: 1, connectTimeoutMs: 2_000 };
    const database = openDatabase(options);
    const small = new PrismaTemplateStore(database.prisma);
    const client = await database.pool.connect();
    try {
      await expect(small.heads([templateId])).rejects.toBeInstanceOf(StorageUnavailable);
      await expect(small.withLock(templateId, async () => 1)).rejects.toBeInstanceOf(
        StorageUnavailable,
      );
    } finally {
      client.release();
    }
    expect((await small.heads([templateId])).size).toBe(1);
    await database.close();
  });

  it("a statement that takes too long is cancelled", async () => {
    const database = openDatabase({ ...databaseOptions(opened.url), statementTimeoutMs: 200 });
    const hasty = new PrismaTemplateStore(database.prisma);
    const commit = { templateId, expectedVersion: 1, operations: [operationAt(2)] };
    await store.withLock(templateId, async () => {
      await expect(hasty.commit(commit)).rejects.toBeInstanceOf(StorageUnavailable);
    });
    expect(await hasty.commit(commit)).toEqual({ kind: "committed" });
    await database.close();
  });
});

it("STO-10 an error of ours stays what it is", async () => {
  const nobody = newTemplate(randomUUID());
  const attempt = store.create(nobody);
  await expect(attempt).rejects.toThrow();
  await expect(attempt).rejects.not.toBeInstanceOf(StorageUnavailable);
  expect(await insertUser(opened.database)).toBeTypeOf("string");
});

/** A port that leads to the server of the address while it is open; closing it breaks what goes through it. */
async function openProxy(target: string) {
  const address = new URL(target);
  const upstream = { port: Number(address.port || 5432), host: address.hostname };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(upstream);
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => {});
      end.on("close", () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  address.hostname = "127.0.0.1";
  address.port = String(port);
  return {
    url: address.href,
    open: () => listen(port),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
