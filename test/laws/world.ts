/**
 * A server and its clients as plain values: clients edit, send one batch at a time, and receive the log in order, all
 * in whatever order a history says. Every step checks what must hold then and throws `LawBroken` where it does not.
 */
import { canonicalJson } from "../../src/domain/document/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { DocumentState, IncomingOperation } from "../../src/domain/history/append.js";
import { decide } from "../../src/domain/history/decide.js";
import { replay } from "../../src/domain/history/replay.js";
import type { Json } from "../../src/domain/json.js";
import { defaultDomainLimits, unbounded } from "../../src/domain/limits.js";
import { edited, incoming, localState, type LocalState } from "../../src/domain/merge/incoming.js";
import { reportCollisions } from "../../src/domain/merge/verdict.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import { invertNewest } from "./invertNewest.js";
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
  /** What the server decided, on top of this version. */
  decided?: { readonly accepted: boolean; readonly head: number };
}

interface Client {
  local: LocalState;
  batch: Batch | undefined;
}

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
    this.clients = Array.from({ length: clients }, () => ({
      local: localState(1, this.start.document),
      batch: undefined,
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
  }

  private isBusy({ local, batch }: Client): boolean {
    return (
      batch !== undefined ||
      local.pending.length > 0 ||
      local.confirmed.version < this.state.version
    );
  }

  private edit(index: number, operation: OperationContent): void {
    const client = this.clients[index]!;
    this.count += 1;
    const id = `${index}-${this.count}`;
    const made = edited(client.local, { ...operation, id, timestamp: null, requestHash: id });
    if (made.ok) client.local = made.value;
  }

  private send(index: number): void {
    const client = this.clients[index]!;
    const { pending, confirmed } = client.local;
    if (client.batch !== undefined || pending.length === 0) return;
    client.batch = { baseVersion: confirmed.version, operations: pending };
  }

  private arrive(index: number): void {
    const { batch } = this.clients[index]!;
    if (batch === undefined) return;
    const decision = decide(
      {
        authorship: {
          baseVersion: batch.baseVersion,
          batchId: batch.operations[0]!.id,
          userId: `user ${index}`,
          clientId: `${index}`,
          sessionSequence: null,
          serverTimestamp: 0,
        },
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
    if (batch.decided !== undefined) {
      // Here nothing meets a limit, and only limits can turn in favour of a batch that was refused.
      const expected = batch.decided.accepted ? "duplicate" : "conflict";
      if (decision.kind !== expected) throw new LawBroken(`a retry is ${decision.kind}`);
      return;
    }
    const head = this.state.version;
    batch.decided = { accepted: decision.kind === "accepted", head };
    if (decision.kind === "accepted") {
      this.commit(decision.appended.operations, decision.appended.next);
    } else if (decision.kind !== "conflict") {
      throw new LawBroken(`a new batch is ${decision.kind}`);
    }
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
    const fated = Math.min(Math.max(from, this.fateOf(client) - 1), end);
    this.deliver(client, this.log.slice(from, fated));
    this.expectFate(client);
    this.deliver(client, this.log.slice(fated, end));
    const { batch } = client;
    if (batch?.decided === undefined) return;
    const seen = batch.decided.accepted ? batch.decided.head + 1 : batch.decided.head;
    if (client.local.confirmed.version >= seen) client.batch = undefined;
  }

  private deliver(client: Client, commits: readonly LoggedOperation[]): void {
    if (commits.length === 0) return;
    const before = client.local.document;
    const { local, changes } = incoming(client.local, commits);
    client.local = local;
    if (!sameContent(applied(before, changes), local.document)) {
      throw new LawBroken("the changes do not lead to the new document");
    }
  }

  /** The version on which the client's batch was decided; beyond all where it was not. */
  private fateOf({ batch }: Client): number {
    return batch?.decided?.head ?? Infinity;
  }

  /** The server took the batch as the client shows it, or refused it where the client had to drop something. */
  private expectFate({ local, batch }: Client): void {
    if (batch?.decided?.head !== local.confirmed.version) return;
    const { accepted } = batch.decided;
    const expected = batch.operations.map(({ id }) => local.pending.find((one) => one.id === id));
    if (accepted === expected.includes(undefined)) {
      throw new LawBroken(
        accepted ? "the client dropped what the server took" : "the client kept what was refused",
      );
    }
    if (!accepted) return;
    for (const content of expected) {
      const logged = this.byId.get(content!.id)!;
      if (contentText(logged) !== contentText(content!)) {
        throw new LawBroken(`logged as ${contentText(logged)}: ${contentText(content!)}`);
      }
    }
  }

  private invert(index: number, direction: "undo" | "redo"): void {
    this.count += 1;
    const { state, log } = this;
    const outcome = invertNewest({ state, log, person: `${index}`, direction, id: this.count });
    if (outcome?.kind === "undone") this.commit(outcome.appended.operations, outcome.appended.next);
  }
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
