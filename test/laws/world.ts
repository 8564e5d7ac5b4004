/**
 * A server and its clients as plain values: clients edit, send one batch at a time, and receive the log in order, all
 * in whatever order a history says. Every step checks what must hold then and throws `LawBroken` where it does not.
 */
import { canonicalJson } from "../../src/domain/document/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type {
  Authorship,
  DocumentState,
  IncomingOperation,
} from "../../src/domain/history/append.js";
import { decide } from "../../src/domain/history/decide.js";
import { replay } from "../../src/domain/history/replay.js";
import type { Json } from "../../src/domain/json.js";
import { defaultDomainLimits, unbounded } from "../../src/domain/limits.js";
import { operationsBetween } from "../../src/domain/history/diff.js";
import { received } from "../../src/domain/merge/incoming.js";
import {
  edited,
  givenUp,
  insisting,
  insistingInFlight,
  localState,
  sent,
  type LocalState,
} from "../../src/domain/merge/localState.js";
import { merge } from "../../src/domain/merge/merge.js";
import { clientWins, reportCollisions } from "../../src/domain/merge/verdict.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import { invertNewest } from "./invertNewest.js";
import { versionMistold } from "./walkBack.js";
import { sameJson } from "../../src/domain/text/richText.js";

export class LawBroken extends Error {}

export type Step =
  | { readonly kind: "edit"; readonly client: number; readonly operation: OperationContent }
  /** The client's pending operations leave as one batch, unless one is on its way. */
  | { readonly kind: "send"; readonly client: number }
  /** The batch reaches the server and is decided. */
  | { readonly kind: "arrive"; readonly client: number }
  /** So many commits reach the client at once. */
  | { readonly kind: "receive"; readonly client: number; readonly commits: number }
  | { readonly kind: "undo" | "redo"; readonly client: number };

interface Batch {
  readonly baseVersion: number;
  readonly operations: readonly IncomingOperation[];
  /** The head on which somebody chose that the batch stays, whatever it collides with. */
  insisted?: number;
  /** What the server decided, on top of this version: whether it took the batch, and what it reported. */
  decided?: {
    readonly accepted: boolean;
    readonly head: number;
    readonly reported: readonly string[];
  };
}

interface Client {
  local: LocalState;
  batch: Batch | undefined;
  /** What the client does about conflicts. */
  readonly insists: boolean;
}

const rules = { judge: reportCollisions, clientId: null };

const sha256 = () => "";

export class World {
  readonly clients: Client[];
  private readonly start: DocumentState;
  private state: DocumentState;
  private readonly log: LoggedOperation[] = [];
  private readonly byId = new Map<string, LoggedOperation>();
  private count = 0;

  constructor(design: Design, clients = 3) {
    this.start = { version: 1, versionHash: "", document: documentOf(design) };
    this.state = this.start;
    this.clients = Array.from({ length: clients }, (_, index) => ({
      local: localState(1, this.start.document),
      batch: undefined,
      insists: index === 2,
    }));
  }

  /** Takes the step; one that makes no sense by now changes nothing. */
  take(step: Step): void {
    switch (step.kind) {
      case "edit":
        return this.edit(step.client, step.operation);
      case "send":
        return this.send(step.client);
      case "arrive":
        return this.arrive(step.client);
      case "receive":
        return this.receive(step.client, step.commits);
      case "undo":
      case "redo":
        return this.invert(step.client, step.kind);
    }
  }

  /** Lets everything on its way arrive, and checks that all hold the same; `wholly` reads the log back, too. */
  finish(wholly = true): void {
    for (let round = 0; this.clients.some((client) => this.isBusy(client)); round += 1) {
      if (round > 100) throw new LawBroken("the clients never come to rest");
      for (const index of this.clients.keys()) {
        this.send(index);
        this.arrive(index);
        this.receive(index, Infinity);
      }
    }
    const { document } = this.state;
    for (const [index, { local }] of this.clients.entries()) {
      if (!sameContent(local.document, document)) throw new LawBroken(`client ${index} diverged`);
    }
    if (wholly) this.expectExact();
  }

