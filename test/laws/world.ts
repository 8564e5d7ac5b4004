/**
 * A server and its clients as plain values: clients edit, send one batch at a time, and receive the log in order, all
 * in whatever order a history says. Every step checks what must hold then and throws `LawBroken` where it does not.
 */
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { Json } from "../../src/domain/json.js";
import { unbounded } from "../../src/domain/limits.js";
import { operationsBetween } from "../../src/domain/diff/diff.js";
import type { ClientRules } from "../../src/domain/client/predict.js";
import {
  insisting,
  insistingInFlight,
  receiveCommits,
} from "../../src/domain/client/receiveCommits.js";
import {
  edited,
  givenUp,
  localState,
  sent,
  type LocalState,
} from "../../src/domain/client/localState.js";
import { ruledMerge, type MergeRule } from "../../src/domain/merge/judging/mergeRules.js";
import {
  lastWriterWins,
  reportCollisions,
  type Judge,
} from "../../src/domain/merge/judging/verdict.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import { sameJson } from "../../src/domain/text/richText.js";
import { LawBroken } from "./lawBroken.js";
import { WorldServer, type Batch } from "./worldServer.js";

export type Step =
  | { readonly kind: "edit"; readonly client: number; readonly operation: OperationContent }
  /** The client's pending operations leave as one batch, unless one is on its way. */
  | { readonly kind: "send"; readonly client: number }
  /** The batch reaches the server and is decided. */
  | { readonly kind: "arrive"; readonly client: number }
  /** So many commits reach the client at once. */
  | { readonly kind: "receive"; readonly client: number; readonly commits: number }
  | { readonly kind: "undo" | "redo"; readonly client: number };

interface Client {
  readonly rules: ClientRules;
  local: LocalState;
  batch: Batch | undefined;
  /** What the client does about conflicts. */
  readonly insists: boolean;
}

export type Policy = "MERGE" | "LAST_WRITER_WINS" | "RULES";

/** Each policy for something, so that a batch meets several. */
const rules: readonly MergeRule[] = [
  { elementType: "*", property: "*", policy: "LAST_WRITER" },
  { elementType: "rect", property: "*", policy: "SERVER" },
  { elementType: "text", property: "*", policy: "CLIENT" },
  { elementType: "group", property: "fill", policy: "REJECT" },
];

const judges: Readonly<Record<Policy, Judge>> = {
  MERGE: reportCollisions,
  LAST_WRITER_WINS: lastWriterWins(0),
  RULES: ruledMerge(rules, 0),
};

/** Few, so that many writes are of one instant. */
const INSTANTS = 5;

const CHANGES_CHECKED_EVERY = 4;

export class World {
  readonly clients: Client[];
  private readonly server: WorldServer;
  private count = 0;

  constructor(design: Design, clients = 3, policy: Policy = "MERGE") {
    const judge = judges[policy];
    this.server = new WorldServer(design, judge);
    this.clients = Array.from({ length: clients }, (_, index) => ({
      rules: { judge, clientId: `${index}` },
      local: localState(1, this.server.document),
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
        return this.server.invert(step.client, step.kind);
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
    const { document } = this.server;
    for (const [index, { local }] of this.clients.entries()) {
      if (!sameContent(local.document, document)) throw new LawBroken(`client ${index} diverged`);
    }
    this.server.expectRefused();
    if (wholly) this.server.expectExact();
  }

  private isBusy({ local }: Client): boolean {
    return (
      local.inFlight !== undefined ||
      local.pending.length > 0 ||
      local.confirmed.version < this.server.version
    );
  }

  private edit(index: number, operation: OperationContent): void {
    const client = this.clients[index]!;
    this.count += 1;
    const id = `${index}-${this.count}`;
    const made = edited(client.local, {
      ...operation,
      id,
      timestamp: -((this.count * 7) % INSTANTS),
    });
    if (made.ok) client.local = made.value;
  }

  private send(index: number): void {
    const client = this.clients[index]!;
    const { pending, inFlight } = client.local;
    if (inFlight !== undefined || pending.length === 0) return;
    client.local = sent(client.local, pending.length);
    const { baseVersion, operations } = client.local.inFlight!;
    const incoming = operations.map((operation) => ({ ...operation, requestHash: operation.id }));
    client.batch = { client: index, baseVersion, operations: incoming };
  }

  private arrive(index: number): void {
    const { batch } = this.clients[index]!;
    if (batch !== undefined) this.server.arrive(batch);
  }

  private receive(index: number, commits: number): void {
    const client = this.clients[index]!;
    const from = client.local.confirmed.version - 1;
    let end = from;
    for (let count = 0; count < commits && end < this.server.log.length; count += 1) {
      const { batchId } = this.server.log[end]!;
      while (this.server.log[end]?.batchId === batchId) end += 1;
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
      const commits = this.server.log.slice(client.local.confirmed.version - 1, end);
      if (commits.length === 0) return;
      const step = receiveCommits(client.local, commits, client.rules);
      client.local = step.local;
      this.expectChanges(before, step.local.document);
      if (step.obstacle?.of !== "pending") return;
      const colliding = step.obstacle.collisions.map(({ clientOperation }) => clientOperation);
      client.local = client.insists
        ? insisting(client.local, end + 1)
        : givenUp(client.local, colliding).local;
    }
  }

  /** What a view is told leads from what it showed to what it has to show. Now and then, since it takes long. */
  private expectChanges(before: Document, after: Document): void {
    if (this.server.version % CHANGES_CHECKED_EVERY !== 0) return;
    if (!sameContent(applied(before, operationsBetween(before, after)), after)) {
      throw new LawBroken("the changes do not lead to the new document");
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
      const logged = this.server.byId.get(row.id);
      if (logged === undefined || contentText(logged) !== contentText(row)) {
        throw new LawBroken(`logged as ${logged && contentText(logged)}: ${contentText(row)}`);
      }
    }
  }

  private answerConflict(client: Client, head: number, reported: readonly string[]): void {
    const batch = client.batch!;
    const { operations, insisted } = batch;
    const isOutdated = insisted !== undefined && insisted < head;
    if (client.insists && (isOutdated || (insisted === undefined && reported.length > 0))) {
      client.batch = {
        client: batch.client,
        baseVersion: batch.baseVersion,
        operations,
        insisted: head,
      };
      client.local = insistingInFlight(client.local, head, client.rules).local;
      return;
    }
    const ids = reported.length > 0 ? reported : operations.map(({ id }) => id);
    client.local = givenUp(client.local, ids).local;
    client.batch = undefined;
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
