/**
 * This node among the others: reports itself at a pace, says when it drains, takes itself off the list at the end, and
 * tells who is there. Nothing of what a node does depends on it: where the registry is away, edits and subscriptions
 * go on, and the node still lists itself.
 */
import type { Clock } from "../platform/clock.js";
import { NodeGauges, type NodeCounts } from "./nodeGauges.js";
import { byName, type ListedNode, type NodeRegistry, type NodeReport } from "./nodeRegistry.js";

export interface MembershipOptions {
  readonly registry: NodeRegistry;
  readonly clock: Clock;
  readonly id: string;
  readonly version: string;
  readonly reportMs?: number;
}

/** How a node is known and found. */
export interface NodePlace {
  readonly name: string;
  /** Where other machines reach it, as far as it knows. */
  readonly address?: string | undefined;
}

/** The nodes as an administrator sees them. */
export interface Nodes {
  /** Which of them answers. */
  readonly selfId: string;
  /** All that are known; this node alone where the registry is away. */
  list(): Promise<ListedNode[]>;
}

/** A registry that is away may be back at any moment. */
const RETRY_MS = 250;

const nothingYet: NodeCounts = {
  connections: () => 0,
  subscriptions: () => 0,
  liveTemplates: () => 0,
  hearsOtherNodes: () => true,
};

export class Membership implements Nodes {
  readonly #options: MembershipOptions;
  readonly #startedAt: number;
  #gauges = new NodeGauges(nothingYet);
  #self: NodeReport;
  #name = "";
  #address: string | undefined;
  #status: NodeReport["status"] = "ONLINE";
  #cancelReport: () => void = () => undefined;
  #reporting: Promise<void> = Promise.resolve();
  #left = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#self = this.#measured();
  }

  get selfId(): string {
    return this.#options.id;
  }

  /** Appears on the list; called once the node takes requests. */
  join({ name, address }: NodePlace, counts: NodeCounts): void {
    this.#name = name;
    this.#address = address;
    this.#gauges.stop();
    this.#gauges = new NodeGauges(counts);
    this.#report();
  }

  /** As NodeGauges.delivered. */
  delivered(ageMs: number): void {
    this.#gauges.delivered(ageMs);
  }

  /** Says that the node takes nothing new; resolves when that is known, or the registry does not answer. */
  async drain(): Promise<void> {
    this.#status = "DRAINING";
    this.#cancelReport();
    this.#report();
    await this.#reporting;
  }

  /** Takes the node off the list. Never rejects: who does not hear of it sees the node go offline. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#cancelReport();
    this.#gauges.stop();
    await this.#reporting;
    await this.#options.registry.remove(this.selfId).catch(() => undefined);
    await this.#options.registry.close();
  }

  async list(): Promise<ListedNode[]> {
    let listed: ListedNode[];
    try {
      listed = await this.#options.registry.list();
    } catch {
      listed = [];
    }
    const others = listed.filter(({ id }) => id !== this.selfId);
    return [...others, { ...this.#self, silentMs: 0 }].sort(byName);
  }

  #report(): void {
    this.#self = this.#measured();
    const { registry, clock, reportMs = 2_000 } = this.#options;
    const self = this.#self;
    // One after the other: an older report never replaces a newer one.
    const reported = this.#reporting.then(() => registry.report(self));
    this.#reporting = reported.catch(() => undefined);
    const schedule = (delayMs: number): void => {
      if (this.#left) return;
      this.#cancelReport();
      this.#cancelReport = clock.after(delayMs, () => this.#report());
    };
    reported.then(
      () => schedule(reportMs),
      () => schedule(Math.min(reportMs, RETRY_MS)),
    );
  }

  #measured(): NodeReport {
    return {
      id: this.#options.id,
      name: this.#name,
      ...(this.#address !== undefined && { address: this.#address }),
      version: this.#options.version,
      startedAt: this.#startedAt,
      reportedAt: this.#options.clock.now(),
      status: this.#status,
      ...this.#gauges.read(),
    };
  }
}
