import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { DAY_MS, purgeBin } from "../../src/storage/templates/templateBin.js";
import { newTemplate, operationAt } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

let postgres: StoreOnPostgres;
let authorId: string;
beforeAll(async () => {
  postgres = await openStoreOnPostgres();
  authorId = await postgres.newUser();
});
afterAll(() => postgres.close());
afterEach(async () => {
  const { template } = postgres.database.prisma;
  await template.updateMany({ data: { deletedAt: new Date(0) } });
  await template.deleteMany();
});

const now = Date.UTC(2026, 5, 1);
const limit = now - 30 * DAY_MS;

async function binned(deletedAt: number | null): Promise<string> {
  const template = newTemplate(authorId);
  const { templateId } = template;
  await postgres.store.create(template);
  await postgres.store.commit({ templateId, expectedVersion: 1, operations: [operationAt(2)] });
  await postgres.store.setDeleted(templateId, deletedAt);
  return templateId;
}

async function left(ids: readonly string[]): Promise<string[]> {
  const heads = await postgres.store.heads(ids);
  return ids.filter((id) => heads.has(id));
}

test("TEAM-44 what has been in the bin for too long goes with its history, the rest stays", async () => {
  const { prisma } = postgres.database;
  const old = await binned(limit);
  const kept = [await binned(limit + 1), await binned(null), await binned(now)];
  expect(await purgeBin(prisma, limit)).toBe(1);
  expect(await left([old, ...kept])).toEqual(kept);
  expect(await prisma.templateOperation.count({ where: { templateId: old } })).toBe(0);
  await postgres.store.setDeleted(kept[0]!, null);
  const log = await postgres.store.readLog({ templateId: kept[0]!, afterVersion: 1, limit: 9 });
  expect(log.map(({ resultingVersion }) => resultingVersion)).toEqual([2]);
});

test("TEAM-44 it goes in batches, each once, and stops when it is told to", async () => {
  const { prisma } = postgres.database;
  for (let index = 0; index < 25; index += 1) await binned(limit - index);
  let rounds = 0;
  expect(await purgeBin(prisma, limit, () => (rounds += 1) <= 1)).toBe(10);
  const removed = await Promise.all([purgeBin(prisma, limit), purgeBin(prisma, limit)]);
  expect(removed[0] + removed[1] + (await purgeBin(prisma, limit))).toBe(15);
  expect(await prisma.template.count()).toBe(0);
});

test("TEAM-44 a long history goes a stretch at a time", async () => {
  const { prisma, pool } = postgres.database;
  const template = newTemplate(authorId);
  const { templateId } = template;
  await postgres.store.create(template);
  const operations = [2, 3, 4, 5, 6, 7].map((version) => operationAt(version));
  await postgres.store.commit({ templateId, expectedVersion: 1, operations });
  await postgres.store.setDeleted(templateId, limit);
  await pool.query(`
    CREATE TABLE stretches (count int);
    CREATE FUNCTION note_stretch() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO stretches SELECT count(*) FROM gone HAVING count(*) > 0; RETURN NULL; END $$;
    CREATE TRIGGER note_stretch AFTER DELETE ON template_operations REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION note_stretch()`);
  try {
    expect(await purgeBin(prisma, limit, () => true, 2)).toBe(1);
    const { rows } = await pool.query("SELECT count FROM stretches");
    expect(rows).toEqual([{ count: 2 }, { count: 2 }, { count: 2 }]);
  } finally {
    await pool.query("DROP TABLE stretches; DROP FUNCTION note_stretch CASCADE");
  }
  expect(await left([templateId])).toEqual([]);
});

test("TEAM-44 one that is restored at the same moment stays", async () => {
  const templateId = await binned(limit);
  const { prisma, pool } = postgres.database;
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("UPDATE templates SET deleted_at = NULL WHERE id = $1", [templateId]);
    expect(await purgeBin(prisma, limit)).toBe(0);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  expect(await purgeBin(prisma, limit)).toBe(0);
  expect(await left([templateId])).toEqual([templateId]);
});

test("TEAM-44 while one node is at it, others leave it alone", async () => {
  await binned(limit);
  const { prisma, pool } = postgres.database;
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(1934848092)");
    expect(await purgeBin(prisma, limit)).toBe(0);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
  expect(await purgeBin(prisma, limit)).toBe(1);
});
