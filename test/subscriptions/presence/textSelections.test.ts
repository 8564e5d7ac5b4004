/** Carets that rooms move along, over buses that tell less than all. */
import { describe, expect, it } from "vitest";
import type { OperationContent } from "../../../src/domain/operations/operation.js";
import { settle } from "../harness.js";
import { PresenceWorld, session, watch, type Node, type Watcher } from "./world.js";

const place = { pageId: "p1", elementId: "t" };

const typed = (at: number, text: string, elementId = "t"): OperationContent => ({
  type: "EDIT_TEXT",
  target: { pageId: "p1", elementId },
  payload: { delta: at === 0 ? [{ insert: text }] : [{ retain: at }, { insert: text }] },
});

async function select(
  world: PresenceWorld,
  { rooms, served }: Node,
  [index, length, version]: readonly [number, number, number],
  id = "a",
): Promise<void> {
  served.add(id);
  const textSelection = { ...place, index, length, version };
  await rooms.update(session(id, world.clock), { textSelection });
}

/** Where a session's selection is shown, and at which version. */
function shown({ shown: entries }: Watcher, id = "a") {
  const selection = entries.get(id)?.textSelection;
  return selection == null ? null : [selection.index, selection.length, selection.version];
}

/** Commits, and lets the nodes be told that hear of it. */
function commit(
  world: PresenceWorld,
  operations: readonly OperationContent[],
  nodes: readonly Node[],
  isWhole = true,
): void {
  const message = world.templates.commit("t1", operations);
  for (const { bus } of nodes) {
    bus.inner.publish(isWhole ? message : ({ ...message, operations: null } as typeof message));
  }
}

async function seconds(world: PresenceWorld, count: number): Promise<void> {
  for (let second = 0; second < count; second += 1) {
    await world.clock.advance(1_000);
    await settle(5);
  }
}

describe("places in texts", () => {
  it("PRES-20 move with what is committed, are told again, and go with their element", async () => {
    const world = new PresenceWorld();
    const here = world.node();
    const watcher = await watch(here);
    await select(world, here, [3, 2, 1]);
    await world.round();
    expect(shown(watcher)).toEqual([3, 2, 1]);
    commit(world, [typed(0, "ab"), typed(0, "zzz", "other")], [here]);
    await world.round();
    expect(shown(watcher)).toEqual([5, 2, 3]);
    const events = watcher.events.length;
    commit(world, [typed(20, "behind")], [here]);
    await world.round();
    expect(watcher.events.length).toBe(events);
    commit(world, [typed(6, "X")], [here]);
    await world.round();
    expect(shown(watcher)).toEqual([5, 3, 5]);
    const footprint = [{ kind: "delete", path: "/pages/p1/elements/t" } as const];
    const gone = {
      type: "DELETE_ELEMENT",
      target: { pageId: "p1", elementId: "g" },
      payload: null,
    };
    commit(world, [{ ...gone, footprint } as OperationContent], [here]);
    await world.round();
    expect(shown(watcher)).toBeNull();
    expect(watcher.problems).toEqual([]);
  });

  it("PRES-21 come to the same place on every node, whatever the bus loses", async () => {
    const world = new PresenceWorld();
    const [here, there] = [world.node(), world.node()];
    const watchers = [await watch(here), await watch(there)];
    await select(world, here, [3, 0, 1]);
    await world.round();
    commit(world, [typed(0, "a")], [here]);
    commit(world, [typed(0, "b")], [here, there], false);
    await seconds(world, 2);
    expect(watchers.map((watcher) => shown(watcher))).toEqual([
      [5, 0, 3],
      [5, 0, 3],
    ]);
    commit(world, [typed(0, "c")], []);
    await seconds(world, 21);
    expect(watchers.map((watcher) => shown(watcher))).toEqual([
      [6, 0, 4],
      [6, 0, 4],
    ]);
    expect(world.templates.reads.log).toBeLessThan(8);
  });

  it("PRES-20 are told to who comes later, on another node too, as they are by then", async () => {
    const world = new PresenceWorld();
    const here = world.node();
    await select(world, here, [3, 0, 1]);
    await seconds(world, 2);
    for (let index = 0; index < 20; index += 1) commit(world, [typed(0, "a")], [here]);
    const later = await watch(world.node());
    await seconds(world, 2);
    expect(shown(later)).toEqual([23, 0, 21]);
  });

  it("PRES-21 of a client behind or ahead of the node are led on from its version", async () => {
    const world = new PresenceWorld();
    const here = world.node();
    const watcher = await watch(here);
    commit(world, [typed(0, "a"), typed(0, "b"), typed(0, "c")], []);
    await select(world, here, [3, 0, 2]);
    await select(world, here, [3, 0, 5], "early");
    await seconds(world, 2);
    expect(shown(watcher)).toEqual([5, 0, 4]);
    expect(shown(watcher, "early")).toEqual([3, 0, 5]);
    commit(world, [typed(0, "d"), typed(0, "e")], [here]);
    await world.round();
    expect(shown(watcher)).toEqual([7, 0, 6]);
    expect(shown(watcher, "early")).toEqual([4, 0, 6]);
  });

  it("PRES-21 too far behind, or behind a log that was cut, are dropped with one bounded read", async () => {
    const world = new PresenceWorld();
    const here = world.node();
    const watcher = await watch(here);
    commit(
      world,
      Array.from({ length: 600 }, () => typed(0, "a")),
      [],
    );
    await select(world, here, [3, 0, 1]);
    await select(world, here, [3, 0, 600], "b");
    await seconds(world, 2);
    expect(shown(watcher)).toBeNull();
    expect(shown(watcher, "b")).toEqual([4, 0, 601]);
    expect(world.templates.reads.log).toBe(1);
    for (let attempt = 0; attempt < 50; attempt += 1) await select(world, here, [3, 0, 1]);
    await world.clock.advance(100);
    expect(world.templates.reads.log).toBe(1);
    const cut = new PresenceWorld();
    const node = cut.node();
    const onlooker = await watch(node);
    commit(cut, [typed(0, "a"), typed(0, "a")], []);
    cut.templates.prune("t1", 3);
    await select(cut, node, [3, 0, 1]);
    await seconds(cut, 2);
    expect(shown(onlooker)).toBeNull();
  });

  it("PRES-21 leave nothing behind", async () => {
    const world = new PresenceWorld();
    const here = world.node();
    await select(world, here, [3, 0, 1]);
    await world.round();
    await here.rooms.update(session("a", world.clock), { textSelection: null });
    await world.round();
    const reads = world.templates.reads.log;
    commit(world, [typed(0, "a")], [here], false);
    await seconds(world, 30);
    expect(world.templates.reads.log).toBe(reads);
  });
});
