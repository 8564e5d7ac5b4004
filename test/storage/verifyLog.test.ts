/** Templates edited by the engine on PostgreSQL, then tampered with behind its back, each way in SQL. */
import { createHash, randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyOperations } from "../../src/commands/applyOperations.js";
import { initialHash, nextHash } from "../../src/domain/history/versionHash.js";
import { PrismaUserStore } from "../../src/storage/prismaUserStore.js";
import { verifyLog } from "../../src/storage/verifyLog.js";
import { snapshotAt } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";
import { editOk, fill, move, newTemplate } from "../live/editing.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A checkpoint and a snapshot every few versions, so that there are some to be compared. */
const settings = {
  checkpointVersionsMin: 4,
  checkpointVersionsMax: 4,
  snapshotVersionsMin: 5,
  snapshotVersionsMax: 5,
};

let opened: StoreOnPostgres;
let services: MemorySetup;
let templateId: string;

beforeAll(async () => {
  opened = await openStoreOnPostgres();
  await opened.database.pool.query(
    "INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'a@example.org', 'A', 'x')",
    [author.userId],
  );
});
afterAll(() => opened.close());

beforeEach(async () => {
  services = memoryServices({ templates: opened.store, settings });
  templateId = await newTemplate(services);
  for (let i = 0; i < 6; i += 1) {
    await editOk(services, templateId, [move(`m${i}`, i), fill(`f${i}`, `#00000${i}`)]);
  }
  await services.live.close();
  expect(services.copyFailures).toEqual([]);
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
    // Sizes and the start of a step are told from other columns; what a step left out is told and decides nothing.
    const uncovered = new Set(["payload_bytes", "row_bytes", "skipped", "step_start"]);
    expect(unnoticed.filter((name) => !uncovered.has(name))).toEqual([]);
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
    expect(await found("inverse = '[]'")).toEqual(["inverse"]);
    expect(await found(`inverse = '[{"type": "DELETE_PAGE"}, 5]'`)).toEqual(["inverse"]);
    expect(await found("author_salt = sha256('x')")).toEqual(["author"]);
    expect(await found("footprint = '[]'")).toEqual(["changed"]);
    // Another way back to the same document is one.
    expect(await found("inverse = (inverse || inverse)")).toEqual([]);
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
    expect(await kinds("footprint = '[]'")).toEqual(["footprint"]);
    expect(await kinds("inverse = '[]'")).toEqual(["inverse"]);
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
    expect(await damages()).toEqual([{ kind: "changed", version: version + 1 }]);
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

describe("LOG-13 npm run verify", () => {
  /** Runs the program as npm does, but from its source. */
  async function run(...args: string[]) {
    const child = spawn(process.execPath, ["--import", "tsx", "src/verify.ts", ...args], {
      env: { ...process.env, DATABASE_URL: opened.url, NODE_ENV: "test" },
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
    const [code] = (await once(child, "close")) as [number];
    return { code, text };
  }

  it("says what it checked, what is damaged, and in its exit code whether something is", async () => {
    const fine = await run(templateId);
    expect(fine.text).toMatch(/12 operations[\s\S]*whole and unchanged/);
    expect(fine.code).toBe(0);
    await sql("DELETE FROM template_operations WHERE template_id = $1 AND resulting_version = 6");
    const damaged = await run(templateId);
    expect(damaged.text).toMatch(/damaged: version 6 is missing/);
    expect(damaged.code).toBe(1);
  });

  it("exits with 2 where it checked nothing", async () => {
    const runs = await Promise.all([run(), run(randomUUID()), run("no-uuid"), run("a", "b")]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(runs[0]!.text).toContain("usage");
    expect(runs[1]!.text).toContain("no template");
  });
});
