/** Followers of comments under a bus that loses and doubles, clients that stop reading, and a store that fails. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Viewer } from "../../src/domain/access/access.js";
import { noGrant } from "../../src/domain/access/grant.js";
import type { Comment } from "../../src/domain/comments/comment.js";
import type { GrantedHead } from "../../src/storage/access/accessReader.js";
import type { CommentStore } from "../../src/storage/comments/commentStore.js";
import { MemoryCommentStore } from "../twins/memoryCommentStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import { CommentFeeds } from "../../src/subscriptions/comments/commentFeeds.js";
import type { CommentEvent } from "../../src/subscriptions/comments/commentSource.js";
import { LocalBus } from "../../src/bus/localBus.js";
import type { EndReason, EventSink } from "../../src/subscriptions/subscription.js";
import { newTemplate } from "../contracts/storedOperations.js";
import { FakeClock, seededRandom, settle } from "./harness.js";

const ada = randomUUID();
const bob = randomUUID();
const viewer: Viewer = { kind: "user", userId: bob };

class Sink implements EventSink<CommentEvent> {
  readonly told: Comment[] = [];
  ended: EndReason | undefined;
  isFull = false;
  deliver({ comment }: CommentEvent): void {
    if (this.ended !== undefined) throw new Error("told after the end");
    this.told.push(comment);
  }
  full(): boolean {
    return this.isFull;
  }
  end(reason: EndReason): void {
    this.ended = reason;
  }
  /** What a client would hold that puts what it is told in the place of what it had. */
  get held(): Comment[] {
    const byId = new Map(this.told.map((comment) => [comment.id, comment]));
    return [...byId.values()].sort((a, b) => a.sequence - b.sequence);
  }
}

async function setUp() {
  const templates = new MemoryTemplateStore();
  const template = newTemplate(ada);
  await templates.create(template);
  const { templateId } = template;
  const stored = new MemoryCommentStore(templates);
  const state = { away: false, sees: true, deleted: false, looks: 0, rendered: 0 };
  const failing = <T>(value: Promise<T>) =>
    state.away ? Promise.reject(new StorageUnavailable(1)) : value;
  const comments: Pick<CommentStore, "changesAfter" | "findThreads" | "sequences"> = {
    changesAfter: (...args) => failing(stored.changesAfter(...args)),
    findThreads: (...args) => failing(stored.findThreads(...args)),
    sequences: (...args) => failing(stored.sequences(...args)),
  };
  const look = async (): Promise<GrantedHead> => {
    state.looks += 1;
    const head = (await failing(templates.heads([templateId]))).get(templateId);
    if (head === undefined) throw new Error("the template is gone");
    const grant = state.sees ? ({ role: "VIEW", restrictions: [] } as const) : noGrant;
    return { ...head, deleted: state.deleted, grant };
  };
  const clock = new FakeClock();
  const bus = new LocalBus(() => {});
  const settings = { pollMs: 10_000, pollMsWhenUnhealthy: 1_000 };
  const warnings: string[] = [];
  const feeds = new CommentFeeds({
    ...{ access: { look }, comments, bus, clock, settings },
    warn: (message) => void warnings.push(message),
  });
  const renderer = {
    render(event: CommentEvent) {
      state.rendered += 1;
      return event;
    },
  };
  const follow = async (afterSequence?: number) => {
    const source = await feeds.follow({
      ...{ templateId, viewer },
      ...(afterSequence !== undefined && { afterSequence }),
    });
    if (typeof source === "string") throw new Error(source);
    const sink = new Sink();
    return { sink, subscription: source.attach(renderer, sink) };
  };
  const say = async (threadId?: string) => {
    const id = randomUUID();
    const added = await stored.add(
      {
        ...{ templateId, id, threadId: threadId ?? id, authorId: ada, body: "b", mentions: [] },
        replyToId: null,
        anchor:
          threadId === undefined
            ? { pageId: null, elementId: null, x: null, y: null, elementX: null, elementY: null }
            : null,
        ...{ requestHash: "00", createdAt: clock.now() },
      },
      { commentThreadsMax: 1_000, commentRepliesMax: 1_000, commentDepthMax: 5 },
    );
    if (added.kind !== "added") throw new Error(added.kind);
    return { id, sequence: added.sequence };
  };
  const tell = async (sequence: number) => {
    bus.publish({ kind: "comments", templateId, sequence });
    await settle();
  };
  return { templateId, stored, state, clock, bus, feeds, warnings, follow, say, tell };
}

