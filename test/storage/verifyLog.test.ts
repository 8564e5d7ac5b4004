/** Templates edited by the engine on PostgreSQL, then tampered with behind its back, each way in SQL. */
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { undo } from "../../src/commands/history/undo.js";
import { initialHash, nextHash } from "../../src/domain/history/versionHash.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { verifyLog } from "../../src/storage/history/verifyLog.js";
import { snapshotAt } from "../contracts/storedOperations.js";
import type { StoreOnPostgres } from "../contracts/storeOnPostgres.js";
import { editOk, fill, move, newTemplate } from "../live/editing.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";
import { editedTemplate, openWithAuthor, settings } from "./editedTemplate.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

let opened: StoreOnPostgres;
let services: MemorySetup;
let templateId: string;

beforeAll(async () => {
  opened = await openWithAuthor();
});
afterAll(() => opened.close());
beforeEach(async () => {
  ({ services, templateId } = await editedTemplate(opened));
});

const verify = () => verifyLog(opened.database.prisma, sha256, templateId);
const damages = async () => (await verify())?.damages;
const sql = (text: string, ...values: unknown[]) =>
  opened.database.pool.query(text, [templateId, ...values]);

/** Changes the row of version 6 behind the engine's back, and puts it back when the work is done. */
async function withRowChanged(change: string, work: () => Promise<void>): Promise<void> {
  const client = await opened.database.pool.connect();
  const row = "template_operations WHERE template_id = $1 AND resulting_version = 6";
  try {
    // Foreign keys and triggers do not look.
    await client.query("SET session_replication_role = replica");
    await client.query(`CREATE TEMP TABLE kept (LIKE template_operations)`);
    await client.query(`INSERT INTO kept SELECT * FROM ${row}`, [templateId]);
    await client.query(
      `UPDATE template_operations SET ${change} WHERE template_id = $1 AND resulting_version = 6`,
      [templateId],
    );
    await work();
    await client.query(`DELETE FROM ${row.replace("= 6", "IN (6, 1006)")}`, [templateId]);
    await client.query("INSERT INTO template_operations SELECT * FROM kept");
  } finally {
    await client.query("DROP TABLE IF EXISTS kept");
    await client.query("SET session_replication_role = DEFAULT");
    client.release();
  }
}

/** SQL for another value of the column. */
function otherValue(name: string, type: string): string {
  switch (type) {
    case "text":
      return `coalesce(${name}, '') || 'x'`;
    case "integer":
    case "bigint":
      return `coalesce(${name}, 0) + 1000`;
    case "uuid":
      return "gen_random_uuid()";
    case "bytea":
      return `sha256(coalesce(${name}, ''))`;
    case "jsonb":
      return `CASE jsonb_typeof(${name}) WHEN 'array' THEN '[]' ELSE '{"x": 77}' END::jsonb`;
    case "ARRAY":
      return `${name} || ARRAY['x']`;
    case "timestamp with time zone":
      return `${name} + interval '1 second'`;
    default:
      throw new Error(`no other value is known for ${name}, ${type}`);
  }
}

/** Turns the template's log into one that was committed before there was the second format. */
async function chainInFirstFormat(): Promise<void> {
  const log = await opened.store.readLog({ templateId, afterVersion: 1, limit: 1_000 });
  const first = (await opened.store.readNearestState(templateId, 1))!;
  let versionHash = initialHash(sha256, first.design);
  for (const operation of log) {
    versionHash = nextHash(sha256, versionHash, { ...operation, authorProof: null });
    await sql(
      `UPDATE template_operations SET version_hash = decode($3, 'hex'), author_commitment = NULL, author_salt = NULL
       WHERE template_id = $1 AND resulting_version = $2`,
      operation.resultingVersion,
      versionHash,
    );
    const hash = [operation.resultingVersion, versionHash];
    await sql(
      `UPDATE template_documents SET checkpoint_hash = decode($3, 'hex') WHERE template_id = $1 AND checkpoint_version = $2`,
      ...hash,
    );
  }
  await sql("UPDATE templates SET version_hash = decode($2, 'hex') WHERE id = $1", versionHash);
}