  /** The log alone, read back, gives the state. */
  private expectExact(): void {
    const { document } = this.state;
    const carried = JSON.parse(JSON.stringify(this.log)) as LoggedOperation[];
    if (canonical(replay(this.start, carried).document) !== canonical(document)) {
      throw new LawBroken("the replayed log is not the state");
    }
    if (
      this.state.document.bytes !== Buffer.byteLength(JSON.stringify(designOf(this.state.document)))
    ) {
      throw new LawBroken("the size of the document is not exact");
    }
    const version = versionMistold(this.start.document, carried);
    if (version !== undefined) throw new LawBroken(`version ${version} is told otherwise`);
  }

  private isBusy({ local }: Client): boolean {
    return (
      local.inFlight !== undefined ||
      local.pending.length > 0 ||
      local.confirmed.version < this.state.version
    );
  }

  private edit(index: number, operation: OperationContent): void {
    const client = this.clients[index]!;
    this.count += 1;
    const id = `${index}-${this.count}`;
    const made = edited(client.local, { ...operation, id, timestamp: null });
    if (made.ok) client.local = made.value;
  }

  private send(index: number): void {
    const client = this.clients[index]!;
    const { pending, inFlight } = client.local;
    if (inFlight !== undefined || pending.length === 0) return;
    client.local = sent(client.local, pending.length);
    const { baseVersion, operations } = client.local.inFlight!;
    const incoming = operations.map((operation) => ({ ...operation, requestHash: operation.id }));
    client.batch = { baseVersion, operations: incoming };
  }

  private arrive(index: number): void {
    const { batch } = this.clients[index]!;
    if (batch === undefined) return;
    const decision = batch.insisted === undefined ? this.decide(index, batch) : undefined;
    if (batch.decided !== undefined) {
      if (decision === undefined) return;
      // Here nothing meets a limit, and only limits can turn in favour of a batch that was refused.
      const expected = batch.decided.accepted ? "duplicate" : "conflict";
      if (decision.kind !== expected) throw new LawBroken(`a retry is ${decision.kind}`);
      return;
    }
    const head = this.state.version;
    if (decision?.kind === "accepted") {
      batch.decided = { accepted: true, head, reported: [] };
      this.commit(decision.appended.operations, decision.appended.next);
      return;
    }
    if (decision !== undefined && decision.kind !== "conflict") {
      throw new LawBroken(`a new batch is ${decision.kind}`);
    }
    const isResolved = batch.insisted === head;
    const outcome = this.merged(index, batch, isResolved);
    if (isResolved && outcome.kind === "merged") {
      batch.decided = { accepted: true, head, reported: [] };
      this.commit(outcome.appended.operations, outcome.appended.next);
      return;
    }
    const collisions = outcome.kind === "collides" ? outcome.collisions : [];
    const reported = collisions.map(({ clientOperation }) => clientOperation);
    batch.decided = { accepted: false, head, reported };
  }

