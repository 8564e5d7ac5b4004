/** Documents in rows of their own: what writes one and what commits do not meet. */
import { mkdtemp, cp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/storage/postgres/database.js";
import { applyMigrations } from "../../src/storage/postgres/migrations.js";
import { PrismaTemplateStore } from "../../src/storage/templates/prismaTemplateStore.js";
import { createEmptyDatabase } from "../setup/database.js";
import {
  commitThrough,
  designAt,
  newTemplate,
  operationAt,
  sha256,
} from "../contracts/storedOperations.js";
import {
  databaseOptions,
  openStoreOnPostgres,
  type StoreOnPostgres,
} from "../contracts/storeOnPostgres.js";

describe("a checkpoint", () => {
  let opened: StoreOnPostgres;
  let store: PrismaTemplateStore;
  let templateId: string;
  beforeAll(async () => {
    opened = await openStoreOnPostgres();
    store = opened.store;
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    const template = newTemplate(await opened.newUser());
    templateId = template.templateId;
    await store.create(template);
    await commitThrough(store, templateId, 5);
  });

  const checkpoint = () =>
    store.writeCheckpoint({
      templateId,
      version: 4,
      versionHash: sha256("4"),
      design: designAt(4),
    });

  /** Does the work while another connection holds what `sql` locks. */
  async function whileLocked(sql: string, work: () => Promise<void>): Promise<void> {
    const holder = new pg.Client({ connectionString: opened.url });
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query(sql, [templateId]);
    try {
      await work();
    } finally {
      await holder.end();
    }
  }

  it("STO-7 that is being written keeps no commit waiting", async () => {
    let written: Promise<void> | undefined;
    const lock = "SELECT 1 FROM template_documents WHERE template_id = $1 FOR UPDATE";
    await whileLocked(lock, async () => {
      written = checkpoint();
      await vi.waitFor(async () =>
        expect(await waitingStatements()).toContain("template_documents"),
      );
      const commit = { templateId, expectedVersion: 5, operations: [operationAt(6)] };
      expect(await store.commit(commit)).toEqual({ kind: "committed" });
      const head = await store.withLock(templateId, (locked) => locked.head());
      expect(head.version).toBe(6);
    });
    await written;
    expect((await store.readCheckpoint(templateId))?.version).toBe(4);
  });

  it("STO-7 waits for no commit", async () => {
    await whileLocked("SELECT 1 FROM templates WHERE id = $1 FOR NO KEY UPDATE", async () => {
      await checkpoint();
      expect((await store.readCheckpoint(templateId))?.version).toBe(4);
    });
  });

  /** The statements that wait for a lock. */
  async function waitingStatements(): Promise<string> {
    const { rows } = await opened.database.pool.query<{ query: string }>(
      `SELECT query FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.map(({ query }) => query).join("\n");
  }
});

it("STO-5 the migration to documents in rows of their own keeps those that there are", async () => {
  const folder = await mkdtemp(join(tmpdir(), "strata-documents-"));
  const { url, drop } = await createEmptyDatabase();
  const database = openDatabase(databaseOptions(url));
  try {
    const names = (await readdir("prisma/migrations")).filter(
      (name) => name < "20261121040000" && !name.endsWith(".toml"),
    );
    for (const name of names) {
      await cp(join("prisma/migrations", name), join(folder, name), { recursive: true });
    }
    await applyMigrations(database.pool, folder);
    const { templateId, design } = newTemplate("");
    await database.pool.query(
      `INSERT INTO templates (id, name, version, version_hash, checkpoint_version, checkpoint_hash, design_data,
         initial_design_data) VALUES ($1, 'Poster', 9, $2, 7, $3, $4, $5)`,
      [templateId, hashAt(9), hashAt(7), designAt(7), design],
    );
    await applyMigrations(database.pool, "prisma/migrations");
    const store = new PrismaTemplateStore(database.prisma);
    expect(await store.readCheckpoint(templateId)).toEqual({
      version: 7,
      versionHash: sha256("7"),
      design: designAt(7),
    });
    expect((await store.readNearestState(templateId, 6))?.design).toEqual(design);
  } finally {
    await database.close();
    await drop();
    await rm(folder, { recursive: true });
  }
});

const hashAt = (version: number) => Buffer.from(sha256(String(version)), "hex");
