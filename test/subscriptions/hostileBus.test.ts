/** Feeds under a bus that loses, doubles, delays, reorders and strips messages: a failing seed is printed with it. */
import { describe, expect, it } from "vitest";
import {
  author,
  checkGapFree,
  HostileBus,
  moveTo,
  newWorld,
  plain,
  reader,
  RecordingSink,
  seededRandom,
  settle,
  type World,
} from "./harness.js";

interface Follower {
  readonly sink: RecordingSink;
  readonly fromVersion: number;
}

const seeds = Array.from({ length: Number(process.env["SEEDS"] ?? 60) }, (_, index) => index + 1);

describe("hostile bus", () => {
  it.each(seeds)(
    "SUB-1 SUB-4 SUB-5 every subscriber sees every version once and in order (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const bus = new HostileBus(random);
      const world = newWorld({
        bus,
        settings: {
          ringOperationsMax: 1 + Math.floor(random() * 40),
          pageOperationsMax: 1 + Math.floor(random() * 20),
          earlyMessagesMax: Math.floor(random() * 8),
          deliveriesPerTurn: 1 + Math.floor(random() * 5),
        },
      });
      world.templates.add("t1");
      world.templates.latency = () => Math.floor(random() * 6);
      const followers: Follower[] = [];
      for (let step = 0; step < 120; step++) await act(world, bus, followers, random);
      await heal(world, followers);
      const head = world.templates.head("t1").version;
      for (const { sink, fromVersion } of followers) {
        if (sink.ended === undefined && sink.subscription?.state !== "ended") {
          checkGapFree(sink, fromVersion, head);
        } else {
          checkGapFree(sink, fromVersion, sink.version ?? fromVersion);
        }
      }
      expect(world.warnings).toEqual([]);
      for (const { sink } of followers) sink.subscription?.close();
      expect(world.feeds.size).toBe(0);
    },
  );
});

async function act(
  world: World,
  bus: HostileBus,
  followers: Follower[],
  random: () => number,
): Promise<void> {
  const roll = random();
  const { version, logStartVersion } = world.templates.head("t1");
  if (roll < 0.45) {
    const moves = Array.from({ length: 1 + Math.floor(random() * 12) }, (_, i) => moveTo(i));
    bus.publish(world.templates.commit("t1", moves));
  } else if (roll < 0.6) {
    await join(world, followers, random, version);
  } else if (roll < 0.75) {
    const one = followers[Math.floor(random() * followers.length)];
    one?.sink.drain();
  } else if (roll < 0.8) {
    followers[Math.floor(random() * followers.length)]?.sink.subscription?.close();
  } else if (roll < 0.84) {
    bus.release();
  } else if (roll < 0.87) {
    bus.publish({ kind: "accessChanged", templateId: "t1" });
  } else if (roll < 0.89) {
    world.templates.prune(
      "t1",
      logStartVersion + Math.floor(random() * (version - logStartVersion)),
    );
  } else if (roll < 0.92) {
    world.templates.down = !world.templates.down;
  } else if (roll < 0.95) {
    bus.healthy = !bus.healthy;
  } else {
    await world.clock.advance(Math.floor(random() * 3_000));
  }
  await settle(Math.floor(random() * 4));
}

async function join(
  world: World,
  followers: Follower[],
  random: () => number,
  version: number,
): Promise<void> {
  const named = random() < 0.7 ? Math.floor(random() * (version + 3)) : undefined;
  const sink = new RecordingSink(random() < 0.5 ? 1 + Math.floor(random() * 3) : undefined);
  const viewer = random() < 0.5 ? author : reader;
  const source = await world.feeds
    .follow({ templateId: "t1", viewer, fromVersion: named })
    .catch(() => undefined);
  if (source === undefined) return;
  await settle(Math.floor(random() * 3));
  sink.subscription = source.attach(plain, sink);
  followers.push({ sink, fromVersion: source.position.cursor });
}

/** The database answers, the clock goes on and everybody reads: then all must arrive. */
async function heal(world: World, followers: Follower[]): Promise<void> {
  world.templates.down = false;
  const { version } = world.templates.head("t1");
  for (let round = 0; round < 1_000; round++) {
    await world.clock.advance(round < 15 ? 1_000 : 100);
    for (const { sink } of followers) if (sink.capacity < 1e9) sink.drain();
    const open = followers.filter(({ sink }) => sink.subscription?.state !== "ended");
    if (round > 15 && open.every(({ sink }) => (sink.subscription?.cursor ?? 0) >= version)) return;
  }
}
