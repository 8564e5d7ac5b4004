import { randomUUID } from "node:crypto";
import { unrestricted } from "../../src/domain/access/grant.js";
import { parse, subscribe } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { startApi, type Api, type Client } from "./api.js";
import { Board, remove, set } from "./board.js";

// Answers have the shape that the query asks for, which no type here knows.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any;

const COMMENT = "id threadId body isDeleted author { name } mentions { name } editedAt sequence";
const ANCHOR = "anchor { pageId elementId x y isGone }";
const THREAD = `id isResolved resolvedBy { name } commentCount unreadCount ${ANCHOR} comments { nodes { ${COMMENT} } }`;
const ANSWER = `__typename ... on CommentSaved { comment { ${COMMENT} } thread { ${THREAD} } } ... on RequestError { code path }`;

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());
beforeEach(async () => {
  board = await Board.open(ada);
});

async function send(mutation: string, input: object, client = ada): Promise<Data> {
  const type = mutation.replace(/^reopen/, "resolve");
  const source = `mutation ($input: ${type[0]!.toUpperCase()}${type.slice(1)}Input!) {
    result: ${mutation}(input: $input) { ${ANSWER} } }`;
  return (await client.data(source, { input: { templateId: board.id, ...input } })).result;
}

const create = (input: object = {}, client = ada) =>
  send("createComment", { id: randomUUID(), body: "Is this right?", ...input }, client);
const reply = (threadId: string, input: object = {}, client = ada) =>
  send("replyToComment", { id: randomUUID(), threadId, body: "It is.", ...input }, client);
const threads = async (args = "first: 50", fields = THREAD, client = ada) =>
  (await board.read(`comments(${args}) { nodes { ${fields} } }`, client)).comments.nodes;

/** Lets somebody take part in what is said about the board. */
async function invite(client: Client, role: "VIEW" | "COMMENT" | "EDIT" | "ADMIN") {
  await api.services.permissions.change(
    {
      templateId: board.id,
      holder: { kind: "user", userId: client.id },
      permission: { role, ...unrestricted },
    },
    () => undefined,
  );
}

