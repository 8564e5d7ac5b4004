/** A client: it follows a template, edits it, goes away and comes back with the version it had. */
import { designOf } from "../../src/domain/document/toDesign.js";
import { currentState, stateAt } from "../../src/commands/history/readStateAt.js";
import { Connection, asText, type StreamClient } from "./connection.js";
import { ClientEdits } from "./clientEdits.js";
import { ClientMakings } from "./clientMakings.js";
import { ClientLocks } from "./clientLocks.js";
import type { ActingClient, ClientParts } from "./actingClient.js";
import type { Random } from "./random.js";
import { Replica } from "./replica.js";
import { Requests } from "./requests.js";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import { author } from "../setup/memoryServices.js";

export class SimulatedClient implements StreamClient, ActingClient {
  readonly requests: Requests;
  replica: Replica | undefined;
  /** Windows in which somebody edits, each of which waits for its answers by itself. */
  #handsAtWork: number;
  #connection: Connection | undefined;
  #offlineUntilMs = 0;
  #wake: () => void = () => undefined;
  readonly #random: Random;

  constructor(
    readonly parts: ClientParts,
    readonly name: string,
  ) {
    const { world, cluster } = parts;
    this.#random = world.random(name);
    this.#handsAtWork = this.#random.between(1, 2);
    this.requests = new Requests(world, cluster, world.random(`network of ${name}`));
  }

  /** All its actions are done and answered. */
  get isDone(): boolean {
    return this.#handsAtWork === 0;
  }

  /** Starts to follow and to edit, with so many actions and about so long between them. */
  start(actions: number, paceMs: number): void {
    const { world } = this.parts;
    world.start(`${this.name} following`, () => this.#follow());
    for (let hand = 1; hand <= this.#handsAtWork; hand += 1) {
      const name = `${this.name}${hand === 1 ? "" : "b"}`;
      const own = Math.ceil(actions / hand);
      world.start(`${name} editing`, () => this.#edit(name, own, paceMs));
    }
  }

  received(change: SharedChange): void {
    const { kind, fromVersion, toVersion } = change;
    this.parts.world.trace(`${this.name} gets ${kind} ${fromVersion}..${toVersion}`);
    this.parts.truth.delivered(this.name, change);
    this.replica?.receive(change);
    this.#wake();
  }

  lost(): void {
    this.#connection = undefined;
    this.#wake();
  }

  /** Waits for the version, or for a while. */
  async waitFor(version: number): Promise<void> {
    const { scheduler } = this.parts.world;
    const untilMs = scheduler.elapsedMs + 5_000;
    while ((this.replica?.version ?? 0) < version && scheduler.elapsedMs < untilMs) {
      await scheduler.sleep(50);
    }
  }

  /** Waits while it is offline. */
  async online(): Promise<void> {
    const { scheduler, faults } = this.parts.world;
    while (!faults.healed && scheduler.elapsedMs < this.#offlineUntilMs) await scheduler.sleep(100);
  }

  async #edit(name: string, actions: number, paceMs: number): Promise<void> {
    const { world } = this.parts;
    const edits = new ClientEdits(this, name, world.random(`edits of ${name}`));
    const makings = new ClientMakings(this, name, world.random(`makings of ${name}`));
    const locks = new ClientLocks(this, world.random(`locks of ${name}`));
    await world.scheduler.sleep(this.#random.between(0, 2_000));
    const loaded = await this.#load();
    this.replica ??= loaded;
    for (let left = actions; left > 0; left -= 1) {
      await world.scheduler.sleep(this.#random.latency(paceMs, 2_000));
      if (world.faults.strikes("offline", this.#random)) this.#leave();
      if (this.#random.chance(0.15)) await this.#look();
      else await edits.next(this.replica);
      await locks.next(this.replica);
      await makings.next();
    }
    this.#handsAtWork -= 1;
  }

  /** Keeps a subscription open, each time from the version it has. */
  async #follow(): Promise<void> {
    const { scheduler } = this.parts.world;
    for (;;) {
      await this.online();
      if (this.replica === undefined) {
        await scheduler.sleep(50);
        continue;
      }
      if (this.#connection === undefined && !(await this.#connect(this.replica))) {
        await scheduler.sleep(this.#random.between(20, 500));
        continue;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #connect(replica: Replica): Promise<boolean> {
    const { world, truth } = this.parts;
    const { templateId } = truth;
    const fromVersion = replica.version;
    let given: Connection | undefined;
    let isOver = false;
    const answer = await this.requests.once({
      name: `${this.name} following from ${fromVersion}`,
      run: async (_services, { feeds, process }) => {
        const source = await feeds.follow({ templateId, fromVersion, viewer: author });
        if (source === undefined) throw new Error("the template is not there");
        // Who heard nothing in time asked anew, and listens to that one only.
        if (isOver) return;
        given = new Connection(world, process, this, this.#random);
        this.#connection = given;
        given.subscription = source.attach(asText, given);
      },
    });
    isOver = true;
    if (answer === undefined) given?.cut();
    else world.trace(`${this.name} follows from ${fromVersion}`);
    return answer !== undefined && this.#connection !== undefined;
  }

  #leave(): void {
    const { world } = this.parts;
    this.#offlineUntilMs = world.scheduler.elapsedMs + this.#random.between(500, 8_000);
    world.trace(`${this.name} goes offline`);
    this.#connection?.cut();
  }

  /** The document as a query answers it, which is never older than what anybody was told before. */
  async #load(): Promise<Replica> {
    const { world, truth } = this.parts;
    const expected = truth.acknowledged;
    const { version, design } = await this.requests.untilAnswered({
      name: `${this.name} loading`,
      run: async (services) => {
        const head = await services.head(truth.templateId);
        if (head === undefined) throw new Error("the template is not there");
        const state = await currentState(services, head);
        return { version: state.version, design: designOf(state.document) };
      },
    });
    if (version < expected) {
      world.violate("SIM-7", `${this.name} read version ${version} after ${expected} was answered`);
    }
    if (!truth.isAt(version, design)) {
      world.violate("SIM-5", `${this.name} read another document than version ${version}`);
    }
    return Replica.of(world, this.name, version, design);
  }

  /** Reads the head or an older version, and looks whether it is right. */
  async #look(): Promise<void> {
    const { world, truth } = this.parts;
    await this.online();
    if (this.#random.chance(0.5)) return void (await this.#load());
    const version = this.#random.between(1, truth.acknowledged);
    const isThere = version >= truth.prunedThrough;
    const found = await this.requests.untilAnswered({
      name: `${this.name} looking at version ${version}`,
      run: async (services) => {
        const head = await services.head(truth.templateId);
        return head === undefined ? null : stateAt(services, head, version);
      },
    });
    const wasPruned = version < truth.prunedThrough;
    if (found === null ? isThere && !wasPruned : !truth.isAt(version, found.design)) {
      world.violate("SIM-6", `${this.name} was shown another document as version ${version}`);
    }
  }
}
