/** A subscriber's stream between a node and a client: in order, with room for a few events, until it breaks. */
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type {
  EventSink,
  EndReason,
  Renderer,
  Subscription,
} from "../../src/subscriptions/subscription.js";
import type { SimulatedProcess } from "./process.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

/** What goes over the wire. One object, so that subscribers share what is rendered. */
export const asText: Renderer<string> = { render: (change) => JSON.stringify(change) };

export interface StreamClient {
  readonly name: string;
  received(change: SharedChange): void;
  /** The stream is over; called once. */
  lost(): void;
}

export class Connection implements EventSink<string> {
  subscription: Subscription<string> | undefined;
  #inFlight = 0;
  #arrivesAt = 0;
  #isOpen = true;
  #ended = false;
  readonly #capacity: number;

  constructor(
    private readonly world: World,
    private readonly process: SimulatedProcess,
    private readonly client: StreamClient,
    private readonly random: Random,
  ) {
    this.#capacity = world.faults.has("slowReaders") ? random.between(1, 3) : 1_000;
    void process.death.then(() => this.#loseLater());
  }

  deliver(text: string): void {
    if (this.#ended)
      this.world.violate("SIM-3", `${this.client.name} was handed an event too many`);
    const { scheduler, faults } = this.world;
    this.#inFlight += 1;
    const isSlow = faults.has("slowReaders") && !faults.healed;
    const delayMs = this.random.latency(5, isSlow ? 2_000 : 50);
    this.#arrivesAt = Math.max(this.#arrivesAt, scheduler.elapsedMs + delayMs);
    scheduler.after(this.#arrivesAt - scheduler.elapsedMs, () => this.#arrive(text));
  }

  full(): boolean {
    return this.#inFlight >= this.#capacity;
  }

  end(reason: EndReason): void {
    this.#ended = true;
    if (reason !== "shutdown") {
      this.world.violate("SIM-3", `the subscription of ${this.client.name} ended as ${reason}`);
    }
    this.#loseLater();
  }

  /** The client's side is gone; the node notices later. */
  cut(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.world.scheduler.after(this.random.between(0, 1_000), () => {
      if (this.process.alive && !this.#ended) this.subscription?.close();
    });
    this.client.lost();
  }

  #arrive(text: string): void {
    const wasFull = this.full();
    this.#inFlight -= 1;
    if (!this.#isOpen) return;
    if (this.world.faults.strikes("streamLoss", this.random)) {
      this.world.trace(`${this.client.name} loses its stream`);
      return this.cut();
    }
    this.client.received(JSON.parse(text) as SharedChange);
    if (wasFull && this.process.alive && !this.#ended) this.subscription?.resume();
  }

  /** What is on its way still arrives. */
  #loseLater(): void {
    const { elapsedMs } = this.world.scheduler;
    const delayMs = Math.max(this.#arrivesAt - elapsedMs, this.random.between(0, 200));
    this.world.scheduler.after(delayMs, () => this.cut());
  }
}
