/** Redis and the ways to it: messages as the real adapter writes them, lost, doubled, late, out of order, or none. */
import { decodeEnvelope, encodeEnvelope } from "../../src/bus/busEnvelope.js";
import type { BusListener, BusMessage, BusTopic, ChangeBus } from "../../src/bus/changeBus.js";
import { Listeners } from "../../src/bus/listeners.js";
import type { SimulatedProcess } from "./process.js";
import type { Random } from "./random.js";
import type { World } from "./world.js";

export class SimulatedBus {
  readonly #endpoints = new Set<Endpoint>();
  readonly #random: Random;
  #away: "noticed" | "unnoticed" | undefined;

  constructor(private readonly world: World) {
    this.#random = world.random("bus");
  }

  get healthy(): boolean {
    return this.#away !== "noticed";
  }

  /** The bus as a process reaches it. */
  endpointOf(process: SimulatedProcess): ChangeBus {
    const endpoint = new Endpoint(this, this.world, process);
    this.#endpoints.add(endpoint);
    return endpoint;
  }

  /** Carries nothing from now on; whether the nodes know is part of the fault. */
  leave(how: "noticed" | "unnoticed"): void {
    this.#away = how;
  }

  /** Carries messages again. Whoever comes back to Redis looks at access anew. */
  comeBack(): void {
    if (this.#away === undefined) return;
    const wasNoticed = this.#away === "noticed";
    this.#away = undefined;
    if (wasNoticed) for (const endpoint of this.#endpoints) endpoint.rejoined();
  }

  forget(endpoint: Endpoint): void {
    this.#endpoints.delete(endpoint);
  }

  /** Takes a message to the other nodes, as well as it can. */
  carry(from: Endpoint, message: BusMessage): void {
    if (this.#away !== undefined) return;
    const { faults } = this.world;
    const bytesMax = faults.strikes("busBare", this.#random) ? 1 : 64_000;
    const text = encodeEnvelope({ node: from.process.name, message }, bytesMax);
    for (const endpoint of this.#endpoints) {
      if (endpoint === from || !endpoint.process.alive) continue;
      if (faults.strikes("busLoss", this.#random)) continue;
      this.#send(endpoint, text);
      if (faults.strikes("busDouble", this.#random)) this.#send(endpoint, text);
      if (faults.strikes("busHint", this.#random)) {
        const hint = { kind: "accessChanged", templateId: message.templateId } as const;
        endpoint.serve(hint);
      }
    }
  }

  #send(endpoint: Endpoint, text: string): void {
    const isLate = this.world.faults.strikes("busDelay", this.#random);
    const delayMs = isLate ? this.#random.between(0, 1_500) : this.#random.between(0, 4);
    this.world.scheduler.after(delayMs, () => {
      const envelope = decodeEnvelope(text);
      if (envelope === undefined) this.world.violate("SIM-10", `the bus cannot read ${text}`);
      else if (this.#away === undefined) endpoint.serve(envelope.message);
    });
  }
}

/** One node's side of the bus. */
class Endpoint implements ChangeBus {
  readonly #listeners: Listeners;

  constructor(
    private readonly bus: SimulatedBus,
    world: World,
    readonly process: SimulatedProcess,
  ) {
    this.#listeners = new Listeners((message, error) =>
      world.violate("SIM-10", `${process.name} ${message}: ${String(error)}`),
    );
  }

  get healthy(): boolean {
    return this.bus.healthy;
  }

  publish(message: BusMessage): void {
    if (!this.process.alive) return;
    this.#listeners.serve(message);
    this.bus.carry(this, message);
  }

  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic = "changes" as T,
  ): () => void {
    const { remove } = this.#listeners.add({ templateId, topic }, listener);
    return () => void remove();
  }

  async close(): Promise<void> {
    this.bus.forget(this);
    this.#listeners.clear();
  }

  serve(message: BusMessage): void {
    if (this.process.alive) this.#listeners.serve(message);
  }

  rejoined(): void {
    for (const { templateId } of this.#listeners.channels) {
      this.serve({ kind: "accessChanged", templateId });
    }
  }
}
