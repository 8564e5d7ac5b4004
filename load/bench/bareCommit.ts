/**
 * The limit for commits: Strata's own commit statement, prepared on one plain `pg` connection, with parameters that
 * were made beforehand from rows that Strata wrote. Only the ids and the version change from commit to commit.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import { commitWith } from "../../src/storage/templates/commitStatement.js";

const COPY_TEMPLATE = `
INSERT INTO templates (id, name, version_hash) SELECT $1, 'bare commit', version_hash FROM templates WHERE id = $2`;

/** Where the statement's parameters hold what changes. */
const VERSION_PARAMETER = 1;
const IDS_PARAMETER = 5;

export class BareCommit {
  private version = 1;

  private constructor(
    private readonly client: pg.Client,
    private readonly text: string,
    private readonly parameters: readonly unknown[],
    private readonly rows: number,
  ) {}

  /** Commits copies of these operations to a copy of their template, again and again. */
  static async open(
    url: string,
    ofTemplate: string,
    operations: readonly LoggedOperation[],
  ): Promise<BareCommit> {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    const templateId = randomUUID();
    await client.query(COPY_TEMPLATE, [templateId, ofTemplate]);
    let captured: { text: string; parameters: readonly unknown[] } | undefined;
    await commitWith(
      {
        async $executeRawUnsafe(text, ...parameters) {
          captured = { text, parameters };
          return operations.length;
        },
        $queryRawUnsafe: () => Promise.reject(new Error("a commit executes, it does not query")),
      },
      { templateId, expectedVersion: 1, operations },
    );
    if (captured === undefined) throw new Error("the commit ran no statement");
    return new BareCommit(client, captured.text, captured.parameters, operations.length);
  }

  /** Resolves when the rows are committed. */
  async commit(): Promise<void> {
    const values = [...this.parameters];
    values[VERSION_PARAMETER] = this.version;
    values[IDS_PARAMETER] = Array.from({ length: this.rows }, () => randomUUID());
    const { rowCount } = await this.client.query({ name: "bare-commit", text: this.text, values });
    if (rowCount !== this.rows) throw new Error("the bare commit lost a race with nobody");
    this.version += this.rows;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
