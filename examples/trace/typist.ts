/**
 * One agent of a trace at the keyboard: a client of its own, whose copy shows of the others' work what the agent had
 * seen when it typed. The server's changes arrive as they come; the typist looks at them only as far as the trace
 * says, as if the network were that slow, and types on meanwhile.
 */
import { TemplateClient } from "../../src/client/templateClient.js";
import type { CommittedOperation, TemplateTransport } from "../../src/client/transport.js";
import { deltaOn } from "./elsewhere.js";
import { patchDelta } from "./patchDelta.js";
import type { Score } from "./score.js";
import { editOf, textDesign, textIn } from "./textDesign.js";

/** Transactions in one go; then everybody else has a turn. */
const TURN = 50;
/** More is not typed ahead of the server. */
const UNCOMMITTED_MAX = 1_000;
const BATCH_OPERATIONS_MAX = 500;

export interface Stage {
  readonly score: Score;
  /** Of each transaction, whether any client was told that it is committed. */
  readonly committed: boolean[];
  /** Something was committed or typed: everybody may look again. */
  readonly moved: () => void;
  readonly failed: (error: unknown) => void;
}

export class Typist {
  readonly client: TemplateClient;
  private readonly inbox: CommittedOperation[] = [];
  private looked = 0;
  private typed = 0;
  /** Transactions of each agent that the copy shows. */
  private readonly seen: number[];
  /** Transactions that were typed on more than the trace's agent had seen. */
  private seenMore = 0;

  constructor(
    private readonly agent: number,
    private readonly stage: Stage,
    transport: TemplateTransport,
  ) {
    const { trace, ties } = stage.score;
    this.seen = Array.from({ length: trace.agents }, () => 0);
    this.client = new TemplateClient({
      transport,
      start: { version: 1, design: textDesign(trace.startContent) },
      newId: () => operationId(this.own[this.typed]!),
      now: Date.now,
      batchOperationsMax: BATCH_OPERATIONS_MAX,
      ready: ({ id }) => ties.earlier[transactionOf(id)]!.every((each) => stage.committed[each]),
      onConflict: (conflict) => {
        throw new Error(`typing never collides, and did: ${conflict.message}`);
      },
      onGone: (_ids, { message }) => stage.failed(new Error(`an edit was refused: ${message}`)),
      onFailure: stage.failed,
    });
  }

  get text(): string {
    return textIn(this.client.document);
  }

  get typedElsewhere(): number {
    return this.seenMore;
  }

  /** Everything is typed, and every transaction of everybody is in the copy. */
  get isDone(): boolean {
    const all = this.stage.score.trace.transactions.length;
    return this.typed === this.own.length && this.client.version === 1 + all;
  }

  /** What the subscription brought. */
  deliver(commits: readonly CommittedOperation[]): void {
    for (const commit of commits) {
      this.inbox.push(commit);
      this.stage.committed[transactionOf(commit.id)] = true;
    }
    this.stage.moved();
  }

  /** Looks and types as far as the trace allows by now; whether there may be more to do at once. */
  takeTurn(): boolean {
    for (let count = 0; count < TURN; count += 1) {
      this.look();
      if (!this.mayType()) {
        this.client.flush();
        return false;
      }
      this.type(this.own[this.typed]!);
    }
    return true;
  }

  private get own(): readonly number[] {
    return this.stage.score.causality.byAgent[this.agent]!;
  }

  /** Takes what came as far as the next transaction's author had seen it; when all is typed, everything. */
  private look(): void {
    const from = this.looked;
    while (this.looked < this.inbox.length) {
      const transaction = transactionOf(this.inbox[this.looked]!.id);
      const { agent } = this.stage.score.trace.transactions[transaction]!;
      if (agent !== this.agent && this.hasSeenEnough()) break;
      this.seen[agent]! += 1;
      this.looked += 1;
    }
    if (this.looked > from) this.client.receive(this.inbox.slice(from, this.looked));
  }

  private mayType(): boolean {
    if (this.typed === this.own.length || !this.hasSeenEnough()) return false;
    // Where something came that may not be looked at yet, only typing leads on.
    return this.client.uncommitted < UNCOMMITTED_MAX || this.looked < this.inbox.length;
  }

  private hasSeenEnough(): boolean {
    const next = this.own[this.typed];
    if (next === undefined) return false;
    const view = this.stage.score.causality.views[next]!;
    return view.every((known, agent) => agent === this.agent || this.seen[agent]! >= known);
  }

  private type(transaction: number): void {
    const { trace, causality, characters } = this.stage.score;
    const view = causality.views[transaction]!;
    const isAsInTrace = view.every(
      (known, agent) => agent === this.agent || this.seen[agent] === known,
    );
    const own = this.seen.map((known, agent) => (agent === this.agent ? this.typed : known));
    const delta = isAsInTrace
      ? patchDelta(this.text, trace.transactions[transaction]!.patches, trace.isBasic)
      : deltaOn(characters, transaction, own);
    if (!isAsInTrace) this.seenMore += 1;
    const edited = this.client.edit(editOf(delta));
    if (!edited.ok) throw new Error(`transaction ${transaction}: ${edited.error.message}`);
    this.typed += 1;
  }
}

function operationId(transaction: number): string {
  return `transaction-${transaction}`;
}

function transactionOf(operationId: string): number {
  return Number(operationId.slice("transaction-".length));
}
