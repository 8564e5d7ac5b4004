/** Measures this node: each reading covers the time since the one before. */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { NodeLag, NodeLoad } from "./nodeRegistry.js";

/** What is counted elsewhere in the node. */
export interface NodeCounts {
  readonly connections: () => number;
  readonly subscriptions: () => number;
  readonly liveTemplates: () => number;
  readonly hearsOtherNodes: () => boolean;
}

export interface Reading {
  readonly load: NodeLoad;
  readonly lag: NodeLag;
}

const DELAY_RESOLUTION_MS = 20;

export class NodeGauges {
  readonly #delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  #loop = performance.eventLoopUtilization();
  #cpu = process.cpuUsage();
  #readAtMs = performance.now();
  #deliveryMsMax: number | null = null;

  constructor(private readonly counts: NodeCounts) {
    this.#delay.enable();
  }

  /** News of a commit came that was made so many milliseconds ago. */
  delivered(ageMs: number): void {
    // Clocks of two nodes differ: what seems to come from the future came at once.
    this.#deliveryMsMax = Math.max(this.#deliveryMsMax ?? 0, ageMs, 0);
  }

  read(): Reading {
    const loop = performance.eventLoopUtilization();
    const cpu = process.cpuUsage(this.#cpu);
    const readAtMs = performance.now();
    const passedMs = Math.max(readAtMs - this.#readAtMs, 1);
    const { counts } = this;
    const reading: Reading = {
      load: {
        eventLoopRatio: rounded(performance.eventLoopUtilization(loop, this.#loop).utilization),
        cpuRatio: rounded((cpu.user + cpu.system) / 1_000 / passedMs),
        memoryBytes: process.memoryUsage.rss(),
        connections: counts.connections(),
        subscriptions: counts.subscriptions(),
        liveTemplates: counts.liveTemplates(),
      },
      lag: {
        // The sampling timer's own period is no delay.
        eventLoopMs: rounded(Math.max(this.#delayMs - DELAY_RESOLUTION_MS, 0)),
        deliveryMs: this.#deliveryMsMax,
        hearsOtherNodes: counts.hearsOtherNodes(),
      },
    };
    this.#loop = loop;
    this.#cpu = process.cpuUsage();
    this.#readAtMs = readAtMs;
    this.#deliveryMsMax = null;
    this.#delay.reset();
    return reading;
  }

  stop(): void {
    this.#delay.disable();
  }

  get #delayMs(): number {
    const nanoseconds = this.#delay.percentile(99);
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : 0;
  }
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
