/** A client's session of a template: opened once, and taken over from node to node as the client comes back. */
import { request, untilAnswered } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import type { ClientParts } from "./clientParts.js";
import {
  JOIN_TEMPLATE,
  LEAVE_TEMPLATE,
  type Joined,
  type Session,
  type ShownOperation,
  type State,
} from "./documents.js";

/** Sessions outlast their last sign of life by 30 s, unless the server is set otherwise; this is safely within. */
const RESUMABLE_MS = 20_000;

export class Membership {
  #session: Session | undefined;
  #signAt = 0;

  constructor(
    private readonly name: string,
    private readonly parts: Pick<ClientParts, "timeline" | "subject">,
  ) {}

  get sessionId(): string | undefined {
    return this.#session?.id;
  }

  /** Of the session. */
  get token(): string {
    if (this.#session === undefined) throw new Error(`${this.name} has not joined`);
    return this.#session.token;
  }

  /** What the template is now. */
  async open(nodes: readonly ChaosNode[]): Promise<State> {
    return (await this.#join(nodes, {}, true)).template;
  }

  /** What was missed since the version; undefined where it is too much for one answer. */
  async resume(
    nodes: readonly ChaosNode[],
    lastKnownVersion: number,
  ): Promise<readonly ShownOperation[] | undefined> {
    const before = this.#session;
    const signAt = this.#signAt;
    const input = { lastKnownVersion, sessionToken: before?.token };
    const { resumed, session, missedOperations } = await this.#join(nodes, input, false);
    const isSame = resumed && session.id === before?.id && session.color === before.color;
    if (!isSame && performance.now() - signAt < RESUMABLE_MS) {
      const given = JSON.stringify([before?.id, session.id, resumed]);
      this.parts.timeline.violate("FAIL-8", `${this.name} lost its session: ${given}`);
    }
    return missedOperations ?? undefined;
  }

  /** Ends the session. */
  async leave(nodes: readonly ChaosNode[]): Promise<void> {
    const { timeline, subject } = this.parts;
    const input = { sessionToken: this.token };
    await untilAnswered(nodes, (node) =>
      request(node, timeline, subject.token, LEAVE_TEMPLATE, { input }),
    );
  }

  async #join(nodes: readonly ChaosNode[], input: object, isNew: boolean): Promise<Joined> {
    const { timeline, subject } = this.parts;
    const { templateId, token } = subject;
    const variables = { input: { templateId, clientId: this.name, ...input }, isNew };
    const { outcome } = await untilAnswered(nodes, (node) =>
      request<{ outcome: Joined }>(node, timeline, token, JOIN_TEMPLATE, variables),
    );
    if (outcome.__typename !== "TemplateJoined") {
      throw new Error(`joining was answered ${JSON.stringify(outcome)}`);
    }
    this.#session = outcome.session;
    this.#signAt = performance.now();
    return outcome;
  }
}
