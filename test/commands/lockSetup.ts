/** Locks on the memory adapters. */
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import type { ConflictPolicy, OperationInput } from "../../src/commands/inputs.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { newTemplate } from "../live/editing.js";
import { author, memoryServices } from "../setup/memoryServices.js";

export const policies: readonly ConflictPolicy[] = ["REJECT", "MERGE", "LAST_WRITER_WINS", "FORCE"];
export const e1 = { pageId: "p1", elementId: "e1" };

/** A node on a store whose time the test moves, with a template and a session of its author's on client `holder`. */
export async function setup(limits: Parameters<typeof memoryServices>[0] = {}) {
  let now = 1_000_000;
  const templates = new MemoryTemplateStore({}, () => now);
  const clock = { now: () => now, monotonic: () => now, after: () => () => {} };
  const services = memoryServices({ templates, clock, ...limits });
  const templateId = await newTemplate(services);
  const join = async (clientId: string, node = services) => {
    const joining = await node.sessions.join({
      ...{ templateId, clientId, userId: author.userId, version: 1, token: null },
    });
    if (joining.kind === "full") throw new Error("there is no room");
    return joining;
  };
  const holder = await join("holder");
  const acquire = (
    target?: OperationInput["target"],
    more: { leaseMs?: number; token?: string } = {},
  ) =>
    acquireLock(services, author, {
      ...{ templateId, sessionToken: more.token ?? holder.token },
      ...(target && { target }),
      ...(more.leaseMs !== undefined && { leaseMs: more.leaseMs }),
    });
  return {
    ...{ services, templates, templateId, holder, join, acquire },
    pass: (milliseconds: number) => (now += milliseconds),
    logged: async () =>
      (await templates.readLog({ templateId, afterVersion: 0, limit: 1_000 })).length,
    lockSet: async () => (await templates.readLocks([templateId])).get(templateId),
  };
}

export const locked = { kind: "refused", code: "LOCKED" } as const;
