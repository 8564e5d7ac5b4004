/** Rooms of three nodes over a bus and a store that fail: a failing seed is printed with its name. */
import { describe, expect, it } from "vitest";
import { seededRandom, settle } from "../harness.js";
import { PresenceWorld, session, watch, Watcher, type Node } from "./world.js";

const seeds = Array.from({ length: Number(process.env["SEEDS"] ?? 30) }, (_, index) => index + 1);

/** What ought to be shown: sessions that are not over, and where they said last that they are. */
type Truth = Map<string, number>;

interface Run {
  readonly world: PresenceWorld;
  readonly nodes: readonly Node[];
  readonly watchers: Watcher[];
  readonly truth: Truth;
  readonly over: Set<string>;
  readonly held: (() => void)[];
  readonly random: () => number;
  steps: number;
}

function pick<T>({ random }: Run, items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)];
}

async function act(run: Run): Promise<void> {
  const { world, nodes, watchers, truth, over, held, random } = run;
  const node = pick(run, nodes);
  if (node === undefined) return;
  const roll = random();
  run.steps += 1;
  // What two nodes are told within a millisecond has no order.
  await world.clock.advance(1);
  if (roll < 0.5) {
    const id = `s${Math.floor(random() * 8)}`;
    if (over.has(id)) return;
    node.served.add(id);
    await node.rooms.update(session(id, world.clock), { cursor: { x: run.steps, y: 0 } });
    truth.set(id, run.steps);
  } else if (roll < 0.56) {
    const id = pick(run, [...truth.keys()]);
    if (id === undefined) return;
    for (const { served } of nodes) served.delete(id);
    node.rooms.leave({ templateId: "t1", id });
    truth.delete(id);
    over.add(id);
  } else if (roll < 0.66) {
    watchers.push(await watch(node, { watcher: new Watcher(random() < 0.5 ? 1 : Infinity) }));
  } else if (roll < 0.78) pick(run, watchers)?.drain();
  else if (roll < 0.81) pick(run, watchers)?.subscription?.close();
  else if (roll < 0.86) for (const deliver of held.splice(0).sort(() => random() - 0.5)) deliver();
  else if (roll < 0.88) world.wire.away = !world.wire.away;
  else if (roll < 0.9) world.store.away = !world.store.away;
  else if (roll < 0.91) world.store.empty();
  else await world.clock.advance(Math.floor(random() * 2_000));
  await settle(3);
}

describe("presence under a hostile bus", () => {
  it.each(seeds)(
    "PRES-3 PRES-6 every subscriber comes to show what is true (seed %i)",
    async (seed) => {
      const random = seededRandom(seed);
      const world = new PresenceWorld();
      const run: Run = {
        world,
        nodes: [world.node(), world.node(), world.node()],
        watchers: [],
        truth: new Map(),
        over: new Set(),
        held: [],
        random,
        steps: 0,
      };
      world.wire.arrivals = (deliver) => {
        const roll = random();
        if (roll < 0.25) return;
        if (roll < 0.5) run.held.push(deliver);
        if (roll < 0.6 || roll > 0.7) deliver();
        if (roll > 0.9) run.held.push(deliver);
      };
      for (let step = 0; step < 150; step++) await act(run);
      world.wire.arrivals = (deliver) => deliver();
      world.store.away = false;
      world.wire.comeBack("t1");
      for (let round = 0; round < 45; round++) {
        await world.clock.advance(1_000);
        for (const watcher of run.watchers) watcher.drain();
      }
      await world.round();
      const expected = Object.fromEntries(run.truth);
      for (const { rooms } of run.nodes) {
        const entries = await rooms.collaborators("t1");
        const shown = entries.map(({ sessionId, cursor }) => [sessionId, cursor?.x] as const);
        expect(Object.fromEntries(shown)).toEqual(expected);
      }
      for (const watcher of run.watchers) {
        expect(watcher.problems).toEqual([]);
        watcher.subscription?.resume();
        if (watcher.ended === undefined && watcher.events.length > 0 && !closed(watcher)) {
          expect(watcher.cursors).toEqual(expected);
        }
      }
    },
  );
});

function closed(watcher: Watcher): boolean {
  return (watcher.subscription as { ended?: boolean } | undefined)?.ended === true;
}
