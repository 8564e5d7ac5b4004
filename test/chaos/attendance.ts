/** Who is here, as the nodes show it and as the clients were told. */
import { setTimeout as sleep } from "node:timers/promises";
import { request, untilAnswered } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import type { ChaosClient } from "./client.js";
import type { Subject } from "./clientParts.js";
import { READ_COLLABORATORS } from "./documents.js";
import type { Timeline } from "./timeline.js";

const SHOWN_MS_MAX = 60_000;
const POLL_MS = 100;

/**
 * Waits until every node shows everybody, and everybody was told of all others. Others may be shown besides: a session
 * whose opening was not answered, or whose end was not heard, is here until its lease runs out.
 */
export async function allHere(
  nodes: readonly ChaosNode[],
  timeline: Timeline,
  subject: Subject,
  clients: readonly ChaosClient[],
): Promise<void> {
  const lateAt = performance.now() + SHOWN_MS_MAX;
  for (;;) {
    const missing = await missingOf(nodes, timeline, subject, clients);
    if (missing.length === 0) return;
    if (performance.now() > lateAt) timeline.violate("FAIL-10", missing.slice(0, 5).join("; "));
    timeline.check();
    await sleep(POLL_MS);
  }
}

async function missingOf(
  nodes: readonly ChaosNode[],
  timeline: Timeline,
  { templateId, token }: Subject,
  clients: readonly ChaosClient[],
): Promise<string[]> {
  const views = clients
    .filter(({ sessionId }) => sessionId !== undefined)
    .map(({ name, here }) => ({ name, here: here as ReadonlySet<string> }));
  for (const node of nodes) {
    const { template } = await untilAnswered([node], () =>
      request<{ template: { collaborators: { sessionId: string }[] } }>(
        node,
        timeline,
        token,
        READ_COLLABORATORS,
        { id: templateId },
      ),
    );
    const here = new Set(template.collaborators.map(({ sessionId }) => sessionId));
    views.push({ name: node.name, here });
  }
  return views.flatMap(({ name, here }) =>
    clients
      .filter(({ sessionId }) => sessionId !== undefined && !here.has(sessionId))
      .map((absent) => `${name} does not know that ${absent.name} is here`),
  );
}
