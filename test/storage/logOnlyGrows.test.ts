/** The log in SQL: what changes or removes its rows is refused, but for an erasure, pruning and the bin. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { purgeBin } from "../../src/storage/templates/templateBin.js";
import { newTemplate, operationAt, snapshotAt } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

let opened: StoreOnPostgres;
let userId: string;
let templateId: string;
let partition: string;
beforeAll(async () => {
  opened = await openStoreOnPostgres();
});
afterAll(() => opened.close());
beforeEach(async () => {
  userId = await opened.newUser();
  const template = newTemplate(userId);
  ({ templateId } = template);
  await opened.store.create(template);
  const operations = [2, 3, 4, 5].map((version) => operationAt(version, { userId }));
  await opened.store.commit({ templateId, expectedVersion: 1, operations });
  const { rows } = await sql<{ name: string }>(
    `SELECT tableoid::regclass::text AS name FROM template_operations WHERE template_id = '${templateId}' LIMIT 1`,
  );
  partition = rows[0]!.name;
});

const sql = <T extends object>(text: string) => opened.database.pool.query<T>(text);
const log = () => opened.store.readLog({ templateId, afterVersion: 0, limit: 100 });
const where = () => `WHERE template_id = '${templateId}' AND resulting_version = 3`;
const refusal = "the log only grows";

const refused: [string, (table: string) => string][] = [
  ["a payload", (table) => `UPDATE ${table} SET payload = '{"x": 1}' ${where()}`],
  ["a time", (table) => `UPDATE ${table} SET server_timestamp = now() ${where()}`],
  ["another author", (table) => `UPDATE ${table} SET user_id = gen_random_uuid() ${where()}`],
  ["no author", (table) => `UPDATE ${table} SET user_id = NULL, author_salt = NULL ${where()}`],
  ["no salt", (table) => `UPDATE ${table} SET author_salt = NULL ${where()}`],
  ["another version", (table) => `UPDATE ${table} SET resulting_version = 99 ${where()}`],
  ["one row less", (table) => `DELETE FROM ${table} ${where()}`],
  ["no rows", (table) => `DELETE FROM ${table}`],
  ["an empty table", (table) => `TRUNCATE ${table}`],
];

describe("LOG-23 the log in SQL", () => {
  it.each(refused)("does not take %s, of the whole or of a partition", async (_name, change) => {
    const before = await log();
    for (const table of ["template_operations", partition]) {
      await expect(sql(change(table))).rejects.toThrow(refusal);
    }
    expect(await log()).toEqual(before);
  });

  it.each(refused)("does not take %s in the role of a replica", async (_name, change) => {
    const before = await log();
    const client = await opened.database.pool.connect();
    try {
      await client.query("SET session_replication_role = 'replica'");
      await expect(client.query(change("template_operations"))).rejects.toThrow(refusal);
    } finally {
      client.release(true);
    }
    expect(await log()).toEqual(before);
  });

  it("goes neither with a template that is not in the bin, nor with all of them", async () => {
    const remove = `DELETE FROM templates WHERE id = '${templateId}'`;
    await expect(sql(remove)).rejects.toThrow("is not in the bin");
    await expect(sql("TRUNCATE templates CASCADE")).rejects.toThrow(refusal);
    expect(await log()).toHaveLength(4);
  });

  it("starts later where a snapshot is, never elsewhere and never earlier", async () => {
    const start = (version: number) =>
      sql(`UPDATE templates SET log_start_version = ${version} WHERE id = '${templateId}'`);
    await expect(start(4)).rejects.toThrow("cannot start at version 4");
    await opened.store.addSnapshot(snapshotAt(templateId, 4));
    await start(4);
    await expect(start(1)).rejects.toThrow("cannot start at version 1");
    await expect(
      sql(`DELETE FROM template_operations WHERE template_id = '${templateId}'`),
    ).rejects.toThrow(`DELETE of version 5`);
  });

  it("lets an erasure take the name, of that person alone", async () => {
    const other = await opened.newUser();
    const operations = [operationAt(6, { userId: other })];
    await opened.store.commit({ templateId, expectedVersion: 5, operations });
    const before = await log();
    await new PrismaUserStore(opened.database.prisma).remove(userId, Date.now());
    expect((await log()).map((row) => row.userId)).toEqual([null, null, null, null, other]);
    const withoutName = ({ userId: _1, authorProof: _2, ...rest }: (typeof before)[number]) => rest;
    expect((await log()).map(withoutName)).toEqual(before.map(withoutName));
  });

  it("lets the removal of the account's row take the name, too", async () => {
    await sql(`DELETE FROM users WHERE id = '${userId}'`);
    expect((await log()).map((row) => row.userId)).toEqual([null, null, null, null]);
  });

  it("lets pruning drop what lies before its new start", async () => {
    await opened.store.addSnapshot(snapshotAt(templateId, 4));
    const { design } = (await opened.store.readNearestState(templateId, 4))!;
    await opened.store.writeCheckpoint({ templateId, version: 5, versionHash: "ab", design });
    await opened.store.pruneLog(templateId, 4);
    expect((await log()).map(({ resultingVersion }) => resultingVersion)).toEqual([5]);
  });

  it("goes with a template that is removed from the bin", async () => {
    await opened.store.setDeleted(templateId, 1);
    expect(await purgeBin(opened.database.prisma, 1, undefined, 2)).toBe(1);
    expect(await log()).toEqual([]);
  });
});
