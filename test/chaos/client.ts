/**
 * A client: it opens a template, follows it with a copy of its own, edits it, and goes on from the version it has
 * whatever breaks. It knows the public API and nothing else.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { request, untilAnswered, type Variables } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import { Copy, textOf } from "./copy.js";
import type { Outcome, ShownOperation, State, TemplateChange } from "./documents.js";
import { Membership } from "./membership.js";
import type { ClientParts } from "./clientParts.js";
import { subscribe } from "./subscription.js";

const RECONNECT_MS_MAX = 300;

export class ChaosClient {
  readonly copy: Copy;
  /** How far this client's clock is from ours, in milliseconds. */
  clockSkewMs = 0;
  /** The sessions that it was told are here. */
  readonly here = new Set<string>();
  /** The texts of operations that were handed over since the last check, and the version before them. */
  #delivered: string[] = [];
  #deliveredFrom: number;
  /** The node it talks to first. */
  #home: number;
  #unsubscribe: (() => void) | undefined;
  #isClosed = false;

  private constructor(
    readonly name: string,
    readonly parts: ClientParts,
    state: State,
    private readonly membership: Membership | undefined,
  ) {
    this.copy = new Copy(state.version, state.designData);
    this.#deliveredFrom = state.version;
    this.#home = parts.nodes.indexOf(nodesFrom(parts)[0] as ChaosNode);
    this.#follow();
  }

  /** Opens the template as it is. */
  static async open(name: string, parts: ClientParts): Promise<ChaosClient> {
    const { timeline, subject } = parts;
    const acknowledged = subject.ledger.newestAcknowledged;
    const membership = new Membership(name, parts);
    const state = await membership.open(nodesFrom(parts));
    if (state.version < acknowledged) {
      const seen = `${name} read version ${state.version} after ${acknowledged} was acknowledged`;
      timeline.violate("FAIL-7", seen);
    }
    return new ChaosClient(name, parts, state, membership);
  }

  /** Comes back with a state that it kept. */
  static comeBack(name: string, parts: ClientParts, state: State): ChaosClient {
    return new ChaosClient(name, parts, state, undefined);
  }

  /** Undefined for one who only looks. */
  get sessionId(): string | undefined {
    return this.membership?.sessionId;
  }

  /** Sends it to the node of choice, to the next one where that has no answer, and so on until one has. */
  async send(query: string, input: Variables): Promise<Outcome> {
    const { nodes, timeline, subject } = this.parts;
    return untilAnswered(this.#nodesFromHome(), async (node, attempt) => {
      // A client that found a node silent stays with the one that answers.
      this.#home = nodes.indexOf(node);
      if (attempt > 0) timeline.note(`${this.name} tries ${node.name} (${attempt + 1})`);
      return (await request<{ outcome: Outcome }>(node, timeline, subject.token, query, { input }))
        .outcome;
    });
  }

  /** Asks one node once. Rejects with TryAgain. */
  sendOnce(query: string, input: Variables): Promise<{ readonly outcome: Outcome }> {
    const { nodes, timeline, subject } = this.parts;
    const node = nodes[this.#home] as ChaosNode;
    return request(node, timeline, subject.token, query, { input });
  }

  /** Hands what it was told since the last time to the ledger, which knows the log through that. */
  checkDelivered(): void {
    const { ledger } = this.parts.subject;
    ledger.checkDelivered(this.name, this.#deliveredFrom, this.#delivered);
    this.#deliveredFrom += this.#delivered.length;
    this.#delivered = [];
  }

  /** Goes to a node, as a load balancer would lead it after a while, and comes back there. */
  moveTo(node: ChaosNode): void {
    const home = this.parts.nodes.indexOf(node);
    if (home === this.#home) return;
    this.#home = home;
    // One that is on its way back finds the new place by itself.
    if (this.#unsubscribe !== undefined) this.#leaveNode();
  }

  /** Closes, and says so. */
  async leave(): Promise<void> {
    this.close();
    await this.membership?.leave(this.#nodesFromHome());
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
  }

  /** Keeps a subscription open, each time from the version it has, on the one node or the other. */
  #follow(): void {
    if (this.#isClosed) return;
    const { nodes, timeline, subject } = this.parts;
    const node = nodes[this.#home] as ChaosNode;
    // The first event names everybody anew.
    this.here.clear();
    this.#unsubscribe = subscribe({
      node,
      token: subject.token,
      templateId: subject.templateId,
      fromVersion: this.copy.version,
      received: (change) => this.#receive(node, change),
      presence: this.membership && {
        sessionToken: this.membership.token,
        received: ({ joined, left }) => {
          for (const { sessionId } of left) this.here.delete(sessionId);
          for (const { sessionId } of joined) this.here.add(sessionId);
        },
      },
      ended: (codes) => {
        if (codes.some((code) => code !== "UNAVAILABLE")) {
          timeline.violate("FAIL-4", `${node.name} ended a subscription with ${codes.join()}`);
        }
        if (nodes[this.#home] === node) this.#home = (this.#home + 1) % nodes.length;
        this.#leaveNode();
      },
    });
  }

  #leaveNode(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    void this.#comeBack(this.parts.random.between(0, RECONNECT_MS_MAX));
  }

  /** Joins again with the session it had, takes what it missed, and follows from there. */
  async #comeBack(afterMs: number): Promise<void> {
    await sleep(afterMs);
    if (this.#isClosed) return;
    const { timeline } = this.parts;
    try {
      const missed = await this.membership?.resume(this.#nodesFromHome(), this.copy.version);
      if (missed !== undefined) this.#take(missed, "missed operations");
      this.#follow();
    } catch (error) {
      timeline.violate("FAIL-8", `${this.name} could not come back: ${(error as Error).stack}`);
    }
  }

  #receive(
    { name }: ChaosNode,
    { kind, fromVersion, toVersion, operations }: TemplateChange,
  ): void {
    const { timeline } = this.parts;
    const event = `${kind} ${fromVersion}..${toVersion} from ${name}`;
    // The log reaches back to the first version throughout, so nobody needs a whole document.
    if (kind !== "OPERATIONS" || fromVersion !== this.copy.version) {
      timeline.violate("FAIL-3", `${this.name} at ${this.copy.version} was sent ${event}`);
      return;
    }
    this.#take(operations, event);
    if (this.copy.version !== toVersion) {
      timeline.violate("FAIL-3", `${this.name}, ${event}: it leads to ${this.copy.version}`);
    }
  }

  #take(operations: readonly ShownOperation[], event: string): void {
    for (const operation of operations) {
      const problem = this.copy.take(operation);
      if (problem !== undefined) {
        this.parts.timeline.violate("FAIL-3", `${this.name}, ${event}: ${problem}`);
        return;
      }
      this.#delivered.push(textOf(operation));
    }
  }

  #nodesFromHome(): readonly ChaosNode[] {
    const { nodes } = this.parts;
    return [...nodes.slice(this.#home), ...nodes.slice(0, this.#home)];
  }
}

/** The nodes in the order in which a new client asks them. */
function nodesFrom({ nodes, random, home }: ClientParts): readonly ChaosNode[] {
  const first = home ?? random.pick(nodes);
  return [first, ...nodes.filter((node) => node !== first)];
}
