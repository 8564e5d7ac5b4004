/** The law of viewports, over random histories, buses that lose messages, slow readers and pruned logs. */
import { describe, expect, it } from "vitest";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type { FollowedViewport } from "../../src/subscriptions/changes/followedViewport.js";
import {
  follow,
  HostileBus,
  newWorld,
  RecordingSink,
  seededRandom,
  settle,
  type World,
} from "./harness.js";
import { ViewportFollower, shownIn } from "./viewportFollower.js";
import { History } from "./viewportHistories.js";

const viewports: readonly FollowedViewport[] = [
  { pageId: "p1", x: 0, y: 0, width: 100, height: 100 },
  { pageId: "p1", x: 400, y: 0, width: 200, height: 800 },
  { pageId: "p2", x: 0, y: 0, width: 100, height: 100 },
];

interface Following {
  readonly follower: ViewportFollower;
  readonly sink: RecordingSink;
  taken: number;
}

/** What a hostile transport does to an event on its way; nothing where omitted. */
type Damage = (change: SharedChange) => SharedChange;

class Run {
  readonly #random: () => number;
  readonly #history: History;
  readonly #world: World;
  readonly #followings: Following[] = [];
  /** How often a viewport was compared. */
  checks = 0;

  constructor(
    seed: number,
    readonly damage: Damage = (change) => change,
  ) {
    this.#random = seededRandom(seed);
    this.#history = new History(this.#random);
    const bus = seed % 3 === 0 ? new HostileBus(seededRandom(seed + 1)) : undefined;
    const settings = seed % 4 === 1 ? { settings: { pageOperationsMax: 3 } } : {};
    this.#world = newWorld({ ...(bus === undefined ? {} : { bus }), ...settings });
    this.#world.templates.add("t1");
  }

  async run(): Promise<void> {
    this.#world.templates.design = this.#history.design;
    for (let step = 0; step < 25; step += 1) {
      if (this.#random() < 0.25) await this.#come();
      this.#commit();
      if (this.#random() < 0.08) this.#prune();
      if (this.#random() < 0.7) await settle(8);
      if (this.#random() < 0.4) for (const { sink } of this.#followings) sink.drain();
      this.#take();
    }
    await this.#world.clock.advance(20_000);
    for (let round = 0; round < 40; round += 1) {
      for (const { sink } of this.#followings) sink.drain();
      await settle(10);
    }
    this.#take();
    const { version } = this.#world.templates.head("t1");
    expect(this.#followings.map(({ follower }) => follower.version)).toEqual(
      this.#followings.map(() => version),
    );
    expect(this.checks).toBeGreaterThanOrEqual(this.#followings.length);
    expect(this.#world.warnings).toEqual([]);
  }

  #commit(): void {
    const batch = this.#history.next();
    this.#world.templates.design = this.#history.design;
    if (batch.length > 0) this.#world.bus.publish(this.#world.templates.commit("t1", batch));
  }

  #prune(): void {
    this.#world.templates.prune("t1", this.#world.templates.head("t1").version - 1);
  }

  /** Somebody comes with the state that the template has, with an old one, or without one. */
  async #come(): Promise<void> {
    const { version } = this.#world.templates.head("t1");
    const { design } = this.#history;
    // Others go on until its subscription begins.
    if (this.#random() < 0.3) for (const _ of [1, 2]) this.#commit();
    const holdsNothing = this.#random() < 0.5;
    const sink = new RecordingSink(this.#random() < 0.3 ? 1 : Number.POSITIVE_INFINITY);
    const held = holdsNothing ? { canvas: {}, pages: [], audioLayers: [] } : design;
    const viewport = { ...this.#pickViewport(), state: holdsNothing };
    await follow(this.#world, { viewport, fromVersion: version }, sink);
    this.#followings.push({
      follower: new ViewportFollower(viewport, held, version),
      sink,
      taken: 0,
    });
  }

  #pickViewport(): FollowedViewport {
    return viewports[Math.floor(this.#random() * viewports.length)]!;
  }

  #take(): void {
    for (const following of this.#followings) {
      const { follower, sink } = following;
      for (const change of sink.changes.slice(following.taken)) follower.take(this.damage(change));
      following.taken = sink.changes.length;
      // Until the next event its viewport may be incomplete, where the server had to catch up itself.
      const { holdsViewport = false, needsState = true } = sink.subscription ?? {};
      const isCurrent = follower.version === this.#world.templates.head("t1").version;
      if (!isCurrent || !holdsViewport || needsState) continue;
      const { design } = this.#history;
      expect(follower.shows(design)).toEqual(shownIn(design, follower.viewport));
      this.checks += 1;
    }
  }
}

const seeds = Array.from({ length: 120 }, (_, index) => index + 1);

describe("a client that follows with a viewport", () => {
  it("SUB-12 SUB-17 holds inside it what the server's document holds, after any history", async () => {
    for (const seed of seeds) {
      await new Run(seed).run().catch((error: unknown) => {
        throw new Error(`seed ${seed}`, { cause: error });
      });
    }
  });

  it.each<[string, Damage]>([
    ["does not tell what enters", (change) => without(change, { entered: [] })],
    ["does not tell what leaves", (change) => without(change, { left: [] })],
    ["says never that it told everything", (change) => without(change, { complete: false })],
  ])("SUB-17 a server that %s is caught", async (_name, damage) => {
    let caught = 0;
    for (const seed of seeds.slice(0, 30)) {
      await new Run(seed, damage).run().catch(() => (caught += 1));
    }
    expect(caught).toBeGreaterThan(0);
  });
});

function without(change: SharedChange, part: Partial<NonNullable<SharedChange["viewport"]>>) {
  return change.viewport === undefined
    ? change
    : { ...change, viewport: { ...change.viewport, ...part } };
}