  private decide(index: number, batch: Batch) {
    return decide(
      {
        authorship: authorshipOf(index, batch),
        policy: { kind: "merge", judgeOn: () => reportCollisions },
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

  private merged(index: number, batch: Batch, isResolved: boolean) {
    return merge({
      state: this.state,
      operations: batch.operations,
      history: this.log.slice(batch.baseVersion - 1),
      judge: isResolved ? clientWins : reportCollisions,
      whole: (id) => this.byId.get(id),
      settings: { authorship: authorshipOf(index, batch), sha256, limits: defaultDomainLimits },
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

  private receive(index: number, commits: number): void {
    const client = this.clients[index]!;
    const from = client.local.confirmed.version - 1;
    let end = from;
    for (let count = 0; count < commits && end < this.log.length; count += 1) {
      const { batchId } = this.log[end]!;
      while (this.log[end]?.batchId === batchId) end += 1;
    }
    const { decided } = client.batch ?? {};
    if (decided !== undefined && decided.head - 1 <= end) {
      this.deliver(client, decided.head - 1);
      this.expectFate(client);
    }
    this.deliver(client, end);
    if (client.local.inFlight === undefined) client.batch = undefined;
  }

  /** Lets the client take the log up to a place, and choose where what waits collides. */
  private deliver(client: Client, end: number): void {
    for (;;) {
      const before = client.local.document;
      const commits = this.log.slice(client.local.confirmed.version - 1, end);
      if (commits.length === 0) return;
      const step = received(client.local, commits, rules);
      client.local = step.local;
      const changes = operationsBetween(before, step.local.document);
      if (!sameContent(applied(before, changes), step.local.document)) {
        throw new LawBroken("the changes do not lead to the new document");
      }
      if (step.obstacle?.of !== "pending") return;
      const colliding = step.obstacle.collisions.map(({ clientOperation }) => clientOperation);
      client.local = client.insists
        ? insisting(client.local, end + 1)
        : givenUp(client.local, colliding).local;
    }
  }

  /** The server took the batch as the client foretold, or refused it where the client stands still. */
  private expectFate(client: Client): void {
    const { local, batch } = client;
    const { accepted, head, reported } = batch!.decided!;
    if (local.inFlight === undefined) return;
    // A choice made on an older head is asked for again, whether or not anything more collides.
    if (batch!.insisted !== undefined && !accepted) {
      return this.answerConflict(client, head, reported);
    }
    if (accepted !== (local.confirmed.version === head)) {
      throw new LawBroken(
        accepted
          ? "the client stood still before what the server took"
          : "the client took what was refused",
      );
    }
    if (!accepted) return this.answerConflict(client, head, reported);
    for (const row of local.inFlight.rows) {
      const logged = this.byId.get(row.id);
      if (logged === undefined || contentText(logged) !== contentText(row)) {
        throw new LawBroken(`logged as ${logged && contentText(logged)}: ${contentText(row)}`);
      }
    }
  }

  private answerConflict(client: Client, head: number, reported: readonly string[]): void {
    const { baseVersion, operations, insisted } = client.batch!;
    const isOutdated = insisted !== undefined && insisted < head;
    if (client.insists && (isOutdated || (insisted === undefined && reported.length > 0))) {
      client.batch = { baseVersion, operations, insisted: head };
      client.local = insistingInFlight(client.local, head);
      return;
    }
    const ids = reported.length > 0 ? reported : operations.map(({ id }) => id);
    client.local = givenUp(client.local, ids).local;
    client.batch = undefined;
  }

  private invert(index: number, direction: "undo" | "redo"): void {
    this.count += 1;
    const { state, log } = this;
    const outcome = invertNewest({ state, log, person: `${index}`, direction, id: this.count });
    if (outcome?.kind === "undone") this.commit(outcome.appended.operations, outcome.appended.next);
    if (outcome?.kind === "refused") {
      throw new LawBroken(`${direction} is refused: ${outcome.refusal.failure.message}`);
    }
  }
}

function authorshipOf(index: number, { baseVersion, operations }: Batch): Authorship {
  return {
    baseVersion,
    batchId: operations[0]!.id,
    userId: `user ${index}`,
    clientId: `${index}`,
    sessionSequence: null,
    serverTimestamp: 0,
  };
}

function applied(document: Document, changes: readonly OperationContent[]): Document {
  return changes.reduce((current, change) => {
    const result = applyOperation(current, change, unbounded);
    if (!result.ok) throw new LawBroken(`a change does not apply: ${result.error.message}`);
    return result.value;
  }, document);
}

function contentText({ type, target, payload }: OperationContent): string {
  return canonicalJson({ type, target: { ...target } as Json, payload });
}

/** Cheap where the documents share most of what they hold. */
export function sameContent(a: Document, b: Document): boolean {
  return sameJson(designOf(a), designOf(b));
}

/** The canonical text of what a document holds. */
function canonical(document: Document): string {
  return canonicalJson(designOf(document));
}