describe("followers of comments", () => {
  const seeds = Array.from({ length: Number(process.env["SEEDS"] ?? 40) }, (_, index) => index + 1);

  it.each(seeds)("COM-11 hold in the end all there is (seed %i)", async (seed) => {
    const random = seededRandom(seed);
    const { templateId, stored, state, clock, bus, follow, say } = await setUp();
    const followers: (Awaited<ReturnType<typeof follow>> & { from: number })[] = [];
    const ids: string[] = [];
    const hint = (sequence: number) => {
      const times = Math.floor(random() * 3);
      for (let time = 0; time < times; time += 1) {
        bus.publish({ kind: "comments", templateId, sequence });
      }
    };
    for (let step = 0; step < 150; step += 1) {
      const known = ids[Math.floor(random() * ids.length)];
      const choice = random();
      if (choice < 0.4 || known === undefined) {
        const said = await say();
        ids.push(said.id);
        hint(said.sequence);
      } else if (choice < 0.7) {
        const at = clock.now();
        const outcome = await stored.edit(templateId, known, ({ comment }) => ({
          kind: "edit",
          edit:
            comment.deletedAt !== null || random() < 0.3
              ? { change: "DELETED", at }
              : { change: "EDITED", body: `b${step}`, mentions: [], at },
        }));
        if (outcome.kind === "edited") hint(outcome.sequence);
      } else if (choice < 0.78) {
        const last = (await stored.sequences([templateId])).get(templateId) ?? 0;
        const from = Math.floor(random() * (last + 1));
        if (!state.away) followers.push({ ...(await follow(from)), from });
      } else if (choice < 0.9) {
        const follower = followers[Math.floor(random() * followers.length)];
        if (follower === undefined) continue;
        follower.sink.isFull = !follower.sink.isFull;
        if (!follower.sink.isFull) follower.subscription.resume();
      } else if (choice < 0.95) {
        state.away = !state.away;
      } else {
        await clock.advance(Math.floor(random() * 3_000));
      }
      if (random() < 0.3) await settle(Math.floor(random() * 8));
    }
    state.away = false;
    for (const { sink, subscription } of followers) {
      sink.isFull = false;
      subscription.resume();
    }
    await clock.advance(20_000);
    for (const { sink, from } of followers) {
      const numbers = sink.told.map(({ sequence }) => sequence);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      expect(sink.held).toEqual(await stored.changesAfter(templateId, from, 1_000));
    }
  });

  it("COM-11 are told at once, and after a lost message with the next look", async () => {
    const { clock, follow, say, tell, state, feeds } = await setUp();
    const { sink, subscription } = await follow();
    await tell((await say()).sequence);
    expect(sink.told.map(({ sequence }) => sequence)).toEqual([1]);
    await say();
    await settle();
    expect(sink.told).toHaveLength(1);
    await clock.advance(11_000);
    expect(sink.told.map(({ sequence }) => sequence)).toEqual([1, 2]);
    state.away = true;
    await tell((await say()).sequence);
    state.away = false;
    await clock.advance(1_000);
    expect(sink.told).toHaveLength(3);
    subscription.close();
    expect(feeds.size).toBe(0);
    await tell((await say()).sequence);
    expect(sink.told).toHaveLength(3);
  });

  it("COM-11 of many that were missed are told page by page, none twice", async () => {
    const { follow, say } = await setUp();
    for (let index = 0; index < 230; index += 1) await say();
    const { sink } = await follow(10);
    await settle(300);
    expect(sink.told.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 220 }, (_, index) => index + 11),
    );
  });

  it("COM-11 cannot be ahead of what there is", async () => {
    const { feeds, templateId, say } = await setUp();
    await say();
    expect(await feeds.follow({ templateId, viewer, afterSequence: 2 })).toBe("ahead");
  });

  it.each([
    ["accessRevoked", { sees: false }],
    ["deleted", { deleted: true }],
  ] as const)("COM-12 end with %s before anything more is told", async (reason, change) => {
    const { templateId, feeds, state, bus, follow, say, tell } = await setUp();
    const [first, second] = [await follow(), await follow()];
    Object.assign(state, change);
    await tell((await say()).sequence);
    expect(first.sink).toMatchObject({ told: [], ended: reason });
    expect(second.sink.ended).toBe(reason);
    expect(await feeds.follow({ templateId, viewer })).toBe("notThere");
    state.sees = true;
    state.deleted = false;
    const third = await follow();
    Object.assign(state, change);
    bus.publish({ kind: "accessChanged", templateId });
    await settle();
    expect(third.sink.ended).toBe(reason);
  });

  it("COM-13 who stands at one place shares what is rendered", async () => {
    const { state, follow, say, tell } = await setUp();
    const followers = await Promise.all(Array.from({ length: 5 }, () => follow()));
    await tell((await say()).sequence);
    expect(followers.map(({ sink }) => sink.told.length)).toEqual([1, 1, 1, 1, 1]);
    expect(state.rendered).toBe(1);
  });

  it("COM-12 end when the node stops, also those who come then", async () => {
    const { feeds, follow } = await setUp();
    const { sink } = await follow();
    feeds.close();
    expect(sink.ended).toBe("shutdown");
    expect((await follow()).sink.ended).toBe("shutdown");
  });
});
