/** Comments through whole nodes: two of them on one database, with and without a Redis between them. */
import { randomUUID } from "node:crypto";
import { createClient, type Client } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

interface Told {
  readonly kind: string;
  readonly sequence: number;
  readonly comment: { readonly id: string; readonly body: string | null };
  readonly thread: { readonly commentCount: number; readonly unreadCount?: number } | null;
}

const EVENT =
  "kind sequence comment { id body } thread { commentCount anchor { pageId isGone } isResolved }";
const FOLLOW = `subscription ($id: ID!, $after: Int) { commentChanged(templateId: $id, afterSequence: $after) { ${EVENT} } }`;
const FOLLOW_UNREAD = `subscription ($id: ID!) { commentChanged(templateId: $id) { kind sequence thread { unreadCount } } }`;

const clients: Client[] = [];

class Follower {
  readonly told: Told[] = [];
  completed = false;
  failure: unknown;

  constructor({ wsUrl }: TestServer, token: string, document: string, variables: object) {
    const client = createClient({
      url: wsUrl,
      webSocketImpl: WebSocket,
      connectionParams: { Authorization: `Bearer ${token}` },
    });
    clients.push(client);
    client.subscribe<{ commentChanged: Told }>(
      { query: document, variables: { ...variables } },
      {
        next: ({ data, errors }) => {
          if (data) this.told.push(data.commentChanged);
          this.failure ??= errors;
        },
        error: (error) => (this.failure = error),
        complete: () => (this.completed = true),
      },
    );
  }

  get kinds(): string[] {
    return this.told.map(({ kind }) => kind);
  }
}

async function change(server: TestServer, token: string, mutation: string, input: object) {
  const type = mutation.replace(/^reopen/, "resolve");
  const document = `mutation ($input: ${type[0]?.toUpperCase()}${type.slice(1)}Input!) { result: ${mutation}(input: $input) { __typename } }`;
  const { json, text } = await query(server, document, { input }, token);
  expect(json.data?.["result"], text).toEqual({ __typename: "CommentSaved" });
}

/** Has the follower told something, however often that takes: what it follows begins some time after it asked. */
async function started(follower: Follower, say: () => Promise<unknown>) {
  const nudge = async () => {
    await say();
    return follower.told.length;
  };
  await expect.poll(nudge).toBeGreaterThan(0);
}

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map(async (client) => client.dispose()));
});
afterAll(() => database.drop());

describe.each<[string, () => Record<string, string>]>([
  ["with a Redis", () => ({ REDIS_URL: redisUrl() })],
  ["without, where the database alone tells", () => ({ POLL_MS: "200" })],
])("comments on two nodes %s", (_name, environment) => {
  let first: TestServer;
  let second: TestServer;
  beforeAll(async () => {
    const shared = { DATABASE_URL: database.url, ...environment() };
    first = await startTestServer(shared);
    second = await startTestServer(shared);
  });
  afterAll(async () => {
    await Promise.all([first.close(), second.close()]);
  });

  test("COM-10 COM-11 what happens through one node is told on the other, from where one asks", async () => {
    const { token, templateId } = await newAuthor(first);
    const [id, replyId] = [randomUUID(), randomUUID()];
    const anchor = { pageId: "page-1", x: 1, y: 2 };
    await change(first, token, "createComment", { templateId, id, body: "One", anchor });
    const read =
      "query ($id: ID!) { template(id: $id) { commentSequence comments { nodes { id } } } }";
    const { text } = await query(second, read, { id: templateId }, token);
    expect(text).toContain(`{"commentSequence":1,"comments":{"nodes":[{"id":"${id}"}]}}`);
    const here = new Follower(first, token, FOLLOW, { id: templateId, after: 1 });
    const there = new Follower(second, token, FOLLOW, { id: templateId, after: 0 });
    const commented = { templateId, threadId: id };
    await change(first, token, "replyToComment", { ...commented, id: replyId, body: "Two" });
    await expect.poll(() => there.kinds).toEqual(["CREATED", "CREATED"]);
    await change(second, token, "editComment", { templateId, commentId: replyId, body: "2" });
    await change(second, token, "resolveComment", commented);
    await change(first, token, "reopenComment", commented);
    await change(first, token, "deleteComment", { templateId, commentId: replyId });
    const last = (follower: Follower) => follower.told.at(-1);
    for (const follower of [here, there]) {
      await expect
        .poll(() => last(follower))
        .toEqual({
          ...{ kind: "DELETED", sequence: 6, comment: { id: replyId, body: null } },
          thread: {
            ...{ commentCount: 1, isResolved: false },
            anchor: { pageId: "page-1", isGone: false },
          },
        });
    }
    // Whoever was away is told what is left of it: of two comments the last change each.
    const later = new Follower(second, token, FOLLOW, { id: templateId, after: 0 });
    await expect.poll(() => later.kinds).toEqual(["REOPENED", "DELETED"]);
  });

  test("COM-12 COM-13 each is told what is unread for them, until access ends", async () => {
    const { token, templateId } = await newAuthor(first);
    const share =
      "mutation ($input: UpdateTemplateInput!) { updateTemplate(input: $input) { __typename } }";
    await query(first, share, { input: { templateId, isPublic: true } }, token);
    const guest = (await newAuthor(second)).token;
    const own = new Follower(second, token, FOLLOW_UNREAD, { id: templateId });
    const others = new Follower(second, guest, FOLLOW_UNREAD, { id: templateId });
    const say = () =>
      change(first, token, "createComment", { templateId, id: randomUUID(), body: "b" });
    await started(own, say);
    await started(others, say);
    expect(own.told.at(-1)?.thread).toEqual({ unreadCount: 0 });
    expect(others.told.at(-1)?.thread).toEqual({ unreadCount: 1 });
    await query(first, share, { input: { templateId, isPublic: false } }, token);
    await expect.poll(() => others.completed).toBe(true);
    const told = others.told.length;
    await say();
    const { sequence } = (await expect
      .poll(() => own.told.at(-1)?.thread && own.told.length > told)
      .toBe(true)
      .then(() => own.told.at(-1))) as Told;
    expect(sequence).toBeGreaterThan(told);
    expect(others.told).toHaveLength(told);
    const refused = new Follower(second, guest, FOLLOW_UNREAD, { id: templateId });
    await expect.poll(() => JSON.stringify(refused.failure) ?? "").toContain("NOT_FOUND");
  });

  test("COM-14 ACT-1 a gallery is told that somebody commented", async () => {
    const { token, templateId } = await newAuthor(first);
    const document =
      "subscription ($ids: [ID!]!) { commentChanged: templateActivity(templateIds: $ids) { kind } }";
    const gallery = new Follower(first, token, document, { ids: [templateId] });
    // Another kind: how many of these are still on their way does not matter then.
    const rename =
      "mutation ($input: UpdateTemplateInput!) { updateTemplate(input: $input) { __typename } }";
    await started(gallery, () =>
      query(first, rename, { input: { templateId, name: randomUUID() } }, token),
    );
    const id = randomUUID();
    await change(first, token, "createComment", { templateId, id, body: "b" });
    await change(first, token, "createComment", { templateId, id, body: "b" });
    await change(first, token, "editComment", { templateId, commentId: id, body: "c" });
    const input = { templateId, threadId: id, id: randomUUID(), body: "b" };
    await change(first, token, "replyToComment", input);
    const comments = () => gallery.kinds.filter((kind) => kind !== "RENAMED");
    await expect.poll(comments).toEqual(["COMMENTED", "COMMENTED"]);
  });
});
