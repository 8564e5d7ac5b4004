/** All agents of a trace typing at once, each at its own client, until everybody has everything. */
import type { Batch, TemplateTransport } from "../../src/client/transport.js";
import type { Client } from "../client.js";
import { commitsOf, graphqlTransport } from "./graphqlTransport.js";
import type { Score } from "./score.js";
import { Typist, type Stage } from "./typist.js";

/** Without any progress for so long the replay is given up. */
const STALL_MS = 60_000;

export interface Performed {
  /** Of each agent's copy. */
  readonly texts: readonly string[];
  readonly batches: number;
  /** Requests that got no answer and were sent again. */
  readonly lost: number;
  /** Transactions whose author saw more here than in the trace. */
  readonly typedElsewhere: number;
}

export class Ensemble {
  private readonly typists: readonly Typist[];
  private readonly stall: NodeJS.Timeout;
  private readonly ended: Promise<void>;
  private finish = () => {};
  private failed: (error: unknown) => void = () => {};
  private scheduled = false;
  private batches = 0;
  private lost = 0;
  private lastLoss: unknown;

  /** A client per agent. */
  constructor(
    private readonly clients: readonly Client[],
    private readonly templateId: string,
    private readonly score: Score,
    private readonly progress: (committed: number, total: number) => void,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.failed = reject;
    });
    const stage: Stage = {
      score,
      committed: score.trace.transactions.map(() => false),
      moved: () => this.moved(),
      failed: (error) => this.failed(error),
    };
    this.typists = clients.map((client, agent) => {
      return new Typist(agent, stage, this.transportOf(client, agent));
    });
    this.stall = setTimeout(() => {
      this.failed(new Error("nothing is committed any more", { cause: this.lastLoss }));
    }, STALL_MS);
  }

  /** Rejects where an edit is refused, a copy parts from the server, or nothing moves any more. */
  async perform(): Promise<Performed> {
    for (const [agent, client] of this.clients.entries()) {
      void this.follow(client, agent).catch((error: unknown) => this.failed(error));
    }
    this.moved();
    try {
      await this.ended;
    } finally {
      clearTimeout(this.stall);
      for (const { client } of this.typists) client.close();
    }
    return {
      texts: this.typists.map(({ text }) => text),
      batches: this.batches,
      lost: this.lost,
      typedElsewhere: this.typists.reduce((sum, { typedElsewhere }) => sum + typedElsewhere, 0),
    };
  }

  /** Turns are taken once for all that came in one go of the event loop. */
  private moved(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      try {
        const turns = this.typists.map((typist) => typist.takeTurn());
        if (turns.includes(true)) this.moved();
        if (this.typists.every(({ isDone }) => isDone)) this.finish();
      } catch (error) {
        this.failed(error);
      }
    });
  }

  private async follow(client: Client, agent: number): Promise<void> {
    const total = this.score.trace.transactions.length;
    let received = 0;
    for await (const commits of commitsOf(client, this.templateId)) {
      this.stall.refresh();
      received += commits.length;
      this.typists[agent]!.deliver(commits);
      if (agent === 0) this.progress(received, total);
      if (received === total) return;
    }
    throw new Error(`the subscription ended at version ${1 + received}`);
  }

  private transportOf(client: Client, agent: number): TemplateTransport {
    const names = { templateId: this.templateId, clientId: `agent-${agent}` };
    const transport = graphqlTransport(client, names);
    return {
      ...transport,
      send: async (batch: Batch) => {
        this.batches += 1;
        try {
          return await transport.send(batch);
        } catch (error) {
          this.lost += 1;
          this.lastLoss = error;
          throw error;
        } finally {
          // An answer may come before the subscription tells of the commit, and lets its client go on.
          this.moved();
        }
      },
    };
  }
}
