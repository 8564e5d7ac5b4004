/**
 * A network between clients and commands on memory adapters: requests and answers take a while, some get lost on
 * either way, and changes come late, doubled and out of order. One seed decides everything.
 */
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import type { ConflictPolicy } from "../../src/commands/inputs.js";
import type {
  ApplyOperationsOutcome,
  ResolveConflictOutcome,
} from "../../src/commands/outcomes.js";
import { TemplateClient } from "../../src/client/templateClient.js";
import type { TemplateClientOptions } from "../../src/client/templateClientOptions.js";
import type { Batch, SendOutcome, TemplateTransport } from "../../src/client/transport.js";
import { seededRandom } from "../../examples/seededRandom.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { currentDesign, startDesign } from "../live/editing.js";
import { author, type MemorySetup } from "../setup/memoryServices.js";

export interface NetworkOptions {
  readonly seed: number;
  /** Of requests and of answers, from 0 to 1. */
  readonly lost: number;
  readonly onConflict?: ConflictPolicy;
}

export class Network {
  readonly random: () => number;
  readonly clients: TemplateClient[] = [];
  readonly failures: unknown[] = [];
  lostCount = 0;
  private readonly delivered: number[] = [];

  constructor(
    private readonly services: MemorySetup,
    private readonly templateId: string,
    private readonly options: NetworkOptions,
  ) {
    this.random = seededRandom(options.seed);
  }

  /** Another client, of the template as it is at version 1. */
  join(given: Partial<TemplateClientOptions> = {}): TemplateClient {
    const name = `client-${this.clients.length}`;
    let made = 0;
    const client = new TemplateClient({
      transport: this.transport(name),
      start: { version: 1, design: startDesign },
      newId: () => `${name}-${(made += 1)}`,
      now: () => 1_000,
      onConflict: () => "giveUp",
      onFailure: (error) => void this.failures.push(error),
      retryMs: 1,
      wait: () => this.pause(),
      ...given,
    });
    this.clients.push(client);
    this.delivered.push(0);
    return client;
  }

  /** Some turns of the event loop. */
  async pause(): Promise<void> {
    const turns = Math.floor(this.random() * 6);
    for (let turn = 0; turn <= turns; turn += 1) await new Promise(setImmediate);
  }

  /** Hands some of what was published to each client. */
  deliver(): void {
    for (const [index, client] of this.clients.entries()) {
      const { published } = this.services;
      const from = this.delivered[index]!;
      const to = Math.min(published.length, from + Math.floor(this.random() * 4));
      const messages = published.slice(Math.max(0, from - 1), to);
      if (this.random() < 0.3) messages.reverse();
      for (const message of messages) {
        if (message.kind === "changed") client.receive(message.operations ?? []);
      }
      this.delivered[index] = to;
    }
  }

  /** Until nothing is on its way any more. */
  async settle(): Promise<void> {
    for (let round = 0; round < 10_000; round += 1) {
      this.deliver();
      await this.pause();
      // What still runs then waits for a timer or for the processor.
      if (round >= 1_000) await new Promise((resolve) => setTimeout(resolve, 2));
      const version = (await this.services.head(this.templateId))?.version;
      const isSettled = this.clients.every((client) => {
        return client.uncommitted === 0 && client.version === version;
      });
      if (isSettled || this.failures.length > 0) return;
    }
    throw new Error("the clients did not settle");
  }

  /** What each client shows, then what the server holds. */
  async designs() {
    const shown = this.clients.map(({ document }) => designOf(document));
    return [...shown, await currentDesign(this.services, this.templateId)];
  }

  /** The transport of a client whose batches are refused, with no operation named, as long as a code is given. */
  refusing(clientId: string, code: () => string | undefined): TemplateTransport {
    const transport = this.transport(clientId);
    return {
      ...transport,
      send: async (batch) => {
        const given = code();
        if (given === undefined) return transport.send(batch);
        const message = `refused with ${given}`;
        return { kind: "refused", code: given, message, operationId: null, retryAfterMs: null };
      },
    };
  }

  private transport(clientId: string): TemplateTransport {
    const { services, templateId } = this;
    return {
      send: ({ operations, ...batch }: Batch) =>
        this.carry(async () => {
          const onConflict = this.options.onConflict ?? "MERGE";
          const input = { templateId, clientId, onConflict, ...batch, operations };
          return outcomeOf(await applyOperations(services, author, input));
        }),
      insist: ({ baseVersion, operations: clientOperations }, headVersion) =>
        this.carry(async () => {
          const choice = { resolution: "CLIENT_WINS", clientOperations, headVersion } as const;
          const input = { templateId, clientId, baseVersion, ...choice };
          return outcomeOf(await resolveConflict(services, author, input));
        }),
    };
  }

  private async carry(request: () => Promise<SendOutcome>): Promise<SendOutcome> {
    await this.pause();
    this.mayBeLost();
    const outcome = await request();
    await this.pause();
    this.mayBeLost();
    return outcome;
  }

  private mayBeLost(): void {
    if (this.random() >= this.options.lost) return;
    this.lostCount += 1;
    throw new Error("the network lost it");
  }
}

function outcomeOf(outcome: ApplyOperationsOutcome | ResolveConflictOutcome): SendOutcome {
  switch (outcome.kind) {
    case "applied":
    case "resolved":
      return { kind: "applied", operations: outcome.operations };
    case "versionConflict": {
      const { message, currentVersion, conflictingOps } = outcome;
      return { kind: "conflict", message, currentVersion, conflictingOps };
    }
    case "refused": {
      const { code, message, operationId = null, retryAfterMs = null } = outcome;
      return { kind: "refused", code, message, operationId, retryAfterMs };
    }
  }
}
