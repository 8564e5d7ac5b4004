/** How sessions live, as rooms show it: connections, versions, and who is idle or away. */
import { expect, it } from "vitest";
import { defaultPresenceSettings } from "../../../src/subscriptions/presence/presenceSettings.js";
import { PresenceWorld, session, watch, Watcher, type Node } from "./world.js";

const { presenceIdleMs, presenceAwayMs } = defaultPresenceSettings;

/** A connection that keeps the session alive; closed by the returned function. */
async function connect(world: PresenceWorld, node: Node, id: string) {
  node.served.add(id);
  const watcher = new Watcher();
  const subscription = node.rooms.attach(
    {
      templateId: "t1",
      viewer: { kind: "user", userId: `user of ${id}` },
      session: session(id, world.clock),
    },
    { render: (event) => event },
    watcher,
  );
  watcher.subscription = subscription;
  await world.round();
  return () => subscription.close();
}

it("PRES-30 a connection shows while it keeps the session alive, to everybody, on every node", async () => {
  const world = new PresenceWorld();
  const [here, there] = [world.node(), world.node()];
  const watcher = await watch(there);
  const disconnect = await connect(world, here, "a");
  await world.round();
  const shown = () => watcher.shown.get("a")?.life?.connectionId;
  const first = shown();
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  // Another connection of the session: it goes on with that one, whatever happens to the first.
  const disconnectSecond = await connect(world, here, "a");
  await world.round();
  const second = shown();
  expect(second).not.toBe(first);
  disconnect();
  await world.round();
  expect(shown()).toBe(second);
  disconnectSecond();
  await world.round();
  expect(shown()).toBeNull();
  expect(watcher.shown.has("a")).toBe(true);
  expect(watcher.problems).toEqual([]);
});

it("PRES-30 a session that went on through another node is not disconnected by the old connection's end", async () => {
  const world = new PresenceWorld();
  const [here, there] = [world.node(), world.node()];
  const disconnect = await connect(world, here, "a");
  await connect(world, there, "a");
  const watcher = await watch(here);
  await world.round();
  const now = watcher.shown.get("a")?.life?.connectionId;
  disconnect();
  await world.round();
  expect(watcher.shown.get("a")?.life?.connectionId).toBe(now);
  expect(now).not.toBeNull();
});

it("PRES-30 an end that another node tells late does not hide a connection that there is", async () => {
  const world = new PresenceWorld();
  const [here, there] = [world.node(), world.node()];
  const disconnect = await connect(world, here, "a");
  world.wire.away = true;
  await connect(world, there, "a");
  disconnect();
  await world.round();
  world.wire.away = false;
  await world.clock.advance(25_000);
  await world.round();
  for (const node of [here, there]) {
    const watcher = await watch(node);
    await world.round();
    expect(watcher.shown.get("a")?.life?.connectionId).toMatch(/^[0-9a-f-]{36}$/);
  }
});

it("PRES-31 whoever does nothing becomes idle, then away, and is told once each; a sign of life ends it", async () => {
  const world = new PresenceWorld();
  const [here, there] = [world.node(), world.node()];
  await connect(world, here, "a");
  const watcher = await watch(there);
  await world.round();
  const activity = () =>
    watcher.events.flatMap(({ joined, moved }) => [...joined, ...moved]).at(-1)?.activity;
  expect(activity()).toBe("ACTIVE");
  const told = () => watcher.events.filter(({ moved }) => moved.length > 0).length;
  const before = told();
  await world.clock.advance(presenceIdleMs - 5_000);
  expect(told()).toBe(before);
  await world.clock.advance(7_000);
  await world.round();
  expect([activity(), told()]).toEqual(["IDLE", before + 1]);
  await world.clock.advance(presenceAwayMs - presenceIdleMs);
  await world.round();
  expect([activity(), told()]).toEqual(["AWAY", before + 2]);
  await here.rooms.update(session("a", world.clock), { status: "back" });
  await world.round();
  expect(activity()).toBe("ACTIVE");
  expect(watcher.problems).toEqual([]);
});

it("PRES-31 an edit of the client is a sign of life, of that client alone, and not told with each", async () => {
  const world = new PresenceWorld();
  const node = world.node();
  await connect(world, node, "a");
  await connect(world, node, "b");
  const watcher = await watch(node);
  await world.clock.advance(presenceIdleMs + 2_000);
  await world.round();
  const before = watcher.events.length;
  for (let count = 0; count < 20; count += 1) node.rooms.acted("t1", "user of a", "client of a");
  node.rooms.acted("t1", "user of a", "client of b");
  await world.round();
  const news = watcher.events.slice(before).flatMap(({ moved }) => moved);
  expect(news).toMatchObject([{ sessionId: "a", activity: "ACTIVE" }]);
});

it("PRES-32 the version and the activity that a heartbeat finds are shown, and never fall", async () => {
  const world = new PresenceWorld();
  const node = world.node();
  await connect(world, node, "a");
  const watcher = await watch(node);
  await world.round();
  const at = world.clock.now();
  const known = { ...session("a", world.clock), lastKnownVersion: 7, lastActiveAt: at + 4_000 };
  node.rooms.renewed([known]);
  await world.round();
  expect(watcher.shown.get("a")?.life).toMatchObject({
    lastKnownVersion: 7,
    lastActiveAt: at + 4_000,
  });
  const before = watcher.events.length;
  node.rooms.renewed([{ ...known, lastKnownVersion: 3, lastActiveAt: at }]);
  await world.round();
  expect(watcher.events).toHaveLength(before);
});
