/** What a client locks now and then, and lets go of again or not. */
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import { releaseLock } from "../../src/commands/locks/releaseLock.js";
import type { Services } from "../../src/commands/services.js";
import { present } from "../../src/domain/document/sequence.js";
import type { OperationTarget } from "../../src/domain/operations/operation.js";
import { author } from "../setup/memoryServices.js";
import type { ActingClient } from "./actingClient.js";
import type { Random } from "./random.js";
import type { Replica } from "./replica.js";

export class ClientLocks {
  constructor(
    private readonly client: ActingClient,
    private readonly random: Random,
  ) {}

  /** Mostly nothing; else it locks something for a few seconds. */
  async next(replica: Replica): Promise<void> {
    if (!this.random.chance(0.25)) return;
    const { world, truth } = this.client.parts;
    const target = this.#target(replica);
    const { templateId } = truth;
    const name = `lock of ${this.client.name} on ${Object.values(target).join("/") || "all"}`;
    const input = {
      templateId,
      target,
      sessionToken: "",
      leaseMs: this.random.between(1_000, 8_000),
    };
    await this.client.online();
    const answer = await this.client.requests.once({
      name,
      run: (services) => acquireLock(this.#withSession(services), author, input),
      answered: (outcome) => world.trace(`answer to ${name}: ${outcome.kind}`),
    });
    if (answer?.value.kind !== "lockAcquired" || this.random.chance(0.5)) return;
    await world.scheduler.sleep(this.random.between(0, 3_000));
    await this.client.requests.once({
      name: `release of ${name}`,
      run: (services) => releaseLock(this.#withSession(services), author, input),
    });
  }

  #target({ document }: Replica): OperationTarget {
    const [pageId] = document.pages.order;
    if (pageId === undefined || this.random.chance(0.1)) return {};
    const { order } = present(document.pages, pageId).elements;
    if (order.length === 0 || this.random.chance(0.2)) return { pageId };
    return { pageId, elementId: this.random.pick(order) };
  }

  /** The simulation has no sessions: each client is one, on every node. */
  #withSession(services: Services): Services {
    const { templateId } = this.client.parts.truth;
    const clientId = this.client.name;
    const session = { id: clientId, templateId, userId: author.userId, clientId };
    const find = async () => session as Awaited<ReturnType<Services["sessions"]["find"]>>;
    return { ...services, sessions: { find } as unknown as Services["sessions"] };
  }
}
