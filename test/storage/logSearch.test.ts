/** How PostgreSQL finds operations in a long log. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LogFilter } from "../../src/domain/history/logFilter.js";
import { countVersions, findVersions } from "../../src/storage/history/logSearch.js";
import { newTemplate } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

const ROWS = 40_000;

/** A log in which every value but one is common, and that one stands late. */
const FILL = `
  INSERT INTO template_operations (template_id, resulting_version, operation_id, type, target, base_version, batch_id, user_id,
    client_id, server_timestamp, transformed_from, footprint, inverse, request_hash, version_hash)
  SELECT $1, n, 'o' || n,
    CASE n WHEN 30000 THEN 'ADD_PAGE' ELSE 'MOVE_ELEMENT' END,
    CASE n WHEN 30000 THEN '{"pageId": "rare", "elementId": "rare", "audioLayerId": "rare", "clipId": "rare"}'
      ELSE format('{"pageId": "p%s", "elementId": "e%s", "audioLayerId": "l1", "clipId": "c%s"}', n % 5, n % 400, n % 9) END::jsonb,
    n - 1, CASE n WHEN 30000 THEN 'rare' ELSE 'b' || n / 3 END,
    CASE n WHEN 30000 THEN $3::uuid ELSE $2::uuid END,
    CASE n WHEN 30000 THEN 'rare' ELSE 'c' || n % 50 END,
    '2026-01-01'::timestamptz + n * interval '1 second', '{}', '[]', '[]', '', ''
  FROM generate_series(2, ${ROWS}) AS n`;

let opened: StoreOnPostgres;
let templateId: string;
let rare: string;
beforeAll(async () => {
  opened = await openStoreOnPostgres();
  const [author, other] = [await opened.newUser(), await opened.newUser()];
  const template = newTemplate(author);
  ({ templateId } = template);
  rare = other;
  await opened.store.create(template);
  await opened.database.pool.query(FILL, [templateId, author, other]);
  await opened.database.pool.query("VACUUM ANALYZE template_operations");
});
afterAll(() => opened.close());

const at = Date.UTC(2026, 0, 1) + 30_000_000;
const filters: (() => LogFilter)[] = [
  () => ({ elementId: "rare" }),
  () => ({ pageId: "rare" }),
  () => ({ audioLayerId: "rare" }),
  () => ({ clipId: "rare" }),
  () => ({ userId: rare }),
  () => ({ clientId: "rare" }),
  () => ({ batchId: "rare" }),
  () => ({ types: ["ADD_PAGE"] }),
  () => ({ from: at, to: at + 1_000 }),
];

it.each(filters.map((filter) => [Object.keys(filter()).join(" and "), filter] as const))(
  "LOG-25 an index finds the few of a long log by %s",
  async (_name, filter) => {
    const { pool, prisma } = opened.database;
    const range = { templateId, afterVersion: 1, throughVersion: ROWS };
    const search = { ...range, filter: filter(), limit: 101, newestFirst: false };
    expect(await findVersions(prisma, search)).toEqual([30_000]);
    for (const run of [findVersions, countVersions]) {
      let explained: { "QUERY PLAN": string }[] = [];
      await run(
        {
          async $queryRawUnsafe<T>(text: string, ...values: unknown[]) {
            explained = (await pool.query(`EXPLAIN (ANALYZE) ${text}`, values)).rows;
            return [] as T;
          },
          $executeRawUnsafe: () => Promise.reject(new Error("a search changes nothing")),
        },
        search,
      );
      const plan = explained.map((line) => line["QUERY PLAN"]).join("\n");
      expect(plan).toMatch(/Bitmap Index Scan|user_id_template_id_resulting_version/);
      expect(plan).not.toMatch(/Seq Scan|_pkey/);
    }
  },
);
