/**
 * The way of a request to a node and of its answer back. Both may be lost; whoever gets no answer sends the same
 * again, to whichever node, until there is one.
 */
import type { Services } from "../../src/commands/services.js";
import { ShuttingDown } from "../../src/live/liveTemplates.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import type { Cluster } from "./cluster.js";
import type { Random } from "./random.js";
import type { SimulatedNode } from "./simulatedNode.js";
import type { World } from "./world.js";

export interface SimulatedRequest<T> {
  readonly name: string;
  /** What the node does for it. */
  readonly run: (services: Services, node: SimulatedNode) => Promise<T>;
  /** Called at the node with each answer it makes, whether or not that arrives. */
  readonly answered?: (answer: T) => void;
}

export class Requests {
  constructor(
    private readonly world: World,
    private readonly cluster: Cluster,
    private readonly random: Random,
  ) {}

  /** The answer, however many tries it takes. */
  async untilAnswered<T>(request: SimulatedRequest<T>): Promise<T> {
    for (;;) {
      const attempts = [this.once(request)];
      if (this.world.faults.strikes("twice", this.random)) attempts.push(this.once(request));
      for (const attempt of attempts) {
        const answer = await attempt;
        if (answer !== undefined) return answer.value;
      }
      await this.world.scheduler.sleep(this.random.between(50, 400));
    }
  }

  /** One try; undefined where no answer came in time, or that of a node which cannot serve now. */
  once<T>(request: SimulatedRequest<T>): Promise<{ readonly value: T } | undefined> {
    const { scheduler, faults } = this.world;
    const isImpatient = this.random.chance(0.1);
    const timeoutMs = isImpatient ? this.random.between(5, 60) : 4_000;
    const isLost = faults.strikes("requestLoss", this.random);
    return new Promise((resolve) => {
      scheduler.after(timeoutMs, () => resolve(undefined));
      if (isLost) return;
      scheduler.after(this.random.latency(5, 200), () => {
        const node = this.cluster.pick(this.random);
        if (node === undefined) return resolve(undefined);
        void this.#serve(request, node).then((answer) => {
          if (faults.strikes("answerLoss", this.random)) {
            return this.world.trace(`the answer to ${request.name} is lost`);
          }
          scheduler.after(this.random.latency(5, 200), () => resolve(answer));
        });
      });
    });
  }

  /** A dead node's work goes on in memory that nobody sees: what it says is not heard. */
  async #serve<T>(
    request: SimulatedRequest<T>,
    node: SimulatedNode,
  ): Promise<{ value: T } | undefined> {
    try {
      const value = await request.run(node.services, node);
      if (!node.process.alive) return await new Promise(() => undefined);
      request.answered?.(value);
      return { value };
    } catch (error) {
      if (!node.process.alive) return await new Promise(() => undefined);
      const isExpected = error instanceof StorageUnavailable || error instanceof ShuttingDown;
      if (!isExpected) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.world.violate("SIM-10", `${node.process.name} fails at ${request.name}: ${text}`);
      }
      this.world.trace(`${node.process.name} cannot serve ${request.name}`);
      return undefined;
    }
  }
}
