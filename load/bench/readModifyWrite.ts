/**
 * The obvious design, as a baseline: lock the row, read the whole document, change it, hash it, write it back whole,
 * insert a row into the log, commit. In tables of its own, over `pg` directly.
 */
import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import type { Design } from "../../src/domain/document/design.js";
import type { Json } from "../../src/domain/json.js";
import type { Edit } from "./rectangles.js";

const CREATE_TABLES = `
CREATE SCHEMA IF NOT EXISTS read_modify_write;
CREATE TABLE IF NOT EXISTS read_modify_write.documents (
  id UUID PRIMARY KEY, version INTEGER NOT NULL, hash TEXT NOT NULL, data JSONB NOT NULL
);
CREATE TABLE IF NOT EXISTS read_modify_write.operations (
  document_id UUID NOT NULL, version INTEGER NOT NULL, operation JSONB NOT NULL,
  PRIMARY KEY (document_id, version)
)`;

type MutableElement = { [key: string]: Json };

export class ReadModifyWrite {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly documentId: string,
  ) {}

  static async open(url: string, writers: number, design: Design): Promise<ReadModifyWrite> {
    const pool = new pg.Pool({ connectionString: url, max: writers });
    // A connection that the server ends while the pool closes says so here.
    pool.on("error", () => {});
    await pool.query(CREATE_TABLES);
    const id = randomUUID();
    await pool.query("INSERT INTO read_modify_write.documents VALUES ($1, 1, '', $2)", [
      id,
      JSON.stringify(design),
    ]);
    return new ReadModifyWrite(pool, id);
  }

  /** Resolves when the edit is committed. */
  async apply(edit: Edit): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query("BEGIN");
      const { rows } = await client.query<{ version: number; data: Design }>({
        name: "rmw-read",
        text: "SELECT version, data FROM read_modify_write.documents WHERE id = $1 FOR UPDATE",
        values: [this.documentId],
      });
      const row = rows[0];
      if (row === undefined) throw new Error("the baseline's document is gone");
      changeInPlace(row.data, edit);
      const text = JSON.stringify(row.data);
      const hash = createHash("sha256").update(text).digest("hex");
      await client.query({
        name: "rmw-update",
        text: "UPDATE read_modify_write.documents SET version = $2, hash = $3, data = $4 WHERE id = $1",
        values: [this.documentId, row.version + 1, hash, text],
      });
      await client.query({
        name: "rmw-insert",
        text: "INSERT INTO read_modify_write.operations VALUES ($1, $2, $3)",
        values: [this.documentId, row.version + 1, JSON.stringify(edit)],
      });
      await client.query("COMMIT");
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.pool.query("DROP SCHEMA read_modify_write CASCADE");
    await this.pool.end();
  }
}

function changeInPlace(design: Design, { target, payload }: Edit): void {
  const page = design.pages.find(({ id }) => id === target.pageId);
  const element = page?.elements.find(({ id }) => id === target.elementId);
  if (element === undefined) throw new Error("the baseline's element is gone");
  Object.assign(element as MutableElement, payload);
}
