/** Templates edited by the engine on PostgreSQL, then tampered with behind its back, each way in SQL. */
import { createHash, randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
