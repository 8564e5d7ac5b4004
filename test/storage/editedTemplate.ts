/** A template on PostgreSQL with a short history: what `verify` is to find whole, and damaged once it was changed in SQL. */
import { expect } from "vitest";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";
import { editOk, fill, move, newTemplate } from "../live/editing.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

/** A checkpoint and a snapshot every few versions, so that there are some to be compared. */
export const settings = {
  checkpointVersionsMin: 4,
  checkpointVersionsMax: 4,
  snapshotVersionsMin: 5,
  snapshotVersionsMax: 5,
};

/** A database in which the author has an account, and whose log can be tampered with, as whoever owns the tables could. */
export async function openWithAuthor(): Promise<StoreOnPostgres> {
  const opened = await openStoreOnPostgres();
  for (const trigger of ["log_only_grows_update", "log_only_grows_delete"]) {
    await opened.database.pool.query(`ALTER TABLE template_operations DISABLE TRIGGER ${trigger}`);
  }
  await opened.database.pool.query(
    "INSERT INTO users (id, email, name, password_hash) VALUES ($1, 'a@example.org', 'A', 'x')",
    [author.userId],
  );
  return opened;
}

/** A template at version 13, by six batches of two operations. */
export async function editedTemplate(
  opened: StoreOnPostgres,
): Promise<{ services: MemorySetup; templateId: string }> {
  const services = memoryServices({ templates: opened.store, settings });
  const templateId = await newTemplate(services);
  for (let i = 0; i < 6; i += 1) {
    await editOk(services, templateId, [move(`m${i}`, i), fill(`f${i}`, `#00000${i}`)]);
  }
  await services.live.close();
  expect(services.copyFailures).toEqual([]);
  return { services, templateId };
}
