/** What a client does to its template, one thing after the other, and what it makes of the answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { drawEdits } from "../simulation/edits.js";
import { request, TryAgain, type Variables } from "./api.js";
import type { ChaosClient } from "./client.js";
import {
  APPLY_OPERATIONS,
  moveAlongLine,
  READ_VERSION,
  RESOLVE_CONFLICT,
  type Outcome,
} from "./documents.js";

const policies = ["REJECT", "MERGE", "MERGE", "LAST_WRITER_WINS", "FORCE"] as const;

/** Requests kept to be sent again. */
const SENT_KEPT = 5;

interface Edit extends Variables {
  readonly baseVersion: number;
  readonly onConflict: (typeof policies)[number];
  readonly operations: readonly { readonly id: string }[];
}

export class Hand {
  #count = 0;
  #hasUndone = false;
  readonly #sent: Edit[] = [];
  #isWorking = false;
  #work: Promise<void> = Promise.resolve();

  /** `paceMs`: about so long between two actions. */
  constructor(
    readonly client: ChaosClient,
    private readonly paceMs: number,
  ) {}

  start(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#work = this.#run();
  }

  /** Begins nothing new; resolves when what was begun is answered. */
  async rest(): Promise<void> {
    this.#isWorking = false;
    await this.#work;
  }

  async #run(): Promise<void> {
    const { random, timeline } = this.client.parts;
    while (this.#isWorking) {
      await sleep(random.between(0, 2 * this.paceMs));
      if (!this.#isWorking) return;
      try {
        await this.#act();
      } catch (error) {
        timeline.violate("FAIL-4", `${this.client.name} failed: ${(error as Error).stack}`);
        return;
      }
    }
  }

  async #act(): Promise<void> {
    const { random } = this.client.parts;
    const roll = random.next();
    if (roll < (this.#hasUndone ? 0.3 : 0.06)) await this.#moveAlongLine();
    else if (roll < 0.36 && roll > 0.3 && this.#sent.length > 0) await this.#sendAgain();
    else if (roll > 0.95) await this.#look();
    else await this.#edit();
  }

  /** Edits what it has, sends that until it is answered, and finds a way out of a conflict. */
  async #edit(): Promise<void> {
    const { client } = this;
    const { random, subject } = client.parts;
    this.#count += 1;
    const input: Edit = {
      templateId: subject.templateId,
      clientId: client.name,
      baseVersion: client.copy.version,
      onConflict: random.pick(policies),
      operations: drawEdits(random, client.copy.document).map((content, index) => ({
        ...content,
        id: `${client.name}.${this.#count}.${index + 1}`,
        timestamp: Date.now() + client.clockSkewMs,
      })),
    };
    subject.ledger.sent(input.operations.map(({ id }) => id));
    const outcome = await client.send(APPLY_OPERATIONS, input);
    this.#answered(input, outcome);
    if (outcome.__typename === "OperationsApplied") {
      this.#sent.push(input);
      if (this.#sent.length > SENT_KEPT) this.#sent.shift();
    }
    if (outcome.currentVersion !== undefined && random.chance(0.4)) {
      await this.#resolve(input, outcome.currentVersion);
    }
  }

  /** The same request again, answered long ago: it changes nothing and says the same. */
  async #sendAgain(): Promise<void> {
    const { random, timeline } = this.client.parts;
    const input = random.pick(this.#sent);
    const outcome = await this.client.send(APPLY_OPERATIONS, input);
    this.#answered(input, outcome);
    if (outcome.__typename !== "OperationsApplied") {
      const again = `${input.operations[0]?.id}, sent again, was answered ${outcome.__typename}`;
      timeline.violate("FAIL-1", again);
    }
  }

  async #resolve(edit: Edit, headVersion: number): Promise<void> {
    const { client } = this;
    const input = {
      templateId: client.parts.subject.templateId,
      clientId: client.name,
      baseVersion: edit.baseVersion,
      headVersion,
      resolution: client.parts.random.pick(["CLIENT_WINS", "SERVER_WINS"]),
      clientOperations: edit.operations,
    };
    const outcome = await client.send(RESOLVE_CONFLICT, input);
    this.#answered({ ...edit, onConflict: "MERGE" }, outcome);
  }

  /** Undoes or redoes, under a batch id by which it is found again, until that is answered. */
  async #moveAlongLine(): Promise<void> {
    const { client } = this;
    const { random, subject, timeline } = client.parts;
    const direction = random.chance(this.#hasUndone ? 0.3 : 0.9) ? "undo" : "redo";
    this.#count += 1;
    const batchId = `${client.name}.${this.#count}`;
    const step = { templateId: subject.templateId, clientId: client.name, batchId };
    const document = moveAlongLine(direction);
    const outcome = await client.send(document, step);
    subject.ledger.acknowledged(client.name, outcome.operations ?? []);
    this.#hasUndone = direction === "undo" && outcome.__typename === "OperationsApplied";
    if (outcome.__typename !== "OperationsApplied" || random.chance(0.7)) return;
    const again = await client.send(document, step);
    subject.ledger.acknowledged(client.name, again.operations ?? []);
    if (again.newVersion !== outcome.newVersion) {
      const told = `${direction} ${batchId}, sent again, was answered ${again.__typename}`;
      timeline.violate(
        "FAIL-1",
        `${told} at ${again.newVersion}, and before ${outcome.newVersion}`,
      );
    }
  }

  /** Asks any node for the version, which is not below what anybody was told before. */
  async #look(): Promise<void> {
    const { nodes, random, subject, timeline } = this.client.parts;
    const acknowledged = subject.ledger.newestAcknowledged;
    const { templateId: id, token } = subject;
    const node = random.pick(nodes);
    try {
      const { template } = await request<{ template: { version: number } }>(
        node,
        timeline,
        token,
        READ_VERSION,
        { id },
      );
      if (template.version < acknowledged) {
        const seen = `${node.name} showed version ${template.version} after ${acknowledged}`;
        timeline.violate("FAIL-7", seen);
      }
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
    }
  }

  #answered({ baseVersion, onConflict, operations }: Edit, outcome: Outcome): void {
    const { name, parts } = this.client;
    parts.subject.ledger.acknowledged(name, outcome.operations ?? []);
    if (outcome.__typename !== "RequestError") return;
    const { code, message } = outcome;
    // What was drawn on an older version may not apply to the head; under REJECT that is a conflict instead.
    const isStale = code === "INVALID_OPERATION" && onConflict !== "REJECT";
    if (isStale || code === "RATE_LIMITED") return;
    const what = `${operations[0]?.id}, ${onConflict} on ${baseVersion},`;
    parts.timeline.violate("FAIL-4", `${what} was refused with ${code}: ${message}`);
  }
}