describe("comments", () => {
  test("COM-2: who may comment begins a thread, others reply, all see both", async () => {
    await invite(bob, "COMMENT");
    const id = randomUUID();
    const anchor = { pageId: "p1", elementId: "e2" };
    const { thread } = await create({ id, anchor, mentions: [bob.id, bob.id] });
    expect(thread).toMatchObject({
      ...{ id, isResolved: false, resolvedBy: null, commentCount: 1, unreadCount: 0 },
      anchor: { ...anchor, x: 50, y: 0, isGone: false },
      comments: { nodes: [{ id, author: { name: "Ada" }, mentions: [{ name: "Bob" }] }] },
    });
    const answer = await reply(id, { body: "Yes.\nIt is." }, bob);
    expect(answer.comment).toMatchObject({ threadId: id, body: "Yes.\nIt is.", isDeleted: false });
    expect(answer.thread).toMatchObject({ commentCount: 2, unreadCount: 1 });
    expect(await threads()).toEqual([{ ...answer.thread, unreadCount: 1 }]);
    expect(await board.read(`commentThread(id: "${id}") { commentCount } commentSequence`)).toEqual(
      {
        ...{ commentThread: { commentCount: 2 }, commentSequence: 2 },
      },
    );
  });

  test("COM-2: others read, or see nothing at all", async () => {
    const { thread } = await create();
    const inputs = [
      ["createComment", { id: randomUUID(), body: "b" }],
      ["replyToComment", { id: randomUUID(), body: "b", threadId: thread.id }],
      ["editComment", { commentId: thread.id, body: "b" }],
      ["deleteComment", { commentId: thread.id }],
      ["resolveComment", { threadId: thread.id }],
      ["reopenComment", { threadId: thread.id }],
    ] as const;
    const all = async (client: Client) =>
      Promise.all(inputs.map(async ([name, input]) => (await send(name, input, client)).code));
    const same = (code: string) => inputs.map(() => code);
    expect(await all(bob)).toEqual(same("NOT_FOUND"));
    expect(await all(api.anonymous)).toEqual(same("UNAUTHENTICATED"));
    await invite(bob, "VIEW");
    expect(await all(bob)).toEqual(same("FORBIDDEN"));
    expect(await threads("first: 5", "id", bob)).toEqual([{ id: thread.id }]);
    await invite(bob, "COMMENT");
    const [, , edit, remove] = await all(bob);
    expect([edit, remove]).toEqual(["FORBIDDEN", "FORBIDDEN"]);
    const bobs = await create({}, bob);
    expect(await send("editComment", { commentId: bobs.comment.id, body: "b" })).toMatchObject({
      ...{ code: "FORBIDDEN", path: ["commentId"] },
    });
    expect((await send("deleteComment", { commentId: bobs.comment.id })).comment).toMatchObject({
      ...{ isDeleted: true, body: null },
    });
  });

  test("COM-3: the same again is the same, whatever became of it", async () => {
    const id = randomUUID();
    const anchor = { pageId: "p1", elementId: "e1" };
    const first = await create({ id, anchor });
    expect(await create({ id, anchor })).toEqual(first);
    await board.edit([remove("d")]);
    await send("editComment", { commentId: id, body: "Other" });
    expect((await create({ id, anchor })).comment).toMatchObject({ id, body: "Other" });
    for (const other of [{ body: "no" }, { anchor: {} }, { mentions: [ada.id] }]) {
      expect(await create({ id, anchor, ...other })).toMatchObject({
        ...{ code: "INVALID_INPUT", path: ["id"] },
      });
    }
    const replyId = randomUUID();
    await reply(id, { id: replyId });
    expect(await create({ id: replyId })).toMatchObject({ code: "INVALID_INPUT" });
    expect((await reply(id, { id: replyId })).thread.commentCount).toBe(2);
    await invite(bob, "COMMENT");
    expect(await create({ id, anchor }, bob)).toMatchObject({ code: "INVALID_INPUT" });
    await send("deleteComment", { commentId: id });
    expect((await create({ id, anchor })).comment).toMatchObject({ id, isDeleted: true });
    expect((await board.read("commentSequence")).commentSequence).toBe(4);
    const twice = randomUUID();
    const racing = await Promise.all([create({ id: twice }), create({ id: twice })]);
    expect(racing[0]).toEqual(racing[1]);
  });

  test("COM-3: what is so already changes nothing", async () => {
    const { comment } = await create({ mentions: [ada.id] });
    const { id } = comment;
    const edited = await send("editComment", { commentId: id, body: "New" });
    expect(edited.comment).toMatchObject({ body: "New", mentions: [{ name: "Ada" }] });
    expect(await send("editComment", { commentId: id, body: "New" })).toEqual(edited);
    const resolved = await send("resolveComment", { threadId: id });
    expect(resolved.thread).toMatchObject({ isResolved: true, resolvedBy: { name: "Ada" } });
    expect(await send("resolveComment", { threadId: id })).toEqual(resolved);
    const open = await send("reopenComment", { threadId: id });
    expect(open.thread).toMatchObject({ isResolved: false, resolvedBy: null });
    expect(await send("reopenComment", { threadId: id })).toEqual(open);
    const deleted = await send("deleteComment", { commentId: id });
    expect(deleted).toMatchObject({ comment: { isDeleted: true }, thread: null });
    expect(await send("deleteComment", { commentId: id })).toEqual(deleted);
    expect((await board.read("commentSequence")).commentSequence).toBe(5);
  });

  const nobody = "01890000-0000-7000-8000-000000000000";
  test.each<[string, string[], object]>([
    ["INVALID_INPUT", ["id"], { id: "no id" }],
    ["INVALID_INPUT", ["id"], { id: nobody.toUpperCase() + "A" }],
    ["INVALID_INPUT", ["body"], { body: " \n" }],
    ["INVALID_INPUT", ["body"], { body: "x".repeat(10_001) }],
    ["INVALID_INPUT", ["body"], { body: "\ud800" }],
    ["INVALID_INPUT", ["body"], { body: "a\u0007b" }],
    ["INVALID_INPUT", ["anchor", "pageId"], { anchor: { elementId: "e1" } }],
    ["INVALID_INPUT", ["anchor", "x"], { anchor: { pageId: "p1", x: 1e300, y: 0 } }],
    ["NOT_FOUND", ["anchor", "pageId"], { anchor: { pageId: "gone" } }],
    ["NOT_FOUND", ["anchor", "elementId"], { anchor: { pageId: "p1", elementId: "gone" } }],
    ["INVALID_INPUT", ["mentions", "0"], { mentions: [nobody] }],
    ["INVALID_INPUT", ["mentions", "0"], { mentions: ["\0"] }],
    ["PAYLOAD_TOO_LARGE", ["mentions"], { mentions: Array.from({ length: 51 }, () => nobody) }],
    ["NOT_FOUND", ["templateId"], { templateId: nobody }],
    ["NOT_FOUND", ["templateId"], { templateId: "\0" }],
  ])("COM-1, COM-4: %s at %s (%#)", async (code, path, input) => {
    expect(await create(input)).toEqual({ __typename: "RequestError", code, path });
    expect((await board.read("commentSequence")).commentSequence).toBe(0);
  });

  test("COM-3: what is not there is refused by its place", async () => {
    const { thread } = await create();
    const inThread = (await reply(thread.id)).comment.id;
    for (const id of [nobody, "\0", "x".repeat(9_999)]) {
      const path = ["threadId"];
      expect(await reply(id)).toMatchObject({ code: "NOT_FOUND", path });
      expect(await send("resolveComment", { threadId: id })).toMatchObject({ code: "NOT_FOUND" });
      for (const name of ["editComment", "deleteComment"]) {
        const input = { commentId: id, ...(name === "editComment" && { body: "b" }) };
        expect(await send(name, input)).toMatchObject({ code: "NOT_FOUND", path: ["commentId"] });
      }
    }
    expect(await send("resolveComment", { threadId: inThread })).toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await reply(inThread)).toMatchObject({ code: "NOT_FOUND" });
    await send("deleteComment", { commentId: inThread });
    const edit = await send("editComment", { commentId: inThread, body: "b" });
    expect(edit).toMatchObject({ code: "NOT_FOUND" });
  });

  test("COM-5: an anchor moves with its element, keeps its place when that goes, and comes back with it", async () => {
    const anchor = { pageId: "p1", elementId: "e1" };
    const { thread } = await create({ anchor });
    const read = async () => (await threads("first: 1", ANCHOR))[0].anchor;
    await board.edit([set("m", { x: 70 })]);
    expect(await read()).toEqual({ ...anchor, x: 70, y: 0, isGone: false });
    await reply(thread.id);
    await board.edit([set("n", { x: 90 })]);
    await board.edit([remove("d")]);
    expect(await read()).toEqual({ ...anchor, x: 70, y: 0, isGone: true });
    expect((await reply(thread.id)).thread.anchor).toMatchObject({ x: 70, isGone: true });
    await board.undo();
    expect(await read()).toEqual({ ...anchor, x: 90, y: 0, isGone: false });
    expect(await create({ anchor: { pageId: "p1", x: 1.5, y: -2 } })).toMatchObject({
      thread: { anchor: { pageId: "p1", elementId: null, x: 1.5, y: -2, isGone: false } },
    });
  });

  test("COM-6: nobody learns from a mention which accounts there are", async () => {
    const refusal = await create({ mentions: [bob.id] });
    expect(refusal).toEqual(await create({ mentions: [nobody] }));
    const statements = (id: string) => api.statements(() => create({ mentions: [id] }));
    expect(await statements(bob.id)).toEqual(await statements(nobody));
    await invite(bob, "VIEW");
    expect((await create({ mentions: [ada.id, bob.id] })).comment.mentions).toHaveLength(2);
    const { comment } = await create();
    const edit = { commentId: comment.id, body: "b", mentions: [nobody] };
    expect(await send("editComment", edit)).toMatchObject({ path: ["mentions", "0"] });
  });

  test("COM-7: a deleted first comment keeps its place while there are replies", async () => {
    const { thread } = await create({ mentions: [ada.id] });
    const { comment } = await reply(thread.id);
    const { thread: left } = await send("deleteComment", { commentId: thread.id });
    expect(left).toMatchObject({
      commentCount: 1,
      comments: { nodes: [{ body: null, isDeleted: true, mentions: [] }, { id: comment.id }] },
    });
    await reply(thread.id);
    const last = await send("deleteComment", { commentId: comment.id });
    expect(last.thread.comments.nodes).toHaveLength(2);
    const id = last.thread.comments.nodes[1].id;
    expect((await send("deleteComment", { commentId: id })).thread).toBeNull();
    expect(await threads()).toEqual([]);
    expect(await board.read(`commentThread(id: "${thread.id}") { id }`)).toEqual({
      commentThread: null,
    });
  });

  test("COM-8: threads come by page and state, in pages, with as many queries for many as for one", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { thread } = await create({ anchor: index < 3 ? { pageId: "p1" } : {} });
      await reply(thread.id);
      await reply(thread.id);
      ids.unshift(thread.id);
    }
    await send("resolveComment", { threadId: ids[4] });
    const list = async (args: string) =>
      (await threads(args, "id")).map(({ id }: { id: string }) => id);
    expect(await list("first: 50")).toEqual(ids);
    expect(await list(`pageId: "p1", state: OPEN`)).toEqual([ids[2], ids[3]]);
    expect(await list(`state: RESOLVED`)).toEqual([ids[4]]);
    const fields = "pageInfo { hasNextPage endCursor } nodes { id }";
    const first = (await board.read(`comments(first: 3) { ${fields} }`)).comments;
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = `comments(first: 3, after: "${first.pageInfo.endCursor}") { ${fields} }`;
    const second = (await board.read(rest)).comments;
    expect([...first.nodes, ...second.nodes].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(second.pageInfo.hasNextPage).toBe(false);
    const inner = "id comments(first: 2) { pageInfo { endCursor } nodes { body } }";
    const [{ comments }] = await threads("first: 1", inner);
    const next = `comments(first: 2, after: "${comments.pageInfo.endCursor}") { nodes { id } }`;
    expect((await threads("first: 1", next))[0].comments.nodes).toHaveLength(1);
    const one = await api.statements(() => threads("first: 1"));
    expect(await api.statements(() => threads("first: 5"))).toHaveLength(one.length);
  });

  test("COM-8: pages that cannot be are refused", async () => {
    const refused = async (args: string) => {
      const { errors } = await ada.run(
        `{ template(id: "${board.id}") { comments(${args}) { nodes { id } } } }`,
      );
      return errors?.[0]?.extensions["code"];
    };
    for (const args of ["first: 101", "first: -1", 'after: "x"', 'pageId: "\\u0000"']) {
      expect(await refused(args)).toBe("BAD_USER_INPUT");
    }
  });

  test("COM-9: what was said is unread until it is marked, up to what was shown", async () => {
    await invite(bob, "VIEW");
    const { thread } = await create();
    const other = (await create()).thread;
    const { comment } = await reply(thread.id);
    const read = async (input: object, client = bob) => {
      const source = `mutation ($input: MarkCommentsReadInput!) { result: markCommentsRead(input: $input) {
        ... on CommentsRead { template { unreadCommentCount comments { nodes { id unreadCount } } } }
        ... on RequestError { code path } } }`;
      return (await client.data(source, { input: { templateId: board.id, ...input } })).result;
    };
    expect((await board.read("unreadCommentCount", bob)).unreadCommentCount).toBe(3);
    expect((await board.read("unreadCommentCount")).unreadCommentCount).toBe(0);
    const shown = await read({ threadIds: [thread.id], throughSequence: comment.sequence - 1 });
    expect(shown.template).toEqual({
      unreadCommentCount: 2,
      comments: {
        nodes: [
          { id: other.id, unreadCount: 1 },
          { id: thread.id, unreadCount: 1 },
        ],
      },
    });
    expect((await read({})).template.unreadCommentCount).toBe(0);
    await reply(thread.id);
    expect((await read({ throughSequence: 1 })).template.unreadCommentCount).toBe(1);
    expect(await read({ throughSequence: -1 })).toMatchObject({ path: ["throughSequence"] });
    expect(await read({}, api.anonymous)).toMatchObject({ code: "UNAUTHENTICATED" });
    const stranger = await api.signUp("Stranger");
    expect(await read({}, stranger)).toMatchObject({ code: "NOT_FOUND" });
    const list = "{ templates(first: 50) { nodes { unreadCommentCount } } }";
    const statements = await api.statements(() => ada.data(list));
    expect(statements.filter((sql) => sql.includes("FROM comments"))).toHaveLength(1);
  });

  test("COM-26: a template holds so many threads, and a thread so many replies", async () => {
    const limits = { ...api.services.limits, commentThreadsMax: 1, commentRepliesMax: 1 };
    const bounded = { ...ada.context, services: { ...api.services, limits } };
    const client = Object.assign(Object.create(ada) as Client, { everyContext: bounded });
    const { thread } = await create({}, client);
    expect(await create({}, client)).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    await reply(thread.id, {}, client);
    expect(await reply(thread.id, {}, client)).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("COM-29: a reply may answer a reply, and is told with it and its depth", async () => {
    const shape = `__typename ... on CommentSaved { comment { id replyToId depth } thread { comments(first: 9) {
      nodes { id replyToId depth isDeleted } } } } ... on RequestError { code path }`;
    const answer = async (input: object): Promise<Data> => {
      const source = `mutation ($input: ReplyToCommentInput!) { result: replyToComment(input: $input) { ${shape} } }`;
      const all = { templateId: board.id, id: randomUUID(), body: "b", ...input };
      return (await ada.data(source, { input: all })).result;
    };
    const { thread } = await create();
    const other = await create();
    const threadId = thread.id;
    const first = (await answer({ threadId, replyToId: threadId })).comment;
    expect(first).toMatchObject({ replyToId: null, depth: 1 });
    const again = { threadId, replyToId: first.id, id: randomUUID() };
    const second = await answer(again);
    expect(second.comment).toEqual({ id: again.id, replyToId: first.id, depth: 2 });
    expect(await answer(again)).toEqual(second);
    expect(await answer({ ...again, replyToId: null })).toMatchObject({ code: "INVALID_INPUT" });
    const notThere = { code: "NOT_FOUND", path: ["replyToId"] };
    for (const replyToId of [randomUUID(), "no id", other.thread.id]) {
      expect(await answer({ threadId, replyToId })).toMatchObject(notThere);
    }
    await send("deleteComment", { commentId: first.id });
    expect(await answer({ threadId, replyToId: first.id })).toMatchObject(notThere);
    expect((await answer({ threadId })).thread.comments.nodes.slice(0, 2)).toEqual([
      { id: threadId, replyToId: null, depth: 0, isDeleted: false },
      { id: again.id, replyToId: first.id, depth: 2, isDeleted: false },
    ]);
    let deepest = again.id;
    for (let depth = 3; depth <= 20; depth += 1) {
      deepest = (await answer({ threadId, replyToId: deepest })).comment.id;
    }
    expect(await answer({ threadId, replyToId: deepest })).toMatchObject({
      ...{ code: "INVALID_INPUT", path: ["replyToId"] },
    });
  });

  test("COM-30: a pin follows its place in the element, and stays where that was last seen", async () => {
    const place = "anchor { pageId elementId x y elementX elementY isGone }";
    const shown = async () => (await threads("first: 1", place))[0].anchor;
    const pin = { pageId: "p1", elementId: "e2", elementX: 0.5, elementY: 1 };
    expect(await create({ anchor: { ...pin, elementY: undefined } })).toMatchObject({
      ...{ code: "INVALID_INPUT", path: ["anchor", "elementY"] },
    });
    await create({ anchor: pin });
    expect(await shown()).toEqual({ ...pin, isGone: false, x: 50, y: 0 });
    const change = (type: string, payload: object) => ({
      ...{ id: type, type, target: { pageId: "p1", elementId: "e2" }, payload },
    });
    await board.edit([
      change("RESIZE_ELEMENT", { width: 40, height: 20 }),
      change("MOVE_ELEMENT", { x: 100, y: 10 }),
      change("ROTATE_ELEMENT", { rotation: 90 }),
    ]);
    expect(await shown()).toEqual({ ...pin, isGone: false, x: 110, y: 20 });
    await reply((await threads("first: 1", "id"))[0].id);
    await board.edit([remove("gone", "e2")]);
    expect(await shown()).toEqual({ ...pin, isGone: true, x: 110, y: 20 });
  });

  const follow = (client: Client, id: string, after?: number) =>
    subscribe({
      schema: buildSchema(),
      document: parse(`subscription ($id: ID!, $after: Int) {
        commentChanged(templateId: $id, afterSequence: $after) { templateId kind sequence comment { ${COMMENT} } thread { ${THREAD} } }
      }`),
      variableValues: { id, after },
      contextValue: client.context,
    });

  test("COM-11: the subscription tells what was missed, then what happens", async () => {
    const { thread } = await create();
    const events = await follow(ada, board.id, 0);
    if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
    const next = async () => ((await events.next()).value as Data).data.commentChanged;
    expect(await next()).toMatchObject({
      ...{ templateId: board.id, kind: "CREATED", sequence: 1, comment: { id: thread.id }, thread },
    });
    const waiting = next();
    await send("deleteComment", { commentId: thread.id });
    expect(await waiting).toMatchObject({
      ...{ kind: "DELETED", sequence: 2, comment: { body: null, isDeleted: true }, thread: null },
    });
    await events.return();
    expect((api.anonymous.context.commentFeeds as unknown as { size: number }).size).toBe(0);
  });

  test("COM-12: what may not be followed is refused alike", async () => {
    const code = async (client: Client, id: string, after?: number) => {
      const result = await follow(client, id, after);
      return "errors" in result ? result.errors?.[0]?.extensions["code"] : "none";
    };
    const inBin = await ada.createTemplate({ name: "Gone", isPublic: true });
    await ada.deleteTemplate(inBin);
    for (const id of [board.id, inBin, nobody, "no id"]) {
      expect(await code(bob, id)).toBe("NOT_FOUND");
    }
    expect(await code(api.anonymous, board.id)).toBe("UNAUTHENTICATED");
    expect(await code(ada, board.id, 1)).toBe("BAD_USER_INPUT");
    expect(await code(ada, board.id, -1)).toBe("BAD_USER_INPUT");
  });
});
