/** The sessions of nodes in simulated time, on the store in memory. */
import { beforeEach, describe, expect, it } from "vitest";
import { MemorySessionStore } from "../twins/memorySessionStore.js";
import type { TemplateHead } from "../../src/storage/templates/templateStore.js";
import { LocalBus } from "../../src/bus/localBus.js";
import { settle } from "../subscriptions/harness.js";
import { Cluster, join, settings, unordered, type TestNode } from "./nodes.js";

const templateId = "template";
const [ada, bob] = ["ada", "bob"];
const viewer = (userId: string) => ({ kind: "user", userId }) as const;
const leaseMs = settings.sessionGraceMs + settings.sessionRenewMs;

let access: Pick<TemplateHead, "authorId" | "isPublic" | "deleted">;
let cluster: Cluster;
let a: TestNode;
let b: TestNode;
beforeEach(() => {
  access = { authorId: ada, isPublic: true, deleted: false };
  const head = async () => ({ templateId, accessRevision: 0, ...access }) as TemplateHead;
  const store = new MemorySessionStore(() => cluster.clock.now());
  cluster = new Cluster(store, new LocalBus(() => {}), head);
  a = cluster.start("a");
  b = cluster.start("b");
});

const live = async () => (await cluster.store.list(templateId)).map(({ id }) => id);
const accessChanged = async () => {
  cluster.bus.publish({ kind: "accessChanged", templateId });
  await settle();
};

