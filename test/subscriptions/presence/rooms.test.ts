/** Rooms with a simulated clock: what subscribers see, how often, and what remains. */
import { describe, expect, it } from "vitest";
import type { PresenceEvent } from "../../../src/subscriptions/presence/presenceSource.js";
import { reader, settle } from "../harness.js";
import { PresenceWorld, session, watch, Watcher, type Node } from "./world.js";

async function move(world: PresenceWorld, { rooms, served }: Node, id: string, x: number) {
  served.add(id);
  await rooms.update(session(id, world.clock), { cursor: { x, y: 0 } });
}

function enter(world: PresenceWorld, { rooms, served }: Node, id: string): void {
  served.add(id);
  rooms.enter(session(id, world.clock));
}

describe("presence rooms", () => {
  it("PRES-1 tells everyone who is here first, whichever node they are on, then who comes, moves and leaves", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    enter(world, here, "a");
    await move(world, there, "b", 1);
    await world.round();
    const watcher = await watch(here);
    await world.round();
    expect(watcher.events).toHaveLength(1);
    expect(watcher.events[0]?.joined.map(({ sessionId }) => sessionId).sort()).toEqual(["a", "b"]);
    enter(world, there, "c");
    await world.round();
    await move(world, there, "b", 2);
    await world.round();
    there.rooms.leave({ templateId: "t1", id: "b" });
    await world.round();
    const told = watcher.events
      .slice(1)
      .map(({ joined, moved, left }) => [
        joined.map(({ sessionId }) => sessionId).join(),
        moved.map(({ cursor }) => cursor?.x).join(),
        left.map(({ sessionId }) => sessionId).join(),
      ]);
    expect(told).toEqual([
      ["c", "", ""],
      ["", "2", ""],
      ["", "", "b"],
    ]);
    expect(watcher.problems).toEqual([]);
  });

  it("PRES-1 begins with an event also where nobody is here", async () => {
    const world = new PresenceWorld();
    const watcher = await watch(world.node());
    await world.round();
    expect(watcher.events).toMatchObject([{ joined: [], moved: [], left: [] }]);
  });

  it("PRES-2 fifty people who move are one event of fifty, at most 30 a second, rendered once for all", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    let rendered = 0;
    const renderer = { render: (event: PresenceEvent) => ((rendered += 1), event) };
    const watchers = await Promise.all(Array.from({ length: 20 }, () => watch(here, { renderer })));
    const ids = Array.from({ length: 50 }, (_, index) => `s${index}`);
    for (const id of ids) await move(world, there, id, 0);
    await world.clock.advance(1_000);
    for (const { events } of watchers) events.length = 0;
    rendered = 0;
    there.bus.sent = 0;
    for (let step = 1; step <= 100; step++) {
      for (const id of ids) await move(world, there, id, step);
      await world.clock.advance(10);
    }
    expect(there.bus.sent).toBeLessThanOrEqual(30);
    expect(rendered).toBeLessThanOrEqual(30);
    expect(rendered).toBeGreaterThan(20);
    for (const { events } of watchers) {
      expect(events).toHaveLength(rendered);
      for (const { moved } of events) expect(moved).toHaveLength(50);
    }
    await world.round();
    await world.round();
    expect(new Set(Object.values(watchers[0]?.cursors ?? {}))).toEqual(new Set([100]));
  });

  it("PRES-2 queues nothing for who does not read: later the newest is told", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const slow = await watch(node, { watcher: new Watcher(1) });
    await world.round();
    expect(slow.events).toHaveLength(1);
    for (let x = 1; x <= 50; x++) {
      await move(world, node, "a", x);
      await move(world, node, "b", x);
      await world.round();
    }
    enter(world, node, "c");
    node.rooms.leave({ templateId: "t1", id: "b" });
    await world.round();
    node.rooms.leave({ templateId: "t1", id: "c" });
    await world.round();
    expect(slow.events).toHaveLength(1);
    slow.drain();
    await world.round();
    expect(slow.events).toHaveLength(2);
    expect(slow.cursors).toEqual({ a: 50 });
    expect(slow.problems).toEqual([]);
  });

  it("PRES-2 ends who did not read for so long that what left meanwhile is forgotten", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    await move(world, node, "a", 1);
    const slow = await watch(node, { watcher: new Watcher(1) });
    await watch(node);
    await world.round();
    node.rooms.leave({ templateId: "t1", id: "a" });
    await world.clock.advance(130_000);
    slow.drain();
    await world.round();
    expect(slow.ended).toBe("shutdown");
  });

  it("PRES-3 ignores what is older than what is shown", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const watcher = await watch(here);
    const kept: (() => void)[] = [];
    world.wire.arrivals = (deliver) => void kept.push(deliver);
    for (const x of [1, 2, 3]) {
      await move(world, there, "a", x);
      await world.round();
    }
    for (const deliver of [...kept].reverse()) deliver();
    await world.round();
    for (const deliver of kept) deliver();
    await world.round();
    expect(watcher.cursors).toEqual({ a: 3 });
    expect(watcher.events).toHaveLength(2);
    expect(watcher.problems).toEqual([]);
  });

  it("PRES-3 what a client does not mention stays, whichever node it speaks to", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const one = session("a", world.clock);
    await here.rooms.update(one, { status: "typing", cursor: { x: 1, y: 1 } });
    await world.clock.advance(1_500);
    const entry = await there.rooms.update(one, { cursor: { x: 2, y: 2 } });
    expect(entry).toMatchObject({ status: "typing", cursor: { x: 2, y: 2 } });
    await world.round();
    const again = await here.rooms.update(one, { status: null });
    expect(again).toMatchObject({ status: null, cursor: { x: 2, y: 2 } });
  });

  it("PRES-4 who left is gone at once and for good", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const watcher = await watch(here);
    await move(world, there, "a", 1);
    await world.round();
    // The node that ends a session need not be one that shows it.
    const third = world.node();
    third.rooms.leave({ templateId: "t1", id: "a" });
    await world.round();
    expect(watcher.cursors).toEqual({});
    await move(world, there, "a", 2);
    await world.clock.advance(25_000);
    expect(watcher.cursors).toEqual({});
    expect(await third.rooms.collaborators("t1")).toEqual([]);
    expect(await world.node().rooms.collaborators("t1")).toEqual([]);
  });

  it("PRES-5 people of a node that died vanish by themselves, those of others stay", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const watcher = await watch(here);
    await move(world, here, "a", 1);
    await move(world, there, "b", 1);
    await world.round();
    expect(watcher.cursors).toEqual({ a: 1, b: 1 });
    there.served.clear();
    await world.clock.advance(45_000);
    expect(watcher.cursors).toEqual({ a: 1, b: 1 });
    await world.clock.advance(40_000);
    expect(watcher.cursors).toEqual({ a: 1 });
    await world.clock.advance(300_000);
    expect(watcher.cursors).toEqual({ a: 1 });
    expect(await world.node().rooms.collaborators("t1")).toHaveLength(1);
  });

  it("PRES-6 while Redis is away people of one node see each other; when it is back, empty, all do", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const [mine, theirs] = [await watch(here), await watch(there)];
    await move(world, here, "a", 1);
    await move(world, there, "b", 1);
    await world.round();
    world.wire.away = true;
    world.store.away = true;
    await move(world, here, "c", 1);
    await move(world, here, "a", 2);
    there.rooms.leave({ templateId: "t1", id: "b" });
    await world.clock.advance(5_000);
    expect(mine.cursors).toEqual({ a: 2, b: 1, c: 1 });
    expect(theirs.cursors).toEqual({ a: 1 });
    await world.clock.advance(90_000);
    expect(mine.cursors).toEqual({ a: 2, c: 1 });
    expect(theirs.cursors).toEqual({});
    world.store.away = false;
    world.store.empty();
    world.wire.comeBack("t1");
    await world.clock.advance(2_000);
    expect(theirs.cursors).toEqual({ a: 2, c: 1 });
    expect((await world.node().rooms.collaborators("t1")).length).toBe(2);
    expect([...mine.problems, ...theirs.problems]).toEqual([]);
  });

  it("PRES-6 what Redis did not take is said again as soon as it is back, whatever connects first", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const [mine, theirs] = [await watch(here), await watch(there)];
    await world.round();
    // The store takes nothing while news pass, as where its connection comes later.
    world.store.away = true;
    await move(world, here, "a", 1);
    await world.clock.advance(200);
    world.store.away = false;
    await world.clock.advance(3_000);
    expect((await world.node().rooms.collaborators("t1")).length).toBe(1);
    // News are lost, also those that their return would have brought.
    world.wire.away = true;
    await move(world, here, "b", 1);
    await world.clock.advance(1_500);
    world.wire.away = false;
    await world.clock.advance(3_000);
    expect(theirs.cursors).toEqual({ a: 1, b: 1 });
    expect([...mine.problems, ...theirs.problems]).toEqual([]);
  });

  it("PRES-7 a subscription with a session holds it, shows it, and lets go at its end", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const own = session("a", world.clock);
    node.served.add("a");
    const watcher = await watch(node, { own });
    await world.round();
    expect(node.held).toEqual(["a"]);
    expect(watcher.cursors).toEqual({ a: undefined });
    watcher.subscription?.close();
    expect(node.held).toEqual([]);
    const other = await watch(node, { own });
    world.templates.change("t1", { deleted: true });
    node.bus.publish({ kind: "accessChanged", templateId: "t1" });
    await settle();
    expect(other.ended).toBe("deleted");
    expect(node.held).toEqual([]);
  });

  it("PRES-8 ends for those whose access ends, and tells nothing from the hint until that is known", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const [mine, theirs] = [await watch(node), await watch(node, { viewer: reader })];
    await world.round();
    let open = () => {};
    world.headGate = new Promise((resolve) => (open = resolve));
    world.templates.change("t1", { isPublic: false });
    node.bus.publish({ kind: "accessChanged", templateId: "t1" });
    await move(world, node, "a", 1);
    await world.clock.advance(500);
    expect([mine.events.length, theirs.events.length]).toEqual([1, 1]);
    open();
    await world.round();
    expect(theirs.ended).toBe("accessRevoked");
    expect(theirs.events).toHaveLength(1);
    expect(mine.cursors).toEqual({ a: 1 });
    expect(mine.ended).toBeUndefined();
  });

  it("PRES-8 finds out without a hint, and ends with the node", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const [mine, theirs] = [await watch(node), await watch(node, { viewer: reader })];
    world.templates.change("t1", { isPublic: false });
    await world.clock.advance(11_000);
    expect([mine.ended, theirs.ended]).toEqual([undefined, "accessRevoked"]);
    node.rooms.end();
    expect(mine.ended).toBe("shutdown");
    expect(node.rooms.size).toBe(0);
  });

  it("PRES-9 shows the locks at first and when they change, read once for all", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const watchers = await Promise.all([watch(node), watch(node), watch(node)]);
    await world.round();
    expect(world.lockReads).toBe(1);
    const at = world.clock.now();
    world.locks = [
      {
        path: "",
        sessionId: "a",
        userId: "u",
        clientId: "c",
        fence: 1,
        acquiredAt: at,
        expiresAt: at,
      },
    ];
    node.bus.publish({ kind: "locks", templateId: "t1" });
    await world.round();
    expect(world.lockReads).toBe(2);
    for (const { locks } of watchers) expect(locks).toBe(world.locks);
    await move(world, node, "a", 1);
    await world.round();
    expect(watchers[0]?.events.at(-1)?.locks).toBeNull();
    const late = await watch(node);
    await world.round();
    expect(late.locks).toBe(world.locks);
  });

  it("PRES-9 tells nobody anything before the locks are known, also where reading them fails", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    let fail = (_error: Error) => {};
    world.locksGate = new Promise((_resolve, reject) => (fail = reject));
    const watcher = await watch(node);
    await world.clock.advance(200);
    expect(watcher.events).toEqual([]);
    fail(new Error("away"));
    world.locksGate = undefined;
    await world.clock.advance(2_000);
    expect(watcher.events.map(({ locks }) => locks)).toEqual([[]]);
    watcher.subscription?.close();
    let open = () => {};
    world.locksGate = new Promise((resolve) => (open = resolve));
    const next = await watch(node);
    await world.clock.advance(200);
    open();
    await world.round();
    expect(next.events.map(({ locks }) => locks)).toEqual([[]]);
  });

  it("SUB-11 a sink that fails harms nobody else", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const broken = new Watcher();
    broken.deliver = () => {
      throw new Error("sink");
    };
    const [, fine] = [await watch(node, { watcher: broken }), await watch(node)];
    await move(world, node, "a", 1);
    await world.round();
    expect(broken.ended).toBe("shutdown");
    expect(fine.cursors).toEqual({ a: 1 });
    expect(world.warnings).toHaveLength(1);
  });

  it("closes a room that nobody needs", async () => {
    const world = new PresenceWorld();
    const node = world.node();
    const watcher = await watch(node);
    await move(world, node, "a", 1);
    await world.round();
    watcher.subscription?.close();
    node.rooms.leave({ templateId: "t1", id: "a" });
    expect(node.rooms.size).toBe(1);
    await world.clock.advance(100_000);
    expect(node.rooms.size).toBe(0);
  });
});
