import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PrismaCommentStore } from "../../src/storage/comments/prismaCommentStore.js";
import { describeCommentStore } from "./commentStore.js";
import { instant, newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "./storeOnPostgres.js";

async function templateOf({ store }: StoreOnPostgres, authorId: string): Promise<string> {
  const template = newTemplate(authorId);
  await store.create(template);
  return template.templateId;
}

describeCommentStore("prisma", async () => {
  const opened = await openStoreOnPostgres();
  return {
    store: new PrismaCommentStore(opened.database.prisma),
    newUser: opened.newUser,
    newTemplate: (authorId) => templateOf(opened, authorId),
    close: opened.close,
  };
});

let opened: StoreOnPostgres;
beforeAll(async () => {
  opened = await openStoreOnPostgres();
});
afterAll(() => opened.close());

it("COM-28 a person who goes leaves comments without a name; a template takes all of them along", async () => {
  const { pool, prisma } = opened.database;
  const store = new PrismaCommentStore(prisma);
  const [author, gone] = [await opened.newUser(), await opened.newUser()];
  const templateId = await templateOf(opened, author);
  const id = randomUUID();
  const comment = {
    ...{ templateId, id, threadId: id, authorId: gone, body: "b", mentions: [gone, author].sort() },
    replyToId: null,
    anchor: { pageId: null, elementId: null, x: null, y: null, elementX: null, elementY: null },
    requestHash: "ab".repeat(32),
    createdAt: instant,
  };
  await store.add(comment, { commentThreadsMax: 9, commentRepliesMax: 9, commentDepthMax: 5 });
  await store.edit(templateId, id, () => ({
    ...{ kind: "edit", edit: { change: "RESOLVED", byId: gone, at: instant } },
  }));
  await store.markRead({ templateId, userId: gone, throughSequence: 1 });
  await pool.query("DELETE FROM users WHERE id = $1", [gone]);
  expect(await store.find(templateId, id)).toMatchObject({
    comment: { authorId: null, body: "b", mentions: [author] },
  });
  expect(await store.findThreads(templateId, [id])).toMatchObject([
    { resolvedAt: instant, resolvedById: null },
  ]);
  await pool.query("DELETE FROM templates WHERE id = $1", [templateId]);
  const tables = ["comments", "comment_mentions", "comment_reads"];
  const counts = await Promise.all(
    tables.map((table) =>
      pool.query(`SELECT 1 FROM ${table} WHERE template_id = $1`, [templateId]),
    ),
  );
  expect(counts.map(({ rowCount }) => rowCount)).toEqual([0, 0, 0]);
});

it("COM-24 lists of threads are read along an index in their order", async () => {
  const { pool } = opened.database;
  const templateId = await templateOf(opened, await opened.newUser());
  await pool.query(
    `INSERT INTO comments
       (template_id, id, thread_id, body, page_id, created_sequence, sequence, change, created_at, resolved_at)
     SELECT $1::uuid, id, id, 'x', 'p' || i % 50, i, i, 'CREATED', now(), CASE WHEN i % 3 > 0 THEN now() END
     FROM (SELECT gen_random_uuid() AS id, i FROM generate_series(1, 5000) AS i) AS made`,
    [templateId],
  );
  await pool.query("ANALYZE comments");
  const planOf = async (conditions: string) => {
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT id FROM comments c WHERE c.template_id = '${templateId}' AND c.thread_id = c.id ${conditions}
       ORDER BY c.created_sequence DESC LIMIT 20`,
    );
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  };
  const open = "AND c.resolved_at IS NULL";
  const ofPage = "AND c.page_id = 'p7'";
  for (const [conditions, index] of [
    ["", "comments_threads_idx"],
    [ofPage, "comments_threads_by_page_idx"],
    [open, "comments_open_threads_idx"],
    [`${ofPage} ${open}`, "comments_open_threads_by_page_idx"],
  ] as const) {
    const plan = await planOf(conditions);
    expect(plan).toContain(`using ${index}`);
    expect(plan).not.toContain("Sort");
  }
});