describe("sessions", () => {
  it("SESS-1 have a token of their own, of which the store knows nothing but the hash", async () => {
    const [first, second] = [
      await join(a, { templateId, userId: ada }),
      await join(a, { templateId, userId: ada }),
    ];
    expect(first.token).toMatch(/^[\w-]{43}$/);
    expect(second.token).not.toBe(first.token);
    expect(JSON.stringify(cluster.store)).not.toContain(first.token);
    expect(a.started).toEqual([
      [first.session.id, false],
      [second.session.id, false],
    ]);
  });

  it("SESS-3 go on under their token on another node", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    const again = await join(b, { templateId, userId: ada, token, version: 5 });
    expect(again).toMatchObject({ token, resumed: true });
    expect(again.session).toMatchObject({ id: session.id, color: session.color, nodeId: "b" });
    expect(b.started).toEqual([[session.id, true]]);
  });

  it("SESS-4 of others are not taken over: a new session is opened", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    for (const request of [
      { templateId, userId: bob, token },
      { templateId, userId: ada, token: token.toUpperCase() },
      { templateId, userId: ada, token: "" },
      { templateId, userId: ada, token, clientId: "another tab" },
    ]) {
      const other = await join(b, request);
      expect(other.resumed).toBe(false);
      expect(other.session.id).not.toBe(session.id);
      expect(other.token).not.toBe(token);
    }
    await cluster.clock.advance(leaseMs);
    const late = await join(b, { templateId, userId: ada, token });
    expect(late.resumed).toBe(false);
  });

  it("SESS-5 are found by their person only, and where they are served without the store", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    await settle();
    a.calls.length = 0;
    for (let move = 0; move < 10; move += 1) {
      expect((await a.sessions.find(token, viewer(ada)))?.id).toBe(session.id);
    }
    expect(a.calls).toEqual([]);
    expect((await b.sessions.find(token, viewer(ada)))?.id).toBe(session.id);
    expect((await b.sessions.find(token, viewer(ada)))?.id).toBe(session.id);
    expect(b.calls).toEqual(["touch", "head"]);
    for (const node of [a, b]) {
      expect(await node.sessions.find(token, viewer(bob))).toBeUndefined();
      expect(await node.sessions.find(token, { kind: "anonymous" })).toBeUndefined();
      expect(await node.sessions.find(`${token}x`, viewer(ada))).toBeUndefined();
    }
  });

  it("SESS-6 live while a connection holds them: one renewal a heartbeat for all", async () => {
    const [first, second] = [
      await join(a, { templateId, userId: ada }),
      await join(a, { templateId, userId: bob }),
    ];
    const releases = [a.sessions.hold(first.session), a.sessions.hold(second.session)];
    a.calls.length = 0;
    const beats = 12;
    await cluster.clock.advance(beats * settings.sessionRenewMs);
    expect(a.calls.filter((call) => call === "renew")).toHaveLength(beats);
    expect(await live()).toEqual([first.session.id, second.session.id].toSorted());
    expect(cluster.ends).toEqual([]);
    releases[0]?.();
    await cluster.clock.advance(settings.sessionGraceMs);
    expect(await live()).toHaveLength(2);
    await cluster.clock.advance(2 * settings.sessionRenewMs);
    expect(cluster.ends).toEqual([[first.session.id, "TIMEOUT"]]);
  });

  it("SESS-6 live while their client says something, and keep the version it has", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    a.sessions.acknowledge(session, 12);
    a.sessions.acknowledge(session, 3);
    for (let beat = 0; beat < 12; beat += 1) {
      await a.sessions.find(token, viewer(ada));
      await cluster.clock.advance(settings.sessionRenewMs);
    }
    expect(cluster.ends).toEqual([]);
    expect(await cluster.store.list(templateId)).toMatchObject([{ lastKnownVersion: 12 }]);
  });

  it("SESS-7 end by timeout after the grace period, once, by any node", async () => {
    const { session } = await join(a, { templateId, userId: ada });
    a.sessions.hold(session);
    await cluster.clock.advance(settings.sessionRenewMs);
    a.sessions.close();
    await cluster.clock.advance(settings.sessionGraceMs);
    expect(cluster.ends).toEqual([]);
    cluster.start("c");
    await cluster.clock.advance(3 * settings.sessionRenewMs);
    expect(cluster.ends).toEqual([[session.id, "TIMEOUT"]]);
    expect(a.ended).toEqual([]);
  });

  it("SESS-8 that ended elsewhere are found nowhere", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    a.sessions.hold(session);
    const found = await b.sessions.find(token, viewer(ada));
    expect(await b.sessions.leave(found!)).toBe(true);
    cluster.bus.publish({ kind: "presence", templateId, entries: [], left: [session.id] });
    await settle();
    expect(await a.sessions.find(token, viewer(ada))).toBeUndefined();
    expect(await b.sessions.find(token, viewer(ada))).toBeUndefined();
    expect(cluster.ends).toEqual([[session.id, "LEFT"]]);
  });

  it("SESS-8 that ended elsewhere are gone with the next heartbeat, whatever the bus loses", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    a.sessions.hold(session);
    await cluster.store.end(templateId, [session.id]);
    await cluster.clock.advance(settings.sessionRenewMs);
    expect(await a.sessions.find(token, viewer(ada))).toBeUndefined();
  });

  it("SESS-8 are not ended by a message that lies", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    cluster.bus.publish({ kind: "presence", templateId, entries: [], left: [session.id, "no"] });
    await settle();
    expect((await a.sessions.find(token, viewer(ada)))?.id).toBe(session.id);
  });

  it("SESS-9 end on leaving, and once", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    expect(await a.sessions.leave(session)).toBe(true);
    expect(await b.sessions.leave(session)).toBe(false);
    expect(await a.sessions.find(token, viewer(ada))).toBeUndefined();
    expect(cluster.ends).toEqual([[session.id, "LEFT"]]);
  });

  it("SESS-10 end where their person may no longer see the template, told once by all nodes", async () => {
    const owner = await join(a, { templateId, userId: ada });
    const [here, there] = [
      await join(a, { templateId, userId: bob }),
      await join(b, { templateId, userId: bob }),
    ];
    access = { ...access, isPublic: false };
    await accessChanged();
    expect(await live()).toEqual([owner.session.id]);
    expect(unordered(cluster.ends)).toEqual(
      unordered([here, there].map(({ session }) => [session.id, "ACCESS_REVOKED"])),
    );
    expect(await b.sessions.find(there.token, viewer(bob))).toBeUndefined();
    access = { ...access, deleted: true };
    await accessChanged();
    expect(cluster.ends.at(-1)).toEqual([owner.session.id, "DELETED"]);
    expect(await live()).toEqual([]);
  });

  it("SESS-10 end also where access went while they were opened", async () => {
    access = { ...access, isPublic: false };
    const { session } = await join(a, { templateId, userId: bob });
    await settle();
    expect(cluster.ends).toEqual([[session.id, "ACCESS_REVOKED"]]);
  });

  it("SESS-10 end with the next heartbeat where no message told of it", async () => {
    const { session } = await join(a, { templateId, userId: bob });
    a.sessions.hold(session);
    const looked = () => a.calls.filter((call) => call === "list").length;
    await cluster.clock.advance(settings.sessionRenewMs);
    const once = looked();
    await cluster.clock.advance(settings.sessionRenewMs);
    expect(looked()).toBe(once);
    expect(cluster.ends).toEqual([]);
    access = { ...access, isPublic: false };
    await cluster.clock.advance(settings.sessionRenewMs);
    await settle();
    expect(cluster.ends).toEqual([[session.id, "ACCESS_REVOKED"]]);
  });

  it("SESS-10 end once the database answers again, where it did not when access changed", async () => {
    const { session } = await join(a, { templateId, userId: bob });
    await settle();
    a.unreachable = true;
    access = { ...access, isPublic: false };
    await accessChanged();
    expect(cluster.ends).toEqual([]);
    a.unreachable = false;
    await cluster.clock.advance(settings.sessionRenewMs);
    expect(cluster.ends).toEqual([[session.id, "ACCESS_REVOKED"]]);
    expect(a.warnings).toEqual([]);
  });

  it("SESS-11 say when to come again where there are too many", async () => {
    const request = { templateId, userId: ada, clientId: "tab", version: 1, token: null };
    for (let one = 0; one < settings.sessionsPerUserAndTemplateMax; one += 1) {
      await join(a, request);
    }
    expect(await a.sessions.join(request)).toEqual({
      kind: "full",
      retryAfterMs: settings.sessionGraceMs,
    });
  });

  it("SESS-12 outlast the stop of a node and an outage of the database", async () => {
    const [stopping, kept] = [
      await join(a, { templateId, userId: ada }),
      await join(b, { templateId, userId: bob }),
    ];
    b.sessions.hold(kept.session);
    a.sessions.close();
    const again = await join(b, { templateId, userId: ada, token: stopping.token });
    expect(again.session.id).toBe(stopping.session.id);
    b.sessions.hold(again.session);
    const c = cluster.start("c");
    await cluster.clock.advance(settings.sessionRenewMs);
    b.unreachable = true;
    c.unreachable = true;
    await cluster.clock.advance(2 * leaseMs);
    expect(await live()).toEqual([]);
    c.unreachable = false;
    await cluster.clock.advance(settings.sessionRenewMs / 2);
    b.unreachable = false;
    await cluster.clock.advance(3 * settings.sessionRenewMs);
    expect((await live()).toSorted()).toEqual([stopping.session.id, kept.session.id].toSorted());
    expect(cluster.ends).toEqual([]);
  });

  it("SESS-13 leave memory beyond its bound, and are read again", async () => {
    const joined = [];
    for (let one = 0; one <= settings.knownSessionsMax; one += 1) {
      joined.push(await join(a, { templateId, userId: ada }));
    }
    await settle();
    a.calls.length = 0;
    const [first] = joined;
    expect((await a.sessions.find(first!.token, viewer(ada)))?.id).toBe(first!.session.id);
    expect(a.calls).toEqual(["touch"]);
    expect((await a.sessions.find(joined.at(-1)!.token, viewer(ada)))?.id).toBeDefined();
    expect(a.calls).toEqual(["touch"]);
  });

  it("SESS-13 leave memory when nobody asks for them, and stay there while they are held", async () => {
    const [idle, held] = [
      await join(a, { templateId, userId: ada }),
      await join(a, { templateId, userId: ada }),
    ];
    for (let one = 0; one < settings.knownSessionsMax; one += 1) {
      a.sessions.hold(held.session);
      await join(a, { templateId, userId: ada });
    }
    await cluster.clock.advance(2 * settings.sessionRenewMs);
    a.calls.length = 0;
    await a.sessions.find(held.token, viewer(ada));
    expect(a.calls).toEqual([]);
    await a.sessions.find(idle.token, viewer(ada));
    expect(a.calls).toEqual(["touch"]);
  });

  it("SESS-6 held after they left memory are renewed all the same", async () => {
    const { session, token } = await join(a, { templateId, userId: ada });
    await cluster.clock.advance(settings.sessionRenewMs);
    a.sessions.hold(session);
    await cluster.clock.advance(2 * leaseMs);
    expect(cluster.ends).toEqual([]);
    expect((await a.sessions.find(token, viewer(ada)))?.id).toBe(session.id);
  });

  it("SESS-8 are told to every listener, whatever another one throws", async () => {
    const heard: string[] = [];
    a.sessions.listen({
      ended: () => {
        throw new Error("of a listener");
      },
    });
    const stop = a.sessions.listen({ ended: (_session, reason) => heard.push(reason) });
    await a.sessions.leave((await join(a, { templateId, userId: ada })).session);
    stop();
    await a.sessions.leave((await join(a, { templateId, userId: ada })).session);
    expect(heard).toEqual(["LEFT"]);
    expect(a.warnings).toHaveLength(2);
  });
});
