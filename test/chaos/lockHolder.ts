/** Somebody locks a template and goes with their node: the lock ends with its lease, neither sooner nor never. */
import { setTimeout as sleep } from "node:timers/promises";
import { request, untilAnswered } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import type { Crew } from "./crew.js";
import { ACQUIRE_LOCK, APPLY_OPERATIONS, type Outcome } from "./documents.js";
import type { Fault } from "./fault.js";
import { Membership } from "./membership.js";

/** A heartbeat of the node right before its death may have made it last as long as locks do by default. */
const LEASE_MS = 4_000;
const UNLOCKED_MS_MAX = 60_000;
const RETRY_MS = 100;

export function killNodeUnderLock(): Fault {
  let lockedAt = 0;
  let count = 0;
  return {
    name: "kill node under a lock",
    serves: "survivor",
    holdMs: 0,
    async strike(crew, victim) {
      const { timeline } = crew.cluster;
      const { token, templateId } = crew.archive;
      count += 1;
      const parts = { timeline, subject: crew.archive };
      const membership = new Membership(`holder ${count}`, parts);
      await membership.open([victim]);
      lockedAt = performance.now();
      const input = { templateId, sessionToken: membership.token, leaseMs: LEASE_MS };
      const { outcome } = await untilAnswered([victim], () =>
        request<{ outcome: Outcome }>(victim, timeline, token, ACQUIRE_LOCK, { input }),
      );
      if (outcome.__typename !== "LockAcquired") {
        throw new Error(`locking was answered ${JSON.stringify(outcome)}`);
      }
      victim.process.kill();
    },
    async mend(crew, victim) {
      const survivor = crew.cluster.nodes.find((node) => node !== victim) as ChaosNode;
      await untilUnlocked(crew, survivor, lockedAt, `after a lock.${count}`);
      await victim.revive();
    },
  };
}

/** Sends an edit of the locked template until it is taken. */
async function untilUnlocked(
  { archive, cluster: { timeline } }: Crew,
  node: ChaosNode,
  lockedAt: number,
  id: string,
): Promise<void> {
  const { templateId, token, ledger } = archive;
  const operation = { id, type: "UPDATE_CANVAS", target: {}, payload: { unlocked: id } };
  const input = { templateId, baseVersion: 1, onConflict: "FORCE", operations: [operation] };
  ledger.sent([id]);
  for (;;) {
    const { outcome } = await untilAnswered([node], () =>
      request<{ outcome: Outcome }>(node, timeline, token, APPLY_OPERATIONS, { input }),
    );
    const heldMs = Math.round(performance.now() - lockedAt);
    if (outcome.__typename === "OperationsApplied") {
      timeline.note(`the lock of ${LEASE_MS} ms held ${heldMs} ms`);
      ledger.acknowledged("after a lock", outcome.operations ?? []);
      if (heldMs < LEASE_MS)
        timeline.violate("FAIL-9", `a lock of ${LEASE_MS} ms held ${heldMs} ms`);
      return;
    }
    if (outcome.code !== "LOCKED" || heldMs > UNLOCKED_MS_MAX) {
      const answer = JSON.stringify(outcome);
      timeline.violate("FAIL-9", `after ${heldMs} ms of a lock of ${LEASE_MS} ms: ${answer}`);
      return;
    }
    await sleep(RETRY_MS);
  }
}
