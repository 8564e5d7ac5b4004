/**
 * The server of a world: the log, what it makes of batches and of undo, and what must hold of all that whoever the
 * clients are.
 */
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { jsonValues } from "../../src/domain/document/size.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { Json } from "../../src/domain/json.js";
import type {
  Authorship,
  DocumentState,
  IncomingOperation,
} from "../../src/domain/history/append.js";
import { decide } from "../../src/domain/merge/decide.js";
import { replay } from "../../src/domain/history/replay.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import { merge } from "../../src/domain/merge/merge.js";
import type { MergeOutcome } from "../../src/domain/merge/mergeInput.js";
import { clientWins, type Judge } from "../../src/domain/merge/judging/verdict.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import { invertNewest } from "./invertNewest.js";
import { LawBroken } from "./lawBroken.js";
import { versionMistold } from "./walkBack.js";

export interface Batch {
  /** Which client sent it. */
  readonly client: number;
  readonly baseVersion: number;
  readonly operations: readonly IncomingOperation[];
  /** The head on which somebody chose that the batch stays, whatever it collides with. */
  readonly insisted?: number;
  /** What the server decided, on top of this version: whether it took the batch, and what it reported. */
  decided?: {
    readonly accepted: boolean;
    readonly head: number;
    readonly reported: readonly string[];
  };
}

const sha256 = () => "";

export class WorldServer {
  readonly log: LoggedOperation[] = [];
  readonly byId = new Map<string, LoggedOperation>();
  private readonly start: DocumentState;
  private state: DocumentState;
  private readonly refused: Batch[] = [];
  private undos = 0;

  /** `judge` is asked about what collides. */
  constructor(
    design: Design,
    private readonly judge: Judge,
  ) {
    this.start = { version: 1, versionHash: "", document: documentOf(design) };
    this.state = this.start;
  }

  get version(): number {
    return this.state.version;
  }

  get document(): Document {
    return this.state.document;
  }

  /** Decides a batch when it arrives for the first time; later ones are retries. */
  arrive(batch: Batch): void {
    if (batch.decided !== undefined) {
      if (batch.insisted === undefined) this.expectSame(batch);
    } else if (batch.insisted === undefined) this.propose(batch);
    else this.resolve(batch, batch.insisted);
  }

  /** Undoes or redoes what the client did last, where that collides with nothing. */
  invert(client: number, direction: "undo" | "redo"): void {
    const { state, log } = this;
    this.undos += 1;
    const outcome = invertNewest({ state, log, person: `${client}`, direction, id: this.undos });
    if (outcome?.kind === "undone") this.commit(outcome.appended.operations, outcome.appended.next);
    if (outcome?.kind === "refused") {
      throw new LawBroken(`${direction} is refused: ${outcome.refusal.failure.message}`);
    }
  }

  /** The log alone, read back, gives the state, and tells what was on the pages at every version before. */
  expectExact(): void {
    const { document } = this.state;
    const carried = JSON.parse(JSON.stringify(this.log)) as LoggedOperation[];
    if (canonical(replay(this.start, carried).document) !== canonical(document)) {
      throw new LawBroken("the replayed log is not the state");
    }
    const design = designOf(document);
    const isMeasured = document.values === jsonValues(design as unknown as Json);
    if (!isMeasured || document.bytes !== Buffer.byteLength(JSON.stringify(design))) {
      throw new LawBroken("the size of the document is not exact");
    }
    const version = versionMistold(this.start.document, carried);
    if (version !== undefined) throw new LawBroken(`version ${version} is told otherwise`);
  }

  /** What collided once still does, unless its operations were sent again in another batch and are in the log. */
  expectRefused(): void {
    for (const batch of this.refused) {
      if (!batch.operations.some(({ id }) => this.byId.has(id))) this.expectSame(batch);
    }
  }

  /** A retry is answered as the first time: here nothing meets a limit, and only limits can turn in its favour. */
  private expectSame(batch: Batch): void {
    const { kind } = this.decide(batch);
    if (kind !== (batch.decided!.accepted ? "duplicate" : "conflict")) {
      throw new LawBroken(`a retry is ${kind}`);
    }
  }

  private propose(batch: Batch): void {
    const head = this.version;
    const decision = this.decide(batch);
    if (decision.kind === "accepted") {
      batch.decided = { accepted: true, head, reported: [] };
      this.commit(decision.appended.operations, decision.appended.next);
    } else if (decision.kind === "conflict") {
      const reported = reportedIn(this.merged(batch, this.judge));
      batch.decided = { accepted: false, head, reported };
      this.refused.push(batch);
    } else throw new LawBroken(`a new batch is ${decision.kind}`);
  }

  /** CLIENT_WINS, as far as the choice was made on this head. */
  private resolve(batch: Batch, insisted: number): void {
    const head = this.version;
    const isCurrent = insisted === head;
    const outcome = this.merged(batch, isCurrent ? clientWins : this.judge);
    if (isCurrent && outcome.kind === "merged") {
      batch.decided = { accepted: true, head, reported: [] };
      this.commit(outcome.appended.operations, outcome.appended.next);
    } else batch.decided = { accepted: false, head, reported: reportedIn(outcome) };
  }

  private decide(batch: Batch) {
    return decide(
      {
        authorship: authorshipOf(batch),
        policy: { kind: "merge", judge: this.judge },
        operations: batch.operations,
      },
      {
        state: this.state,
        history: () => this.log.slice(batch.baseVersion - 1),
        known: (id) => this.byId.get(id),
        sha256,
        limits: defaultDomainLimits,
      },
    );
  }

  private merged(batch: Batch, judge: Judge) {
    return merge({
      state: this.state,
      operations: batch.operations,
      history: this.log.slice(batch.baseVersion - 1),
      judge,
      whole: (id) => this.byId.get(id),
      settings: { authorship: authorshipOf(batch), sha256, limits: defaultDomainLimits },
      clockSkewMsMax: 0,
    });
  }

  private commit(operations: readonly LoggedOperation[], next: DocumentState): void {
    for (const operation of operations) {
      if (this.byId.has(operation.id)) throw new LawBroken(`${operation.id} is in the log twice`);
      this.byId.set(operation.id, operation);
      this.log.push(operation);
    }
    this.state = next;
  }
}

/** Ids of the operations that collide. */
function reportedIn(outcome: MergeOutcome): readonly string[] {
  if (outcome.kind !== "collides") return [];
  return outcome.collisions.map(({ clientOperation }) => clientOperation);
}

function authorshipOf({ client, baseVersion, operations }: Batch): Authorship {
  return {
    baseVersion,
    batchId: operations[0]!.id,
    userId: `user ${client}`,
    clientId: `${client}`,
    sessionSequence: null,
    serverTimestamp: 0,
  };
}

/** The canonical text of what a document holds. */
function canonical(document: Document): string {
  return canonicalJson(designOf(document));
}
