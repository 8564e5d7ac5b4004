import { describe, expect, it } from "vitest";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type { Renderer } from "../../src/subscriptions/subscription.js";
import {
  author,
  checkGapFree,
  follow,
  moveTo,
  newWorld,
  plain,
  reader,
  RecordingSink,
  settle,
  type World,
} from "./harness.js";

function worldWith(version: number, settings: Parameters<typeof newWorld>[0] = {}): World {
  const world = newWorld(settings);
  world.templates.add("t1");
  if (version > 1) {
    const moves = Array.from({ length: version - 1 }, (_, index) => moveTo(index));
    world.templates.commit("t1", moves);
  }
  return world;
}

function edit(world: World, count = 1): void {
  const moves = Array.from({ length: count }, (_, index) => moveTo(index));
  world.bus.publish(world.templates.commit("t1", moves));
}

async function followed(
  world: World,
  request: Parameters<typeof follow>[1] = {},
  sink = new RecordingSink(),
  renderer: Renderer<SharedChange> = plain,
): Promise<RecordingSink> {
  const found = await follow(world, request, sink, renderer);
  if (found === undefined) throw new Error("not visible");
  await settle();
  return found;
}

describe("following a template", () => {
  it("SUB-1 starts after the version at subscribing where none is named", async () => {
    const world = worldWith(5);
    const sink = await followed(world);
    edit(world, 2);
    await settle();
    checkGapFree(sink, 5, 7);
    expect(sink.changes).toHaveLength(1);
    expect(sink.changes[0]).toMatchObject({ kind: "OPERATIONS", fromVersion: 5, toVersion: 7 });
  });

  it("SUB-1 misses nothing between subscribing and the first delivery", async () => {
    const world = worldWith(5);
    const source = await world.feeds.follow({ templateId: "t1", viewer: author });
    edit(world, 3);
    await settle();
    const sink = new RecordingSink();
    source?.attach(plain, sink);
    await settle();
    checkGapFree(sink, 5, 8);
  });

  it("SUB-2 delivers what the client missed in pages of at most 1,000 operations", async () => {
    const world = worldWith(2_502);
    const sink = await followed(world, { fromVersion: 2 });
    checkGapFree(sink, 2, 2_502);
    expect(sink.changes.map((change) => change.operations.length)).toEqual([1_000, 1_000, 500]);
  });

  it("SUB-2 keeps the bytes of a page bounded", async () => {
    const world = worldWith(1, { settings: { pageBytesMax: 10_000 } });
    const text = "x".repeat(4_000);
    const big = {
      type: "UPDATE_CANVAS" as const,
      target: {},
      payload: { text },
    };
    const live = await followed(world);
    world.bus.publish(
      world.templates.commit(
        "t1",
        Array.from({ length: 20 }, () => big),
      ),
    );
    await settle();
    const late = await followed(world, { fromVersion: 1 });
    for (const sink of [live, late]) {
      checkGapFree(sink, 1, 21);
      expect(Math.max(...sink.changes.map((change) => change.operations.length))).toBe(2);
    }
  });

  it("SUB-2 SUB-5 catches up while commits go on, without a gap", async () => {
    const world = worldWith(3_000, { settings: { pageOperationsMax: 100, ringOperationsMax: 50 } });
    world.templates.latency = () => 3;
    const sink = new RecordingSink();
    await follow(world, { fromVersion: 1 }, sink);
    for (let round = 0; round < 200; round++) {
      edit(world, 1 + (round % 7));
      await settle(1);
    }
    await settle(1_000);
    checkGapFree(sink, 1, world.templates.head("t1").version);
  });

  it("SUB-3 sends the state where the log no longer reaches back", async () => {
    const world = worldWith(100);
    world.templates.prune("t1", 50);
    const sink = await followed(world, { fromVersion: 20 });
    expect(sink.changes).toHaveLength(1);
    expect(sink.changes[0]).toMatchObject({
      kind: "RESYNC",
      fromVersion: 20,
      toVersion: 100,
      operations: [],
      designData: { canvas: { at: 100 } },
    });
    edit(world);
    await settle();
    checkGapFree(sink, 20, 101);
  });

  it("SUB-3 delivers operations where the log reaches back just far enough", async () => {
    const world = worldWith(100);
    world.templates.prune("t1", 50);
    const sink = await followed(world, { fromVersion: 50 });
    expect(sink.changes.map((change) => change.kind)).toEqual(["OPERATIONS"]);
    checkGapFree(sink, 50, 100);
  });

  it.each([11, 1_000_000])(
    "SUB-3 sends the state to a client that is ahead (%i)",
    async (ahead) => {
      const world = worldWith(10);
      const sink = await followed(world, { fromVersion: ahead });
      expect(sink.changes[0]).toMatchObject({ kind: "RESYNC", fromVersion: ahead, toVersion: 10 });
      edit(world, 3);
      await settle();
      checkGapFree(sink, ahead, 13);
    },
  );

  it.each([0, -7])(
    "SUB-3 sends the state to a client below the first version (%i)",
    async (below) => {
      const world = worldWith(10);
      const sink = await followed(world, { fromVersion: below });
      expect(sink.changes[0]).toMatchObject({ kind: "RESYNC", fromVersion: below, toVersion: 10 });
    },
  );

  it("SUB-3 goes on with a state where the log was pruned under a live subscriber", async () => {
    const world = worldWith(10);
    const sink = await followed(world);
    world.templates.commit("t1", [moveTo(1), moveTo(2), moveTo(3)]);
    world.templates.prune("t1", 13);
    await world.clock.advance(11_000);
    expect(sink.changes[0]).toMatchObject({ kind: "RESYNC", fromVersion: 10, toVersion: 13 });
    edit(world);
    await settle();
    checkGapFree(sink, 10, 14);
  });

  it("SUB-4 fills a hole from the log, with one read at a time", async () => {
    const world = worldWith(1);
    world.templates.latency = () => 5;
    const sink = await followed(world);
    world.templates.reads.log = 0;
    world.templates.logReadsAtOnce = 0;
    world.templates.commit("t1", [moveTo(1)]);
    for (let index = 0; index < 30; index++) edit(world);
    await settle();
    checkGapFree(sink, 1, 32);
    expect(world.templates.logReadsAtOnce).toBe(1);
    expect(world.templates.reads.log).toBeLessThanOrEqual(2);
  });

  it("SUB-4 ignores what it has, and believes no claim that the log does not confirm", async () => {
    const world = worldWith(1);
    const sink = await followed(world);
    const message = world.templates.commit("t1", [moveTo(1)]);
    for (let index = 0; index < 3; index++) world.bus.publish(message);
    world.bus.publish({
      kind: "changed",
      templateId: "t1",
      fromVersion: 900,
      toVersion: 901,
      operations: null,
    });
    await settle();
    checkGapFree(sink, 1, 2);
    edit(world);
    await settle();
    checkGapFree(sink, 1, 3);
    expect(world.templates.reads.log).toBeLessThanOrEqual(2);
  });

  it("SUB-6 finds a lost message at the next poll, sooner while the bus is down", async () => {
    const bus = {
      healthy: true,
      publish: () => undefined,
      subscribe: () => () => undefined,
      close: async () => undefined,
    };
    const world = worldWith(1, { bus });
    const sink = await followed(world);
    world.templates.commit("t1", [moveTo(1)]);
    await world.clock.advance(9_000);
    expect(sink.changes).toHaveLength(0);
    await world.clock.advance(1_000);
    expect(sink.version).toBe(2);
    bus.healthy = false;
    world.templates.commit("t1", [moveTo(1)]);
    await world.clock.advance(1_000);
    expect(sink.version).toBe(3);
  });

  it("SUB-6 asks for all open feeds in one query, and stops with the last subscriber", async () => {
    const world = newWorld();
    const sinks: RecordingSink[] = [];
    for (let index = 0; index < 50; index++) {
      world.templates.add(`t${index}`);
      sinks.push(await followed(world, { templateId: `t${index}` }));
    }
    expect(world.feeds.size).toBe(50);
    world.templates.reads.heads = 0;
    await world.clock.advance(10_000);
    expect(world.templates.reads.heads).toBe(1);
    for (const sink of sinks) sink.subscription?.close();
    expect(world.feeds.size).toBe(0);
    await world.clock.advance(60_000);
    expect(world.templates.reads.heads).toBe(1);
  });

  it("SUB-7 renders a change once for all who share it", async () => {
    const world = worldWith(1);
    let rendered = 0;
    const counting: Renderer<SharedChange> = { render: (change) => ((rendered += 1), change) };
    const sinks = await Promise.all(
      Array.from({ length: 600 }, () => followed(world, {}, new RecordingSink(), counting)),
    );
    edit(world);
    await settle();
    edit(world, 5);
    await settle();
    expect(rendered).toBe(2);
    for (const sink of sinks) checkGapFree(sink, 1, 7);
  });

  it("SUB-7 shares the reading and rendering of a catch-up as well", async () => {
    const world = worldWith(500);
    let rendered = 0;
    const counting: Renderer<SharedChange> = { render: (change) => ((rendered += 1), change) };
    const sinks = await Promise.all(
      Array.from({ length: 100 }, () =>
        followed(world, { fromVersion: 400 }, new RecordingSink(), counting),
      ),
    );
    for (const sink of sinks) checkGapFree(sink, 400, 500);
    expect(rendered).toBe(1);
    expect(world.templates.reads.log).toBe(1);
  });

  it("SUB-7 keeps the order where rendering takes time, and merges what waits", async () => {
    const world = worldWith(1);
    const finish: (() => void)[] = [];
    const slow: Renderer<SharedChange> = {
      render: (change) => new Promise((resolve) => finish.push(() => resolve(change))),
    };
    const sink = await followed(world, {}, new RecordingSink(), slow);
    for (let index = 0; index < 10; index++) {
      edit(world);
      await settle(3);
    }
    while (sink.version !== 11) {
      finish.shift()?.();
      await settle(5);
    }
    checkGapFree(sink, 1, 11);
    expect(sink.changes.map((change) => change.toVersion)).toEqual([2, 11]);
  });

  it("SUB-8 queues nothing for a slow subscriber, which reads on when it has room", async () => {
    const world = worldWith(1, { settings: { ringOperationsMax: 10 } });
    const slow = await followed(world, {}, new RecordingSink(1));
    const fast = await followed(world);
    for (let index = 0; index < 50; index++) {
      edit(world);
      await settle(3);
    }
    checkGapFree(fast, 1, 51);
    expect(slow.changes).toHaveLength(1);
    while (slow.version !== 51) {
      slow.drain();
      await settle();
    }
    checkGapFree(slow, 1, 51);
    expect(slow.changes.length).toBeLessThan(10);
    edit(world);
    slow.drain();
    await settle();
    checkGapFree(slow, 1, 52);
  });

  it("SUB-9 ends with DELETED when the template goes to the bin", async () => {
    const world = worldWith(3);
    const sink = await followed(world);
    world.templates.change("t1", { deleted: true });
    world.bus.publish({ kind: "accessChanged", templateId: "t1" });
    await settle();
    expect(sink.changes).toMatchObject([{ kind: "DELETED", fromVersion: 3, toVersion: 3 }]);
    expect(sink.ended).toBe("deleted");
    expect(world.feeds.size).toBe(0);
  });

  it("SUB-9 ends with ACCESS_REVOKED for those who may no longer view, and delivers nothing after the hint", async () => {
    const world = worldWith(3);
    world.templates.latency = () => 5;
    const mine = await followed(world, { viewer: author });
    const theirs = await followed(world, { viewer: reader });
    edit(world);
    await settle();
    world.templates.change("t1", { isPublic: false });
    world.bus.publish({ kind: "accessChanged", templateId: "t1" });
    edit(world);
    await settle();
    checkGapFree(mine, 3, 5);
    expect(theirs.changes.map((change) => change.kind)).toEqual(["OPERATIONS", "ACCESS_REVOKED"]);
    expect(theirs.version).toBe(4);
    expect(theirs.ended).toBe("accessRevoked");
  });

  it("SUB-9 notices by a commit under newer grants where the hint was lost, and tells nothing of it", async () => {
    const world = worldWith(3);
    world.templates.latency = () => 5;
    const mine = await followed(world, { viewer: author });
    const theirs = await followed(world, { viewer: reader });
    await settle();
    world.templates.change("t1", { isPublic: false, accessRevision: 1 });
    edit(world);
    edit(world);
    await settle();
    checkGapFree(mine, 3, 5);
    expect(theirs.changes.map((change) => change.kind)).toEqual(["ACCESS_REVOKED"]);
    // Whoever was let in before that is asked about before anything is told.
    world.templates.change("t1", { isPublic: true });
    const source = await world.feeds.follow({ templateId: "t1", viewer: reader });
    world.templates.change("t1", { isPublic: false, accessRevision: 2 });
    edit(world);
    await settle();
    const late = new RecordingSink();
    source?.attach(plain, late);
    edit(world);
    await settle();
    expect(late.changes.map((change) => change.kind)).toEqual(["ACCESS_REVOKED"]);
    expect(mine.version).toBe(7);
  });

  it("SUB-9 notices at the next poll where the hint was lost", async () => {
    const world = worldWith(3);
    const theirs = await followed(world, { viewer: reader });
    world.templates.change("t1", { isPublic: false });
    await world.clock.advance(10_000);
    expect(theirs.ended).toBe("accessRevoked");
  });

  it("SUB-9 notices a revocation between the check and the first delivery", async () => {
    const world = worldWith(3);
    const source = await world.feeds.follow({ templateId: "t1", viewer: reader });
    world.templates.change("t1", { isPublic: false });
    const sink = new RecordingSink();
    source?.attach(plain, sink);
    await settle();
    expect(sink.ended).toBe("accessRevoked");
  });

  it("SUB-9 answers nothing for what is not there, not visible, or in the bin", async () => {
    const world = worldWith(3);
    world.templates.add("hidden", false);
    world.templates.add("bin");
    world.templates.change("bin", { deleted: true });
    expect(await follow(world, { templateId: "none" })).toBeUndefined();
    expect(await follow(world, { templateId: "hidden", viewer: reader })).toBeUndefined();
    expect(await follow(world, { viewer: { kind: "anonymous" } })).toBeUndefined();
    expect(await follow(world, { templateId: "bin" })).toBeUndefined();
  });

  it("SUB-10 keeps subscribers while the database is away", async () => {
    const world = worldWith(3, { settings: { ringOperationsMax: 2 } });
    const sink = await followed(world);
    const late = new RecordingSink();
    world.templates.down = true;
    await expect(follow(world, { fromVersion: 1 }, late)).rejects.toThrow("database");
    world.bus.publish({
      ...world.templates.commit("t1", [moveTo(1), moveTo(2)]),
      operations: null,
    } as never);
    await world.clock.advance(5_000);
    expect(sink.ended).toBeUndefined();
    world.templates.down = false;
    await world.clock.advance(1_000);
    checkGapFree(sink, 3, 5);
    world.templates.down = true;
    world.bus.publish({ kind: "accessChanged", templateId: "t1" });
    await world.clock.advance(5_000);
    world.templates.down = false;
    edit(world);
    await world.clock.advance(1_000);
    checkGapFree(sink, 3, 6);
    expect(world.warnings).toEqual([]);
  });

  it("SUB-10 lets a subscriber that is behind go on when the database is back", async () => {
    const world = worldWith(300);
    const source = await world.feeds.follow({ templateId: "t1", viewer: author, fromVersion: 1 });
    world.templates.down = true;
    const sink = new RecordingSink();
    source?.attach(plain, sink);
    await world.clock.advance(3_000);
    expect(sink.changes).toEqual([]);
    world.templates.down = false;
    await world.clock.advance(1_000);
    checkGapFree(sink, 1, 300);
  });

  it("SUB-11 delivers nothing after the subscriber closed, and harms nobody when a sink throws", async () => {
    const world = worldWith(1);
    const closed = await followed(world);
    const throwing = new RecordingSink();
    throwing.deliver = () => {
      throw new Error("sink");
    };
    await followed(world, {}, throwing);
    const other = await followed(world);
    closed.subscription?.close();
    closed.subscription?.close();
    edit(world);
    await settle();
    edit(world);
    await settle();
    expect(closed.changes).toEqual([]);
    expect(closed.ended).toBeUndefined();
    expect(throwing.ended).toBe("shutdown");
    checkGapFree(other, 1, 3);
  });

  it("SUB-11 ends everybody at shutdown, and whoever comes later", async () => {
    const world = worldWith(1);
    const sink = await followed(world);
    world.feeds.close();
    expect(sink.ended).toBe("shutdown");
    const late = await followed(world);
    expect(late.ended).toBe("shutdown");
    expect(world.feeds.size).toBe(0);
  });

  it("can be followed as an async iterable, which holds one event at most", async () => {
    const world = worldWith(1);
    const source = await world.feeds.follow({ templateId: "t1", viewer: author });
    const iterator = source?.[Symbol.asyncIterator]();
    if (iterator === undefined) throw new Error("not visible");
    const first = iterator.next();
    await settle();
    for (let index = 0; index < 20; index++) {
      edit(world);
      await settle(3);
    }
    const seen: SharedChange[] = [];
    const sink = new RecordingSink();
    for (let result = await first; ; result = await iterator.next()) {
      if (result.done === true) break;
      seen.push(result.value.templateChanged);
      sink.changes.push(result.value.templateChanged);
      await settle(3);
      if (result.value.templateChanged.toVersion === 21) await iterator.return?.();
    }
    checkGapFree(sink, 1, 21);
    expect(seen.length).toBeLessThanOrEqual(4);
    expect(world.feeds.size).toBe(0);
  });
});
