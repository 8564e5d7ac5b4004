/** What every store of inboxes keeps, whichever adapter. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { NewNotification } from "../../src/domain/notifications/notification.js";
import {
  NOTIFICATIONS_PER_PERSON_MAX,
  NOTIFICATIONS_PER_SOURCE_MAX,
  type InboxPage,
  type NotificationStore,
} from "../../src/storage/notifications/notificationStore.js";

export interface NotificationStoreUnderTest {
  readonly store: NotificationStore;
  newUser(): Promise<string>;
  close(): Promise<void>;
}

export function describeNotificationStore(
  name: string,
  open: () => Promise<NotificationStoreUnderTest>,
): void {
  describe(`${name}: notifications`, () => {
    let under: NotificationStoreUnderTest;
    let ada: string;
    let bob: string;

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      [ada, bob] = [await under.newUser(), await under.newUser()];
    });

    const about = (topic: string, userId = ada): NewNotification => ({
      ...{ userId, kind: "OVERRIDDEN", topic, actorId: bob },
      ...{ decidedBy: "CLOCK", operationIds: ["o1", "o2"] },
    });
    const add = (...given: NewNotification[]) => under.store.add(given, 1_000);
    const list = async ({
      userId = ada,
      ...page
    }: Partial<InboxPage> & { userId?: string } = {}) => [
      ...(await under.store.read(userId, [{ limit: 2_000, ...page }], 0)).pages[0]!,
    ];
    const sequences = async (query?: Parameters<typeof list>[0]) =>
      (await list(query)).map(({ sequence }) => sequence);

    it("NOTE-3 are there as they were added, of one topic once while it is not read", async () => {
      expect(await add(about("a"), about("b"), about("a"), about("a", bob))).toHaveLength(2);
      const [newest] = await list();
      expect(newest).toMatchObject({
        ...{ kind: "OVERRIDDEN", actorId: bob, decidedBy: "CLOCK", operationIds: ["o1", "o2"] },
        ...{ at: 1_000, readAt: null, occurrences: 1, templateId: null, role: null },
      });
      expect(await sequences()).toEqual([2, 1]);
      const before = await list();
      await under.store.add([{ ...about("a"), operationIds: [] }], 2_000);
      const [again] = await list();
      expect(again).toMatchObject({ sequence: 3, occurrences: 2, at: 2_000, operationIds: [] });
      expect(before.map(({ id }) => id)).toContain(again!.id);
      await under.store.markRead({ userId: ada, at: 3_000 });
      await add(about("a"));
      expect((await list({ unreadOnly: true })).map((one) => one.occurrences)).toEqual([1]);
      expect(await list()).toHaveLength(3);
    });

    it("NOTE-5 are told in pages, forward and back, of one person", async () => {
      for (const topic of ["a", "b", "c"]) await add(about(topic));
      expect(await sequences({ limit: 2 })).toEqual([3, 2]);
      expect(await sequences({ beforeSequence: 2 })).toEqual([1]);
      expect(await sequences({ afterSequence: 1 })).toEqual([2, 3]);
      expect(await sequences({ afterSequence: 1, limit: 1 })).toEqual([2]);
      expect(await sequences({ userId: bob })).toEqual([]);
      expect(await under.store.sequences([ada, bob, randomUUID()])).toEqual(
        new Map([
          [ada, 3],
          [bob, 0],
          [expect.any(String), 0],
        ]),
      );
    });

    it("NOTE-6 are marked as read by id or through a number, once, and only one's own", async () => {
      await add(about("a"), about("b"), about("c"));
      await add(about("a", bob));
      const [c, b] = await list();
      const [bobs] = await list({ userId: bob });
      const mark = (given: object) => under.store.markRead({ userId: ada, at: 5_000, ...given });
      expect(await mark({ ids: [bobs!.id, randomUUID(), "no id"] })).toBeUndefined();
      expect(await mark({ ids: [c!.id] })).toEqual({ userId: ada, sequence: 4 });
      expect(await mark({ ids: [c!.id] })).toBeUndefined();
      expect(await mark({ throughSequence: b!.sequence })).toEqual({ userId: ada, sequence: 5 });
      expect(await mark({})).toBeUndefined();
      expect(await list({ unreadOnly: true })).toEqual([]);
      expect((await list())[0]).toMatchObject({ readAt: 5_000 });
      expect(await list({ userId: bob, unreadOnly: true })).toHaveLength(1);
    });

    it("NOTE-5 are bounded by number and by time", async () => {
      const extra = 5;
      const perActor = NOTIFICATIONS_PER_SOURCE_MAX - 10;
      const actors: string[] = [];
      for (let count = 0; count * perActor < NOTIFICATIONS_PER_PERSON_MAX + extra; count += 1) {
        actors.push(await under.newUser());
      }
      const numbers = Array.from({ length: NOTIFICATIONS_PER_PERSON_MAX + extra }, (_, i) => i);
      const given = numbers.map((number) => ({
        ...about(`topic ${number}`),
        actorId: actors[Math.floor(number / perActor)]!,
      }));
      await add(...given);
      const kept = await sequences();
      expect(kept).toHaveLength(NOTIFICATIONS_PER_PERSON_MAX);
      // They were added at one moment: in the order of their topics, the last one first.
      expect(kept.at(-1)).toBe(extra + 1);
      await under.store.add([about("new", bob)], 9_000);
      expect(await under.store.dropBefore(1_000)).toBe(0);
      expect(await under.store.dropBefore(9_000)).toBeGreaterThanOrEqual(kept.length);
      expect(await list({ userId: bob })).toHaveLength(1);
    });

    it("NOTE-9 what one person caused takes a bounded part, and the oldest of that goes", async () => {
      await under.store.add([{ ...about("friend"), actorId: await under.newUser() }], 1_000);
      const topics = Array.from({ length: NOTIFICATIONS_PER_SOURCE_MAX + 5 }, (_, i) => `${i}`);
      for (const topic of topics) await add(about(topic));
      const kept = await sequences();
      expect(kept).toHaveLength(NOTIFICATIONS_PER_SOURCE_MAX + 1);
      expect(kept.slice(-2)).toEqual([7, 1]);
      await add(...topics.map((topic) => ({ ...about(`none ${topic}`), actorId: null })));
      expect(await sequences()).toHaveLength(2 * NOTIFICATIONS_PER_SOURCE_MAX + 1);
    });

    it("NOTE-10 number, count and pages are read together", async () => {
      await add(about("a"), about("b"), about("c"));
      await under.store.markRead({ userId: ada, throughSequence: 1, at: 2_000 });
      const pages = [
        { limit: 1 },
        { limit: 5, unreadOnly: true },
        { limit: 0 },
        { limit: 2, afterSequence: 1 },
      ];
      const reading = await under.store.read(ada, pages, 0);
      expect(reading).toMatchObject({ sequence: 4, unreadCount: 2 });
      const told = reading.pages.map((page) => page.map(({ sequence }) => sequence));
      expect(told).toEqual([[3], [3, 2], [], [2, 3]]);
      expect(await under.store.read(randomUUID(), [{ limit: 1 }], 0)).toEqual({
        ...{ sequence: 0, unreadCount: 0, pages: [[]] },
      });
    });

    it("NOTE-7 added at one moment have numbers of their own", async () => {
      const topics = Array.from({ length: 20 }, (_, i) => `${i}`);
      const news = await Promise.all(topics.map((topic) => add(about(topic), about(topic, bob))));
      const numbers = topics.map((_topic, index) => index + 1);
      expect((await sequences()).toReversed()).toEqual(numbers);
      const told = news.flat().filter(({ userId }) => userId === ada);
      expect(told.map(({ sequence }) => sequence).toSorted((a, b) => a - b)).toEqual(numbers);
    });

    it("NOTE-8 are for people with an account", async () => {
      expect(await add(about("a", randomUUID()))).toEqual([]);
    });
  });
}
