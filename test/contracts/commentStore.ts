/** What every store of comments promises. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CommentEdit } from "../../src/domain/comments/comment.js";
import type {
  CommentDecision,
  CommentStore,
  NewComment,
  ThreadQuery,
} from "../../src/storage/comments/commentStore.js";
import { instant } from "./storedOperations.js";

/** A store under test, with what it does not do itself: making people and templates. */
export interface CommentStoreUnderTest {
  readonly store: CommentStore;
  newUser(): Promise<string>;
  newTemplate(authorId: string): Promise<string>;
  close(): Promise<void>;
}

const nowhere = { pageId: null, elementId: null, x: null, y: null, elementX: null, elementY: null };
const bounds = { commentThreadsMax: 100, commentRepliesMax: 100, commentDepthMax: 5 };

/** Registers the tests for one adapter. */
export function describeCommentStore(
  name: string,
  open: () => Promise<CommentStoreUnderTest>,
): void {
  describe(name, () => {
    let opened: CommentStoreUnderTest;
    let store: CommentStore;
    let ada: string;
    let bob: string;
    let templateId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      [ada, bob] = [await opened.newUser(), await opened.newUser()];
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      templateId = await opened.newTemplate(ada);
    });

    const newComment = (more: Partial<NewComment> = {}): NewComment => {
      const id = more.id ?? randomUUID();
      return {
        ...{ templateId, id, threadId: id, authorId: ada, body: "well \n 🎨 'x' \\", mentions: [] },
        replyToId: null,
        anchor: more.threadId === undefined ? nowhere : null,
        requestHash: "ab".repeat(32),
        createdAt: instant,
        ...more,
      };
    };
    const add = async (more: Partial<NewComment> = {}) => {
      const comment = newComment(more);
      expect(await store.add(comment, bounds)).toMatchObject({ kind: "added" });
      return comment.id;
    };
    const edit = async (id: string, change: CommentEdit) =>
      store.edit(templateId, id, () => ({ kind: "edit", edit: change }));
    const remove = (id: string) => edit(id, { change: "DELETED", at: instant + 9 });
    const idsOf = async (query: Partial<ThreadQuery> = {}) =>
      (await store.threads({ templateId, limit: 100, ...query })).map(({ id }) => id);
    const saidIn = async (threadId: string, afterSequence = 0, limit = 100) =>
      (await store.comments({ templateId, threadIds: [threadId], afterSequence, limit }))
        .get(threadId)
        ?.map(({ id }) => id) ?? [];

    it("COM-20 a comment comes back as it was added, with the number of its change", async () => {
      const anchor = {
        pageId: 'p "1"',
        elementId: "e/é",
        x: -0.5,
        y: 1e9,
        elementX: 0,
        elementY: 0.25,
      };
      const mentions = [bob, ada].sort();
      const id = await add({ mentions, anchor, authorId: bob });
      const comment = {
        ...{ templateId, id, threadId: id, authorId: bob, body: "well \n 🎨 'x' \\", mentions },
        ...{ createdSequence: 1, sequence: 1, change: "CREATED", createdAt: instant },
        ...{ editedAt: null, deletedAt: null, replyToId: null, depth: 0 },
      };
      expect(await store.find(templateId, id)).toEqual({ comment, requestHash: "ab".repeat(32) });
      const thread = {
        ...{ templateId, id, anchor, createdSequence: 1, createdAt: instant, commentCount: 1 },
        ...{ resolvedAt: null, resolvedById: null },
      };
      expect(await store.threads({ templateId, limit: 5 })).toEqual([thread]);
      expect(await store.findThreads(templateId, [id, randomUUID()])).toEqual([thread]);
      expect(await store.changesAfter(templateId, 0, 5)).toEqual([comment]);
    });

    it("COM-20 an id is taken once, and what there is nothing to add to is gone", async () => {
      const id = await add();
      expect(await store.add(newComment({ id, body: "other" }), bounds)).toEqual({
        kind: "idTaken",
      });
      const gone = { kind: "gone" };
      expect(await store.add(newComment({ threadId: randomUUID() }), bounds)).toEqual(gone);
      expect(await store.add(newComment({ templateId: randomUUID() }), bounds)).toEqual(gone);
      const reply = await add({ threadId: id });
      expect(await store.add(newComment({ threadId: reply }), bounds)).toEqual(gone);
      expect((await store.sequences([templateId])).get(templateId)).toBe(2);
    });

    it("COM-21 changes that race get each a number of its own, in the order they take effect", async () => {
      const root = await add();
      await Promise.all(Array.from({ length: 12 }, () => add({ threadId: root, authorId: bob })));
      const changes = await store.changesAfter(templateId, 1, 100);
      expect(changes.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 2),
      );
      expect((await store.sequences([templateId, randomUUID(), "no id"])).get(templateId)).toBe(13);
    });

    it("COM-21 of several changes of one comment the last is told, deletions too", async () => {
      const [first, second] = [await add(), await add()];
      await edit(first, { change: "EDITED", body: "new", mentions: [bob], at: instant + 1 });
      await remove(second);
      await edit(first, { change: "RESOLVED", byId: bob, at: instant + 2 });
      const told = await store.changesAfter(templateId, 2, 10);
      expect(told.map(({ id, change, sequence }) => [id, change, sequence])).toEqual([
        [second, "DELETED", 4],
        [first, "RESOLVED", 5],
      ]);
      expect(told[0]).toMatchObject({ body: null, mentions: [], deletedAt: instant + 9 });
      expect(told[1]).toMatchObject({ body: "new", mentions: [bob], editedAt: instant + 1 });
      expect(await store.changesAfter(templateId, 4, 10)).toHaveLength(1);
      expect(await store.changesAfter(templateId, 0, 1)).toMatchObject([{ sequence: 4 }]);
    });

    it("COM-22 a change is decided on what is stored, and a decision against it changes nothing", async () => {
      const id = await add();
      const held: unknown[] = [];
      const refuse = (comment: object): CommentDecision<string> => {
        held.push(comment);
        return { kind: "answer", answer: "no" };
      };
      expect(await store.edit(templateId, id, refuse)).toEqual({ kind: "answered", answer: "no" });
      expect(held).toMatchObject([{ comment: { id }, thread: { id, commentCount: 1 } }]);
      expect(await store.edit(templateId, randomUUID(), refuse)).toEqual({ kind: "gone" });
      expect(await store.edit("no id", "no id", refuse)).toEqual({ kind: "gone" });
      expect((await store.sequences([templateId])).get(templateId)).toBe(1);
      await edit(id, { change: "RESOLVED", byId: bob, at: instant + 2 });
      const [resolved] = await store.findThreads(templateId, [id]);
      expect(resolved).toMatchObject({ resolvedAt: instant + 2, resolvedById: bob });
      await edit(id, { change: "REOPENED" });
      const [open] = await store.findThreads(templateId, [id]);
      expect(open).toMatchObject({ resolvedAt: null, resolvedById: null });
    });

    it("COM-23 what is deleted leaves lists; the first of a thread only with the last reply", async () => {
      const root = await add();
      const [one, two] = [await add({ threadId: root }), await add({ threadId: root })];
      await remove(root);
      expect(await saidIn(root)).toEqual([root, one, two]);
      expect(await store.find(templateId, root)).toMatchObject({
        ...{ comment: { body: null, authorId: ada }, requestHash: null },
      });
      await remove(one);
      expect(await saidIn(root)).toEqual([root, two]);
      expect(await store.findThreads(templateId, [root])).toMatchObject([{ commentCount: 1 }]);
      await remove(two);
      expect(await idsOf()).toEqual([]);
      expect(await store.findThreads(templateId, [root])).toEqual([]);
      expect(await store.add(newComment({ threadId: root }), bounds)).toEqual({ kind: "gone" });
    });

    it("COM-24 threads are told the youngest first, by page and state, in pages that show each once", async () => {
      const ids: string[] = [];
      for (let index = 0; index < 8; index += 1) {
        const pageId = index % 2 === 0 ? "even" : "odd";
        ids.unshift(await add({ anchor: { ...nowhere, pageId } }));
        if (index % 4 < 2) await edit(ids[0]!, { change: "RESOLVED", byId: ada, at: instant });
      }
      const pick = (...picked: number[]) => picked.map((index) => ids[index]);
      expect(await idsOf()).toEqual(ids);
      expect(await idsOf({ pageId: "even" })).toEqual(pick(1, 3, 5, 7));
      expect(await idsOf({ resolved: true })).toEqual(pick(2, 3, 6, 7));
      expect(await idsOf({ resolved: false, pageId: "odd" })).toEqual(pick(0, 4));
      expect(await idsOf({ pageId: "none" })).toEqual([]);
      for (const query of [{}, { pageId: "even" }, { resolved: true }]) {
        const seen: string[] = [];
        for (let beforeSequence: number | undefined; ;) {
          const from = beforeSequence === undefined ? {} : { beforeSequence };
          const page = await store.threads({ templateId, limit: 3, ...query, ...from });
          if (page.length === 0) break;
          seen.push(...page.map(({ id }) => id));
          beforeSequence = page.at(-1)!.createdSequence;
        }
        expect(seen).toEqual(await idsOf(query));
      }
    });

    it("COM-24 the comments of several threads are told oldest first, as many of each", async () => {
      const [first, second] = [await add(), await add()];
      const replies: string[] = [];
      for (let index = 0; index < 4; index += 1) replies.push(await add({ threadId: first }));
      await add({ threadId: second });
      const page = await store.comments({
        ...{ templateId, threadIds: [first, second, randomUUID()], afterSequence: 0, limit: 3 },
      });
      expect(page.get(first)?.map(({ id }) => id)).toEqual([first, ...replies.slice(0, 2)]);
      expect(page.get(second)).toHaveLength(2);
      expect(page.size).toBe(2);
      const { sequence } = page.get(first)!.at(-1)!;
      expect(await saidIn(first, sequence)).toEqual(replies.slice(2));
    });

    it("COM-25 what others said is unread until it is marked, which never goes back", async () => {
      const [first, second] = [await add(), await add({ authorId: bob })];
      const reply = await add({ threadId: first, authorId: bob });
      const unread = async (userId: string) => [
        (await store.unreadOfTemplates([templateId], userId)).get(templateId) ?? 0,
        Object.fromEntries(await store.unreadOfThreads(templateId, [first, second], userId)),
      ];
      const read = (throughSequence: number, threadIds?: string[]) =>
        store.markRead({
          templateId,
          userId: ada,
          throughSequence,
          ...(threadIds && { threadIds }),
        });
      expect(await unread(ada)).toEqual([2, { [first]: 1, [second]: 1 }]);
      expect(await unread(bob)).toEqual([1, { [first]: 1 }]);
      await read(2);
      expect(await unread(ada)).toEqual([1, { [first]: 1 }]);
      await read(1_000_000, [first, randomUUID(), "no id"]);
      await read(1, [first]);
      expect(await unread(ada)).toEqual([0, {}]);
      const later = await add({ threadId: first, authorId: bob });
      await edit(reply, { change: "EDITED", body: "x", mentions: [], at: instant });
      expect(await unread(ada)).toEqual([1, { [first]: 1 }]);
      await remove(later);
      expect(await unread(ada)).toEqual([0, {}]);
      expect(await unread(bob)).toEqual([1, { [first]: 1 }]);
    });

    it("COM-26 threads of a template and replies of a thread are bounded, deleted ones included", async () => {
      const small = { commentThreadsMax: 2, commentRepliesMax: 1, commentDepthMax: 5 };
      const [first, second] = [newComment(), newComment()];
      for (const thread of [first, second]) {
        expect(await store.add(thread, small)).toMatchObject({ kind: "added" });
      }
      await remove(second.id);
      expect(await store.add(newComment(), small)).toEqual({ kind: "full" });
      const reply = () => store.add(newComment({ threadId: first.id }), small);
      expect(await reply()).toMatchObject({ kind: "added" });
      expect(await reply()).toEqual({ kind: "full" });
    });

    it("COM-29 a reply may answer a reply of its thread that is there, and only so deep", async () => {
      const root = await add();
      const other = await add();
      const elsewhere = await add({ threadId: other });
      const first = await add({ threadId: root });
      const answer = await add({ threadId: root, replyToId: first });
      const deeper = { threadId: root, replyToId: answer };
      const two = { ...bounds, commentDepthMax: 2 };
      expect(await store.add(newComment(deeper), two)).toEqual({ kind: "tooDeep" });
      const third = await add(deeper);
      const listed = await store.comments({
        ...{ templateId, threadIds: [root], afterSequence: 0, limit: 9 },
      });
      expect(listed.get(root)?.map(({ id, replyToId, depth }) => [id, replyToId, depth])).toEqual([
        ...[[root, null, 0] as const, [first, null, 1] as const],
        ...[[answer, first, 2] as const, [third, answer, 3] as const],
      ]);
      await remove(third);
      for (const replyToId of [third, elsewhere, root, randomUUID(), "no id"]) {
        const refused = newComment({ threadId: root, replyToId });
        expect(await store.add(refused, bounds)).toEqual({ kind: "noReply" });
      }
      await remove(first);
      expect(await saidIn(root)).toEqual([root, answer]);
      expect((await store.find(templateId, answer))?.comment.replyToId).toBe(first);
    });

    it("COM-27 a reply notes where the thread's element is now", async () => {
      const pin = { elementX: 0.5, elementY: 1 };
      const anchor = { pageId: "p", elementId: "e", x: 1, y: 2, ...pin };
      const root = await add({ anchor });
      const moved = { ...anchor, x: 7, y: 8 };
      await add({ threadId: root, anchor: moved });
      expect(await store.findThreads(templateId, [root])).toMatchObject([{ anchor: moved }]);
      expect(await idsOf()).toEqual([root]);
    });
  });
}