describe("LOG-13 verification", () => {
  it("finds a template whole: log, head, checkpoint and snapshots", async () => {
    const verification = await verify();
    expect(verification).toMatchObject({
      logStartVersion: 1,
      version: 13,
      operations: 12,
      damages: [],
    });
    expect(verification?.documents).toBeGreaterThan(1);
  });

  it("finds a template whole that was never edited, and none where there is none", async () => {
    const fresh = await newTemplate(services);
    expect(await verifyLog(opened.database.prisma, sha256, fresh)).toMatchObject({
      version: 1,
      operations: 0,
      damages: [],
    });
    const missing = [randomUUID(), "no uuid"];
    for (const id of missing) {
      expect(await verifyLog(opened.database.prisma, sha256, id)).toBeUndefined();
    }
  });

  it("finds a changed row", async () => {
    await sql(
      `UPDATE template_operations SET payload = '{"x": 77, "y": 0}'
       WHERE template_id = $1 AND resulting_version = 6`,
    );
    expect(await damages()).toContainEqual({ kind: "changed", version: 6 });
  });

  it("HASH-3 finds another value in any column of a row", async () => {
    const { rows } = await opened.database.pool.query(
      "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = 'template_operations'",
    );
    const columns = rows as { name: string; type: string }[];
    expect(columns.length).toBeGreaterThan(20);
    const unnoticed: string[] = [];
    for (const { name, type } of columns) {
      await withRowChanged(`${name} = ${otherValue(name, type)}`, async () => {
        if ((await damages())?.length === 0) unnoticed.push(name);
      });
    }
    expect(unnoticed).toEqual([]);
    expect(await damages()).toEqual([]);
  });

  it("LOG-21 says which part of a row is not what was committed", async () => {
    const found = async (change: string) => {
      let kinds: string[] = [];
      await withRowChanged(change, async () => {
        kinds = [...new Set((await damages())?.map(({ kind }) => kind))];
      });
      return kinds;
    };
    expect(await found("user_id = gen_random_uuid()")).toEqual(["author"]);
    expect(await found("user_id = NULL")).toEqual(["author"]);
    expect(await found("inverse = '[]'")).toEqual(["size", "inverse"]);
    expect(await found(`inverse = '[{"type": "DELETE_PAGE"}, 5]'`)).toEqual(["size", "inverse"]);
    expect(await found("author_salt = sha256('x')")).toEqual(["author"]);
    expect(await found("user_id = NULL, author_salt = NULL")).toEqual(["author"]);
    expect(await found("footprint = '[]'")).toEqual(["changed", "size"]);
    for (const column of ["payload_bytes", "row_bytes"]) {
      for (const bytes of ["NULL", "0", "2000000000"]) {
        expect(await found(`${column} = ${bytes}`)).toEqual(["size"]);
      }
    }
    // Another way back to the same document is one, of another size.
    expect(await found("inverse = (inverse || inverse)")).toEqual(["size"]);
  });

  it("HASH-3 finds another account of what an undo skipped", async () => {
    const tab = { clientId: "tab" };
    const edits = memoryServices({ templates: opened.store, settings });
    await editOk(edits, templateId, [move("mine", 1), move("mine 2", 1, "e2")], tab);
    await editOk(edits, templateId, [move("theirs", 2)], { clientId: "other" });
    const undone = await undo(edits, author, { templateId, ...tab });
    expect(undone).toMatchObject({ kind: "applied", skipped: [{ operationId: "mine" }] });
    await editOk(edits, templateId, [move("behind", 3)]);
    await edits.live.close();
    expect(await damages()).toEqual([]);
    const told = "template_operations SET skipped =";
    const where = "WHERE template_id = $1 AND skipped IS NOT NULL";
    const { rows } = await sql(
      `SELECT resulting_version AS version FROM template_operations ${where}`,
    );
    const changed = { kind: "changed", version: (rows[0] as { version: number }).version };
    await sql(`UPDATE ${told} jsonb_set(skipped, '{0,version}', '99') ${where}`);
    expect(await damages()).toEqual([changed]);
    await sql(`UPDATE ${told} '[]' ${where}`);
    expect(await damages()).toContainEqual(changed);
    await sql(`UPDATE ${told} NULL ${where}`);
    expect(await damages()).toContainEqual(changed);
  });

  it("LOG-22 finds another start of a run", async () => {
    const batchId = "one batch";
    const edits = memoryServices({ templates: opened.store, settings });
    for (const parts of [1, 2]) {
      // Requests of one batch that are committed together are a run each.
      const ids = Array.from({ length: parts }, (_, part) => `${parts} ${part}`);
      const send = (id: string) =>
        editOk(edits, templateId, [move(`a${id}`, 1), fill(`b${id}`, "#123456")], { batchId });
      await Promise.all(ids.map(send));
    }
    await edits.live.close();
    expect(await damages()).toEqual([]);
    const runAt = (version: number) => ({ kind: "run", version });
    const changes = ["step_start - 2", "resulting_version", "NULL", "1", "2147483647"];
    for (const change of changes) {
      const set = (value: string) =>
        sql(
          `UPDATE template_operations SET step_start = ${value} WHERE template_id = $1 AND resulting_version = 17`,
        );
      await set(change);
      expect(await damages()).toEqual([runAt(17)]);
      await set("16");
      expect(await damages()).toEqual([]);
    }
  });

  it("LOG-21 finds a row whose author was taken out while their account lives", async () => {
    await sql(
      `UPDATE template_operations SET user_id = NULL, author_salt = NULL
       WHERE template_id = $1 AND resulting_version = 6`,
    );
    expect(await verify()).toMatchObject({
      authorsErased: 0,
      damages: [{ kind: "author", version: 6 }],
    });
  });

  it("HASH-4 stays whole where an author is erased, and says so", async () => {
    const { pool, prisma } = opened.database;
    const [erased, deleted] = [randomUUID(), randomUUID()];
    const insert = "INSERT INTO users (id, name, password_hash) VALUES ($1, 'B', 'x')";
    for (const id of [erased, deleted]) await pool.query(insert, [id]);
    const rename = "UPDATE templates SET author_id = $2 WHERE id = $1";
    for (const userId of [erased, deleted]) {
      await sql(rename, userId);
      const edits = memoryServices({ templates: opened.store, settings });
      const edited = await applyOperations(
        edits,
        { kind: "user", userId },
        {
          ...{ templateId, baseVersion: 1, onConflict: "FORCE" },
          operations: [move(`of ${userId}`, 5)],
        },
      );
      expect(edited.kind).toBe("applied");
      await edits.live.close();
    }
    await sql(rename, author.userId);
    await new PrismaUserStore(prisma).remove(erased, Date.now());
    await pool.query("DELETE FROM users WHERE id = $1", [deleted]);
    expect(await verify()).toMatchObject({ authorsErased: 2, firstFormat: 0, damages: [] });
    const { rows } = await sql(
      "SELECT author_salt FROM template_operations WHERE template_id = $1 AND user_id IS NULL",
    );
    expect(rows).toEqual([{ author_salt: null }, { author_salt: null }]);
  });

  it("LOG-21 proves rows of the first format as far as their hashes and replaying go", async () => {
    await chainInFirstFormat();
    expect(await verify()).toMatchObject({ firstFormat: 12, damages: [] });
    const kinds = async (change: string) => {
      let found: unknown[] = [];
      await withRowChanged(change, async () => {
        found = ((await damages()) ?? []).map(({ kind }) => kind);
      });
      return found;
    };
    expect(await kinds("footprint = '[]', row_bytes = NULL")).toEqual(["footprint"]);
    expect(await kinds("inverse = '[]', row_bytes = NULL")).toEqual(["inverse"]);
    expect(await kinds("skipped = '[]'")).toContain("changed");
    expect(await kinds("step_start = NULL, payload_bytes = NULL, row_bytes = NULL")).toEqual([]);
    expect(await kinds("step_start = 4")).toEqual(["run"]);
    expect(await kinds("row_bytes = 5")).toEqual(["size"]);
    expect(await kinds("batch_id = 'x'")).toContain("changed");
    // Not proven, which the report says.
    expect(await kinds("server_timestamp = now()")).toEqual([]);
    expect(await kinds("author_commitment = sha256('x')")).toContain("changed");
  });

  it("finds a missing row", async () => {
    await sql("DELETE FROM template_operations WHERE template_id = $1 AND resulting_version = 6");
    expect(await damages()).toEqual([{ kind: "missing", fromVersion: 6, toVersion: 6 }]);
  });

  it("finds two rows that changed places", async () => {
    const rename = (from: number, to: number) =>
      sql(
        `UPDATE template_operations SET resulting_version = $3::int
         WHERE template_id = $1 AND resulting_version = $2::int`,
        from,
        to,
      );
    await rename(6, 1000);
    await rename(7, 6);
    await rename(1000, 7);
    const found = await damages();
    expect(found).toContainEqual({ kind: "changed", version: 6 });
    expect(found).toContainEqual({ kind: "changed", version: 7 });
  });

  it("finds a log whose end is gone", async () => {
    await sql("DELETE FROM template_operations WHERE template_id = $1 AND resulting_version > 12");
    expect(await damages()).toContainEqual({ kind: "head", version: 13, logVersion: 12 });
  });

  it("finds a head that is not the log's end", async () => {
    await sql("UPDATE templates SET version_hash = $2 WHERE id = $1", Buffer.alloc(32));
    expect(await damages()).toEqual([{ kind: "head", version: 13, logVersion: 13 }]);
  });

  it("finds a chain that was continued by somebody who cannot compute it", async () => {
    const client = await opened.database.pool.connect();
    try {
      await client.query("CREATE TEMP TABLE forged (LIKE template_operations)");
      await client.query(
        "INSERT INTO forged SELECT * FROM template_operations WHERE template_id = $1 AND resulting_version = 13",
        [templateId],
      );
      await client.query("UPDATE forged SET resulting_version = 14, operation_id = 'forged'");
      await client.query("INSERT INTO template_operations SELECT * FROM forged");
      await client.query("DROP TABLE forged");
    } finally {
      client.release();
    }
    await sql("UPDATE templates SET version = 14 WHERE id = $1");
    expect(await damages()).toContainEqual({ kind: "changed", version: 14 });
  });

  it("finds a changed checkpoint", async () => {
    const checkpoint = await opened.store.readCheckpoint(templateId);
    await sql(
      `UPDATE template_documents SET design_data = jsonb_set(design_data, '{canvas,width}', '1')
       WHERE template_id = $1`,
    );
    const { version } = checkpoint!;
    expect(await damages()).toEqual([{ kind: "document", document: "checkpoint", version }]);
  });

  it("finds a checkpoint under another version's hash", async () => {
    await sql(
      "UPDATE template_documents SET checkpoint_hash = $2 WHERE template_id = $1",
      Buffer.alloc(32),
    );
    expect(await damages()).toMatchObject([{ kind: "document", document: "checkpoint" }]);
  });

  it("finds a changed snapshot, also where its hash was changed with it", async () => {
    const { rows } = await sql(
      "SELECT id, version FROM template_snapshots WHERE template_id = $1 ORDER BY version",
    );
    const { id, version } = rows[0] as { id: string; version: number };
    const expected = [{ kind: "document", document: `snapshot ${id}`, version }];
    await opened.database.pool.query(
      "UPDATE template_snapshots SET design_data = jsonb_set(design_data, '{canvas,width}', '1') WHERE id = $1",
      [id],
    );
    expect(await damages()).toEqual(expected);
    await opened.database.pool.query(
      "UPDATE template_snapshots SET design_hash = $2 WHERE id = $1",
      [id, Buffer.alloc(32)],
    );
    expect(await damages()).toEqual(expected);
  });

  it("LOG-22 finds another size of a stored document", async () => {
    const tables = ["template_documents.design", "template_documents.initial_design"];
    const names = [...tables, "template_snapshots.design"].flatMap((name) => [
      `${name}_bytes`,
      `${name}_values`,
    ]);
    for (const name of names) {
      const [table, column] = name.split(".");
      const add = (count: number) =>
        sql(`UPDATE ${table} SET ${column} = ${column} + ${count} WHERE template_id = $1`);
      await add(1);
      expect(await damages(), name).toContainEqual(expect.objectContaining({ kind: "document" }));
      await add(-1);
    }
    expect(await damages()).toEqual([]);
  });

  it("LOG-13 finds documents that the log does not lead to, and changed ones before its start", async () => {
    const snapshots = async () => {
      const found = await sql(
        "SELECT id, version FROM template_snapshots WHERE template_id = $1 ORDER BY version",
      );
      return found.rows as { id: string; version: number }[];
    };
    // They are written behind.
    await expect.poll(async () => (await snapshots()).length).toBeGreaterThan(1);
    const [first, second] = await snapshots();
    const name = (version: number) => ({
      kind: "document",
      document: `snapshot ${first!.id}`,
      version,
    });
    const set = (change: string) =>
      opened.database.pool.query(`UPDATE template_snapshots SET ${change} WHERE id = $1`, [
        first!.id,
      ]);
    await set("version = 1000");
    expect(await damages()).toEqual([name(1000)]);
    await set(`version = ${first!.version}`);
    await opened.store.pruneLog(templateId, second!.version);
    expect(await damages()).toEqual([]);
    await set("design_data = jsonb_set(design_data, '{canvas,width}', '1')");
    expect(await damages()).toEqual([name(first!.version)]);
  });

  it("finds a first document that is gone or not readable", async () => {
    await sql("UPDATE template_documents SET initial_design_data = '[]' WHERE template_id = $1");
    expect(await damages()).toContainEqual({ kind: "noStart", version: 1 });
    await sql("UPDATE template_documents SET initial_design_data = NULL WHERE template_id = $1");
    expect(await damages()).toContainEqual({ kind: "noStart", version: 1 });
  });

  it("finds an operation that does not apply, and still walks on", async () => {
    await sql(
      `UPDATE template_operations SET target = '{"pageId": "p1", "elementId": "nobody"}'
       WHERE template_id = $1 AND resulting_version = 3`,
    );
    await sql("DELETE FROM template_operations WHERE template_id = $1 AND resulting_version = 9");
    expect(await damages()).toEqual([
      { kind: "changed", version: 3 },
      { kind: "notApplicable", version: 3 },
      { kind: "missing", fromVersion: 9, toVersion: 9 },
    ]);
  });

  it("goes from the oldest version there is where the log was pruned", async () => {
    const { rows } = await sql(
      "SELECT min(version) AS version FROM template_snapshots WHERE template_id = $1",
    );
    const { version } = rows[0] as { version: number };
    await opened.store.pruneLog(templateId, version);
    expect(await verify()).toMatchObject({ logStartVersion: version, damages: [] });
    await sql(
      "DELETE FROM template_operations WHERE template_id = $1 AND resulting_version = $2::int + 1",
      version,
    );
    const gap = { kind: "missing", fromVersion: version + 1, toVersion: version + 1 };
    expect(await damages()).toEqual([gap]);
  });

  it("finds a changed first row of a log that was pruned, also twice", async () => {
    const { rows } = await sql(
      "SELECT min(version) AS version FROM template_snapshots WHERE template_id = $1",
    );
    const { version } = rows[0] as { version: number };
    for (let times = 0; times < 2; times += 1) {
      await opened.store.pruneLog(templateId, version);
      expect(await damages()).toEqual([]);
    }
    await sql(
      `UPDATE template_operations SET client_id = 'nobody'
       WHERE template_id = $1 AND resulting_version = $2::int + 1`,
      version,
    );
    expect(await damages()).toContainEqual({ kind: "changed", version: version + 1 });
  });

  it("reads logs of more than a page", async () => {
    const many = memoryServices({ templates: opened.store });
    const id = await newTemplate(many);
    const operations = Array.from({ length: 1_000 }, (_, i) => move(`op${i}`, i));
    await editOk(many, id, operations);
    await editOk(many, id, [move("last", 1)]);
    await many.live.close();
    await opened.store.addSnapshot(snapshotAt(id, 999));
    expect(await verifyLog(opened.database.prisma, sha256, id)).toMatchObject({
      operations: 1_001,
      damages: [{ kind: "document", version: 999 }],
    });
  });
});
