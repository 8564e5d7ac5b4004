/** Templates, the clients that edit them, and the checks of all of them together when nothing is on its way. */
import { setTimeout as sleep } from "node:timers/promises";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import { startDesign } from "../simulation/edits.js";
import { Random } from "../simulation/random.js";
import { request, untilAnswered } from "./api.js";
import { allHere } from "./attendance.js";
import type { ChaosNode } from "./chaosNode.js";
import { ChaosClient } from "./client.js";
import type { ClientParts, Subject } from "./clientParts.js";
import type { Cluster } from "./cluster.js";
import { READ_LOG, READ_STATE, type ShownOperation, type State } from "./documents.js";
import { Hand } from "./hand.js";
import { fill, newSubject } from "./subjects.js";

const LOG_PAGE = 500;
const SETTLE_MS_MAX = 60_000;
const POLL_MS = 20;

/** Most clients meet on the first template. */
const HOT_SHARE = 0.6;

const firstState: State = { version: 1, designData: startDesign };

export class Crew {
  readonly hands: Hand[] = [];
  readonly random: Random;
  #arrivals: Promise<void>[] = [];
  #visitors: Hand[] = [];
  #count = 0;

  private constructor(
    readonly cluster: Cluster,
    private readonly seed: number,
    readonly subjects: readonly Subject[],
    /** Has a long log, and is followed by nobody but who comes back to it. */
    readonly archive: Subject,
  ) {
    this.random = new Random(seed, "crew");
  }

  /** Accounts and templates, without clients. */
  static async muster(cluster: Cluster, seed: number, templates: number): Promise<Crew> {
    const subjects: Subject[] = [];
    for (let index = 1; index <= templates; index += 1) {
      subjects.push(await newSubject(cluster, index));
    }
    const archive = await newSubject(cluster, 0);
    await fill(cluster, archive, new Random(seed, "archive"));
    return new Crew(cluster, seed, subjects, archive);
  }

  /** The template on which most happens. */
  get hot(): Subject {
    return this.subjects[0] as Subject;
  }

