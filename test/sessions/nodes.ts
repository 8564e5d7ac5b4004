/** Nodes that serve sessions, on one store and one bus, with a clock to drive their heartbeats. */
import { randomUUID } from "node:crypto";
import { NodeSessions } from "../../src/sessions/nodeSessions.js";
import {
  defaultSessionSettings,
  type SessionSettings,
} from "../../src/sessions/sessionSettings.js";
import type { JoinRequest, Session, SessionEnd } from "../../src/sessions/sessions.js";
import type { SessionStore } from "../../src/storage/sessions/sessionStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import type { TemplateHead } from "../../src/storage/templates/templateStore.js";
import type { ChangeBus } from "../../src/bus/changeBus.js";
import { ungranted } from "../setup/access.js";
import { FakeClock } from "../subscriptions/harness.js";

export const settings: SessionSettings = { ...defaultSessionSettings, knownSessionsMax: 3 };

/** What a test looks at of a node. */
export interface TestNode {
  readonly sessions: NodeSessions;
  readonly started: (readonly [id: string, resumed: boolean])[];
  readonly ended: (readonly [id: string, reason: SessionEnd])[];
  readonly warnings: unknown[];
  /** The calls of its store by name, in order. */
  readonly calls: string[];
  /** Its database cannot be reached from now on, or again. */
  unreachable: boolean;
}

export class Cluster {
  readonly clock = new FakeClock();
  readonly nodes: TestNode[] = [];

  constructor(
    readonly store: SessionStore,
    readonly bus: ChangeBus,
    readonly head: (templateId: string) => Promise<TemplateHead | undefined>,
  ) {}

  start(name: string): TestNode {
    const { clock, bus, head } = this;
    const watched: Omit<TestNode, "sessions"> = {
      ...{ started: [], ended: [], warnings: [], calls: [] },
      unreachable: false,
    };
    const reach = <T>(call: string, work: () => Promise<T>): Promise<T> => {
      watched.calls.push(call);
      return node.unreachable ? Promise.reject(new StorageUnavailable(100)) : work();
    };
    const reachedHead = (templateId: string) => reach("head", () => head(templateId));
    const sessions = new NodeSessions({
      nodeId: name,
      store: reachedBy(this.store, reach),
      head: reachedHead,
      access: ungranted(reachedHead),
      newId: randomUUID,
      warn: (_message, error) => watched.warnings.push(error),
      ...{ bus, clock, settings },
    });
    const node: TestNode = Object.assign(watched, { sessions });
    sessions.listen({
      started: ({ id }, resumed) => node.started.push([id, resumed]),
      ended: ({ id }, reason) => node.ended.push([id, reason]),
    });
    sessions.start();
    this.nodes.push(node);
    return node;
  }

  /** The ends that any node told. */
  get ends(): (readonly [id: string, reason: SessionEnd])[] {
    return this.nodes.flatMap(({ ended }) => ended);
  }

  close(): void {
    for (const { sessions } of this.nodes) sessions.close();
  }
}

/** Ends as text, whatever their order. */
export function unordered(ends: readonly (readonly [id: string, reason: SessionEnd])[]): string[] {
  return ends.map((end) => end.join(" ")).toSorted();
}

function reachedBy(
  store: SessionStore,
  reach: <T>(call: string, work: () => Promise<T>) => Promise<T>,
): SessionStore {
  return {
    open: (session) => reach("open", () => store.open(session)),
    resume: (resumption) => reach("resume", () => store.resume(resumption)),
    touch: (...found) => reach("touch", () => store.touch(...found)),
    list: (templateId) => reach("list", () => store.list(templateId)),
    renew: (...renewed) => reach("renew", () => store.renew(...renewed)),
    end: (...ended) => reach("end", () => store.end(...ended)),
    endAllOf: (userId) => reach("endAllOf", () => store.endAllOf(userId)),
    endExpired: (limit) => reach("endExpired", () => store.endExpired(limit)),
  };
}

/** Joins and gives the session with its token. */
export async function join(
  { sessions }: TestNode,
  request: Partial<JoinRequest> & Pick<JoinRequest, "templateId" | "userId">,
): Promise<{ session: Session; token: string; resumed: boolean }> {
  const joining = await sessions.join({ clientId: "tab", version: 1, token: null, ...request });
  if (joining.kind === "full") throw new Error("there is room");
  return joining;
}
