import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startEmbeddedPostgres } from "../../src/storage/embedded/startEmbeddedPostgres.js";
import { usePostgres } from "../../src/storage/embedded/usePostgres.js";

let base: string;
let dataDir: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "strata-use-"));
  await chmod(base, 0o755);
  dataDir = join(base, "data");
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

it("LOG-13 uses the server of the process that holds the folder, and leaves it running", async () => {
  const holder = await startEmbeddedPostgres({ dataDir });
  try {
    const used = await usePostgres({ dataDir });
    expect(used.url).toBe(holder.url);
    expect(await answers(used.url)).toBe(true);
    await used.release();
    expect(await answers(used.url)).toBe(true);
  } finally {
    await holder.stop();
  }
});

it("LOG-13 starts a server for a moment where none runs", async () => {
  const used = await usePostgres({ dataDir });
  expect(await answers(used.url)).toBe(true);
  await used.release();
  expect(await answers(used.url)).toBe(false);
});