  /** New clients open templates, beginning with the hot one, and edit where there is a pace. */
  async join(count: number, paceMs: number): Promise<Hand[]> {
    const joined = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const isHot = index < count * HOT_SHARE;
        const subject = isHot ? this.hot : this.subjects[index % this.subjects.length];
        const { name, parts } = this.#newcomer(subject as Subject);
        const hand = new Hand(await ChaosClient.open(name, parts), paceMs);
        this.hands.push(hand);
        return hand;
      }),
    );
    return joined;
  }

  /** Clients that only look come while others work; `arrived` waits for those that find nobody to let them in. */
  invite(kind: "open" | "comeBack", count: number, home: ChaosNode): void {
    for (let index = 0; index < count; index += 1) {
      const { name, parts } = this.#newcomer(kind === "open" ? this.hot : this.archive, home);
      const arrival =
        kind === "open"
          ? ChaosClient.open(name, parts)
          : Promise.resolve(ChaosClient.comeBack(name, parts, firstState));
      this.#arrivals.push(arrival.then((client) => this.#visit(client)));
    }
  }

  async arrived(): Promise<void> {
    await Promise.all(this.#arrivals);
    this.#arrivals = [];
  }

  /** Those who were invited leave. */
  async dismiss(): Promise<void> {
    await this.arrived();
    await this.leave(this.#visitors);
    this.#visitors = [];
  }

  #visit(client: ChaosClient): void {
    const hand = new Hand(client, Number.POSITIVE_INFINITY);
    this.hands.push(hand);
    this.#visitors.push(hand);
  }

  async leave(hands: readonly Hand[]): Promise<void> {
    await Promise.all(hands.map((hand) => hand.rest()));
    for (const hand of hands) this.hands.splice(this.hands.indexOf(hand), 1);
    await Promise.all(hands.map(({ client }) => client.leave()));
  }

  /** Everybody is spread over the nodes again, after a fault that had driven them to one, and edits. */
  start(): void {
    const { nodes } = this.cluster;
    for (const [index, hand] of this.hands.entries()) {
      hand.client.moveTo(nodes[index % nodes.length] as ChaosNode);
      hand.start();
    }
  }

  /** Nobody edits any more, and all that was sent is answered. */
  async rest(): Promise<void> {
    await Promise.all(this.hands.map((hand) => hand.rest()));
  }

  /** Waits until every client that follows the template has the version, which it gets by itself. */
  async allAt(subject: Subject, version: number): Promise<void> {
    const { timeline } = this.cluster;
    const lateAt = performance.now() + SETTLE_MS_MAX;
    for (;;) {
      timeline.check();
      const behind = this.clientsOf(subject).filter(({ copy }) => copy.version < version);
      if (behind.length === 0) return;
      if (performance.now() > lateAt) {
        const who = behind.map(({ name, copy }) => `${name} at ${copy.version}`).join(", ");
        timeline.violate("FAIL-5", `not told of version ${version}: ${who}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** With everybody at rest: log, nodes and clients say the same. Throws the first violation. */
  async check(): Promise<void> {
    for (const subject of [...this.subjects, this.archive]) await this.#checkSubject(subject);
    this.cluster.timeline.check();
  }

  clientsOf(subject: Subject): ChaosClient[] {
    return this.hands.map(({ client }) => client).filter(({ parts }) => parts.subject === subject);
  }

  async #checkSubject(subject: Subject): Promise<void> {
    const { timeline, nodes } = this.cluster;
    const { ledger } = subject;
    const states: State[] = [];
    for (const node of nodes) states.push(await this.#read(node, subject));
    const [{ version }] = states as [State];
    for (let node = nodes[0] as ChaosNode; ledger.copy.version < version;) {
      const from = ledger.copy.version + 1;
      const page = await this.#readLog(node, subject, from, version);
      ledger.audit(page);
      if (ledger.copy.version !== from + page.length - 1 || page.length === 0) {
        timeline.violate("FAIL-2", `the log has ${page.length} operations from ${from} on`);
        return;
      }
    }
    ledger.checkComplete();
    const { text } = ledger.copy;
    for (const [index, state] of states.entries()) {
      if (state.version !== version || canonicalJson(state.designData) !== text) {
        timeline.violate("FAIL-2", `${nodes[index]?.name} holds another version ${version}`);
      }
    }
    await this.allAt(subject, version);
    await allHere(nodes, timeline, subject, this.clientsOf(subject));
    for (const client of this.clientsOf(subject)) {
      client.checkDelivered();
      if (client.copy.text !== text) {
        timeline.violate("FAIL-3", `${client.name} holds another version ${version}`);
      }
    }
  }

  async #read(node: ChaosNode, { templateId, token }: Subject): Promise<State> {
    const { timeline } = this.cluster;
    const ask = () =>
      request<{ template: State }>(node, timeline, token, READ_STATE, { id: templateId });
    return (await untilAnswered([node], ask)).template;
  }

  async #readLog(
    node: ChaosNode,
    { templateId, token }: Subject,
    from: number,
    to: number,
  ): Promise<readonly ShownOperation[]> {
    const variables = { id: templateId, from, to, first: LOG_PAGE };
    const ask = () =>
      request<{ template: { operations: { nodes: ShownOperation[] } } }>(
        node,
        this.cluster.timeline,
        token,
        READ_LOG,
        variables,
      );
    return (await untilAnswered([node], ask)).template.operations.nodes;
  }

  #newcomer(subject: Subject, home?: ChaosNode): { name: string; parts: ClientParts } {
    this.#count += 1;
    const name = `c${this.#count}`;
    const { nodes, timeline } = this.cluster;
    const random = new Random(this.seed, name);
    return { name, parts: { nodes, timeline, subject, random, ...(home && { home }) } };
  }
}
