/** What every store of sessions promises. */
import { createHash, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {
  NewSession,
  Resumption,
  Session,
  SessionBounds,
  SessionStore,
} from "../../src/storage/sessions/sessionStore.js";

/** A store under test, with what it does not do itself. */
export interface SessionStoreUnderTest {
  readonly store: SessionStore;
  newUser(): Promise<string>;
  newTemplate(authorId: string): Promise<string>;
  close(): Promise<void>;
}

const leaseMs = 600_000;
const palette = ["#111111", "#222222", "#333333"];
const unbounded: SessionBounds = {
  sessionsPerTemplateMax: 1_000,
  sessionsPerUserMax: 1_000,
  sessionsPerUserAndTemplateMax: 1_000,
};

/** Registers the tests for one adapter. */
export function describeSessionStore(
  name: string,
  open: () => Promise<SessionStoreUnderTest>,
): void {
  describe(name, () => {
    let opened: SessionStoreUnderTest;
    let store: SessionStore;
    let userId: string;
    let other: string;
    let templateId: string;
    const templateIds: string[] = [];
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());
    /** What a test leaves would count in the next. */
    afterEach(async () => {
      for (const id of templateIds.splice(0)) await lapse(id);
      await store.endExpired(1_000);
    });
    beforeEach(async () => {
      [userId, other] = [await opened.newUser(), await opened.newUser()];
      templateId = await newTemplate();
    });

    const newTemplate = async () => {
      const id = await opened.newTemplate(userId);
      templateIds.push(id);
      return id;
    };

    const newSession = (overrides: Partial<NewSession> = {}): NewSession => ({
      id: randomUUID(),
      templateId,
      userId,
      clientId: "tab 🎨",
      nodeId: "node a",
      tokenHash: hashOf(randomUUID()),
      lastKnownVersion: 7,
      leaseMs,
      palette,
      bounds: unbounded,
      ...overrides,
    });
    const openOne = async (overrides: Partial<NewSession> = {}): Promise<Session> => {
      const opening = await store.open(newSession(overrides));
      if (opening.kind === "full") throw new Error("there is room");
      return opening.session;
    };
    const resumption = (tokenHash: string, overrides: Partial<Resumption> = {}): Resumption => ({
      ...{ tokenHash, templateId, userId, leaseMs },
      clientId: "tab 🎨",
      nodeId: "node b",
      lastKnownVersion: 9,
      ...overrides,
    });
    /** Lets the leases of a template's sessions run out. */
    const lapse = async (templateId: string) => {
      const sessions = await store.list(templateId);
      await store.renew(
        sessions.map((session) => ({ ...session, isActive: false })),
        -60_000,
      );
    };
    const ids = (sessions: readonly Session[]) => sessions.map(({ id }) => id).toSorted();

    it("SESS-1 gives a session back as it was opened, with its instants", async () => {
      const wanted = newSession();
      const opening = await store.open(wanted);
      const { id, clientId, nodeId, lastKnownVersion } = wanted;
      expect(opening).toEqual({
        kind: "opened",
        session: {
          ...{ id, templateId, userId, clientId, nodeId, lastKnownVersion },
          color: "#111111",
          joinedAt: expect.any(Number),
          lastActiveAt: expect.any(Number),
          expiresAt: expect.any(Number),
        },
      });
      const [stored] = await store.list(templateId);
      expect(opening).toEqual({ kind: "opened", session: stored });
      expect(stored?.lastActiveAt).toBe(stored?.joinedAt);
      expect(stored!.expiresAt - stored!.joinedAt).toBe(leaseMs);
    });

    it("SESS-2 takes a colour that nobody has here, then the least used", async () => {
      const elsewhere = await newTemplate();
      await openOne({ templateId: elsewhere });
      const first = await openOne();
      const colors = [first.color, (await openOne()).color, (await openOne()).color];
      expect(colors).toEqual(palette);
      expect((await openOne()).color).toBe("#111111");
      await store.end(templateId, [first.id]);
      expect((await openOne()).color).toBe("#111111");
      expect((await openOne()).color).toBe("#222222");
    });

    it("SESS-2 gives those who open at once different colours", async () => {
      const sessions = await Promise.all(palette.map(() => openOne()));
      expect(sessions.map(({ color }) => color).toSorted()).toEqual(palette);
    });

    it("SESS-3 resumes a session: id and colour stay, the node changes, versions only grow", async () => {
      const tokenHash = hashOf("mine");
      const session = await openOne({ tokenHash });
      const resumed = await store.resume(resumption(tokenHash));
      expect(resumed).toMatchObject({
        ...{ id: session.id, color: session.color, joinedAt: session.joinedAt },
        ...{ nodeId: "node b", lastKnownVersion: 9 },
      });
      const again = await store.resume(resumption(tokenHash, { lastKnownVersion: 3 }));
      expect(again?.lastKnownVersion).toBe(9);
      expect(await store.list(templateId)).toEqual([again]);
      await store.end(templateId, [session.id]);
    });

    it("SESS-18 keeps what the token is limited to that opened it, or took it over last", async () => {
      const tokenHash = hashOf(randomUUID());
      const limits = [{ kind: "template", id: templateId }] as const;
      const session = await openOne({ tokenHash, limits });
      expect(session.limits).toEqual(limits);
      expect(await store.list(templateId)).toEqual([session]);
      const resumed = await store.resume(resumption(tokenHash));
      expect(resumed).not.toHaveProperty("limits");
      expect((await store.resume(resumption(tokenHash, { limits })))?.limits).toEqual(limits);
      await store.end(templateId, [session.id]);
    });

    it("SESS-4 resumes nothing of another person, template or client, nor what is over", async () => {
      const tokenHash = hashOf(randomUUID());
      const session = await openOne({ tokenHash });
      const elsewhere = await newTemplate();
      for (const wrong of [
        resumption(hashOf("unknown")),
        resumption(tokenHash, { userId: other }),
        resumption(tokenHash, { templateId: elsewhere }),
        resumption(tokenHash, { templateId: "no id" }),
        resumption(tokenHash, { clientId: "another" }),
      ]) {
        expect(await store.resume(wrong)).toBeUndefined();
      }
      expect(await store.list(templateId)).toEqual([session]);
      await lapse(templateId);
      expect(await store.resume(resumption(tokenHash))).toBeUndefined();
      await store.end(templateId, [session.id]);
      expect(await store.resume(resumption(tokenHash))).toBeUndefined();
    });

    it("SESS-5 finds a session by its token for its person, while its lease runs", async () => {
      const tokenHash = hashOf(randomUUID());
      const session = await openOne({ tokenHash });
      expect(await store.touch(tokenHash, userId, leaseMs)).toMatchObject({ id: session.id });
      expect(await store.touch(tokenHash, other, leaseMs)).toBeUndefined();
      expect(await store.touch(tokenHash, "no id", leaseMs)).toBeUndefined();
      expect(await store.touch(hashOf("unknown"), userId, leaseMs)).toBeUndefined();
      await lapse(templateId);
      expect(await store.touch(tokenHash, userId, leaseMs)).toBeUndefined();
    });

    it("SESS-6 renews many at once, and says which are there", async () => {
      const elsewhere = await newTemplate();
      const [a, b] = [await openOne(), await openOne({ templateId: elsewhere })];
      const gone = await openOne();
      await store.end(templateId, [gone.id]);
      const renewed = await store.renew(
        [
          { templateId, id: a.id, lastKnownVersion: 20, isActive: true },
          { templateId: elsewhere, id: b.id, lastKnownVersion: 1, isActive: false },
          { templateId, id: gone.id, lastKnownVersion: 30, isActive: true },
        ],
        2 * leaseMs,
      );
      expect(ids(renewed)).toEqual(ids([a, b]));
      const byId = new Map(renewed.map((session) => [session.id, session]));
      expect(byId.get(a.id)?.lastKnownVersion).toBe(20);
      expect(byId.get(b.id)).toMatchObject({ lastKnownVersion: 7, lastActiveAt: b.lastActiveAt });
      const { expiresAt, lastActiveAt } = byId.get(a.id)!;
      expect(expiresAt - lastActiveAt).toBe(2 * leaseMs);
      expect(await store.list(templateId)).toEqual([byId.get(a.id)]);
      expect(await store.renew([], leaseMs)).toEqual([]);
    });

    it("SESS-12 renews also what ran out while nobody ended it", async () => {
      const session = await openOne();
      await lapse(templateId);
      expect(await store.list(templateId)).toEqual([]);
      const sign = { templateId, id: session.id, lastKnownVersion: 7, isActive: false };
      expect(ids(await store.renew([sign], leaseMs))).toEqual([session.id]);
      expect(await store.endExpired(1_000)).toEqual([]);
      expect(ids(await store.list(templateId))).toEqual([session.id]);
    });

    it("SESS-7 ends those whose lease ran out, at most so many, and no others", async () => {
      const elsewhere = await newTemplate();
      const lapsed = [await openOne(), await openOne(), await openOne()];
      const live = await openOne({ templateId: elsewhere });
      await lapse(templateId);
      const first = await store.endExpired(2);
      expect(first).toHaveLength(2);
      const second = await store.endExpired(2);
      expect(ids([...first, ...second])).toEqual(ids(lapsed));
      expect(await store.endExpired(2)).toEqual([]);
      expect(ids(await store.list(elsewhere))).toEqual([live.id]);
    });

    it("SESS-8 gives an ended session to exactly one of many who end it", async () => {
      const sessions = await Promise.all(Array.from({ length: 10 }, () => openOne()));
      const all = ids(sessions);
      await lapse(templateId);
      const ended = await Promise.all([
        store.endExpired(1_000),
        store.end(templateId, all.toReversed()),
        store.endExpired(1_000),
        store.end(templateId, all),
        store.renew(
          all.map((id) => ({ templateId, id, lastKnownVersion: 1, isActive: true })),
          -1,
        ),
      ]);
      expect(ids(ended.slice(0, 4).flat())).toEqual(all);
      expect(await store.list(templateId)).toEqual([]);
    });

    it("SESS-9 ends only what is named, in its template", async () => {
      const elsewhere = await newTemplate();
      const [a, b] = [await openOne(), await openOne()];
      expect(await store.end(elsewhere, [a.id])).toEqual([]);
      expect(await store.end(templateId, ["no id", a.id])).toEqual([a]);
      expect(await store.end(templateId, [a.id])).toEqual([]);
      expect(await store.end("no id", [b.id])).toEqual([]);
      expect(await store.list(templateId)).toEqual([b]);
    });

    it("AUTH-15 ends all sessions of a person, on all templates, and nobody else's", async () => {
      const elsewhere = await newTemplate();
      const [a, b] = [await openOne(), await openOne({ templateId: elsewhere })];
      const kept = await openOne({ userId: other });
      const ended = await store.endAllOf(a.userId);
      expect(ended.map(({ id }) => id).sort()).toEqual([a.id, b.id].sort());
      expect(await store.endAllOf(a.userId)).toEqual([]);
      expect(await store.endAllOf("no id")).toEqual([]);
      expect(await store.list(templateId)).toEqual([kept]);
    });

    it("SESS-11 opens no more than each bound allows; what ran out does not count", async () => {
      const elsewhere = await newTemplate();
      const opens = async (bounds: Partial<SessionBounds>, overrides: Partial<NewSession> = {}) =>
        (await store.open(newSession({ bounds: { ...unbounded, ...bounds }, ...overrides }))).kind;
      expect(await opens({ sessionsPerTemplateMax: 1 })).toBe("opened");
      expect(await opens({ sessionsPerTemplateMax: 1 }, { userId: other })).toBe("full");
      expect(await opens({ sessionsPerUserMax: 1 }, { templateId: elsewhere })).toBe("full");
      expect(await opens({ sessionsPerUserAndTemplateMax: 1 })).toBe("full");
      expect(await opens({ sessionsPerUserMax: 2 }, { templateId: elsewhere })).toBe("opened");
      expect(await opens({ sessionsPerUserAndTemplateMax: 1 }, { userId: other })).toBe("opened");
      await lapse(templateId);
      expect(await opens({ sessionsPerTemplateMax: 1 })).toBe("opened");
    });

    it("SESS-17 opens those that come together as if they came one after the other", async () => {
      await openOne({ userId: other });
      const elsewhere = await newTemplate();
      await openOne({ templateId: elsewhere });
      const bounds = { sessionsPerTemplateMax: 6, sessionsPerUserAndTemplateMax: 3 };
      const wanted = [userId, userId, other, other, userId, userId, other, userId].map((person) =>
        newSession({ userId: person, bounds: { ...unbounded, ...bounds } }),
      );
      const openings = await Promise.all(wanted.map((session) => store.open(session)));
      expect(openings.map(({ kind }) => kind)).toEqual([
        ...["opened", "opened", "opened", "opened", "opened", "full", "full", "full"],
      ]);
      const colors = openings.flatMap((opening) =>
        opening.kind === "opened" ? [opening.session.color] : [],
      );
      expect(colors).toEqual(["#222222", "#333333", "#111111", "#222222", "#333333"]);
      expect(openings[0]).toMatchObject({ session: { id: wanted[0]?.id, userId } });
      expect(openings[2]).toMatchObject({ session: { id: wanted[2]?.id, userId: other } });
    });

    it("SESS-17 counts a person's sessions elsewhere also among those that come together", async () => {
      const elsewhere = await newTemplate();
      await openOne({ templateId: elsewhere });
      const bounds = { ...unbounded, sessionsPerUserMax: 3 };
      const wanted = [userId, userId, other, userId].map((person) =>
        newSession({ userId: person, bounds }),
      );
      const openings = await Promise.all(wanted.map((session) => store.open(session)));
      expect(openings.map(({ kind }) => kind)).toEqual(["opened", "opened", "opened", "full"]);
    });

    it("SESS-11 holds the bound of a template also where many open at once", async () => {
      const bounds = { ...unbounded, sessionsPerTemplateMax: 3 };
      const openings = await Promise.all(
        Array.from({ length: 8 }, () => store.open(newSession({ bounds }))),
      );
      expect(openings.filter(({ kind }) => kind === "opened")).toHaveLength(3);
    });
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
