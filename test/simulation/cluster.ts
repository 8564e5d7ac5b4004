/** Two nodes behind one address; what crashes or stops is started again after a while. */
import type { Random } from "./random.js";
import { type NodeParts, SimulatedNode } from "./simulatedNode.js";

const names = ["n1", "n2"] as const;

export class Cluster {
  readonly #nodes = new Map<string, SimulatedNode>();
  readonly #starting = new Set<string>();
  readonly #random: Random;

  constructor(private readonly parts: NodeParts) {
    this.#random = parts.world.random("cluster");
    for (const name of names) this.#nodes.set(name, new SimulatedNode(parts, name));
  }

  /** The nodes that run. */
  get nodes(): SimulatedNode[] {
    return [...this.#nodes.values()].filter(({ process }) => process.alive);
  }

  /** The node that the load balancer picks; undefined where it picks one that is gone. */
  pick(random: Random): SimulatedNode | undefined {
    const node = this.#nodes.get(random.pick(names));
    return node?.process.alive === true ? node : undefined;
  }

  crash(node: SimulatedNode): void {
    if (!node.process.alive) return;
    this.parts.world.trace(`${node.process.name} crashes`);
    node.crash();
    this.#startSoon(node.name);
  }

  async restart(node: SimulatedNode): Promise<void> {
    if (!node.process.alive) return;
    this.parts.world.trace(`${node.process.name} stops`);
    await node.close();
    this.#startSoon(node.name);
  }

  #startSoon(name: string): void {
    if (this.#starting.has(name)) return;
    this.#starting.add(name);
    this.parts.world.scheduler.after(this.#random.between(10, 3_000), () => {
      this.#starting.delete(name);
      const node = new SimulatedNode(this.parts, name);
      this.#nodes.set(name, node);
      this.parts.world.trace(`${node.process.name} starts`);
    });
  }
}
