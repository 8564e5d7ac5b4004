/** Queues a proposal at the live template and turns what may happen there into refusals. */
import { restrictionsOf } from "../../domain/access/access.js";
import type { Steps } from "../../domain/steps.js";
import {
  AccessTakenAway,
  BeyondGrant,
  QueueFull,
  TargetLocked,
  TemplateGone,
  type Decision,
  type LockRefusal,
  type Proposal,
  type ProposalEditor,
} from "../../live/liveTemplates.js";
import { authorize, templateNotFound, type SignedInViewer } from "../authorize.js";
import { editQuotaExceeded } from "../quotas/quotaExceeded.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { GrantedHead } from "../../storage/access/accessReader.js";

/** The proposal's answer once committed. Rejects with StorageUnavailable or ShuttingDown. */
export async function submit<T>(
  services: Services,
  viewer: SignedInViewer,
  templateId: string,
  proposal: Omit<Proposal<T>, "authorizeAgain">,
): Promise<T | RequestError> {
  const { clientId, fence } = proposal.editor;
  let refusal = templateNotFound();
  const authorizeAgain = async () => {
    const access = await authorize(services, viewer, "edit", templateId);
    if (access.kind === "authorized") return editorOf(access, clientId, fence);
    refusal = access;
    return undefined;
  };
  try {
    const answer = await services.live.submit<T | RequestError>(templateId, {
      ...proposal,
      authorizeAgain,
      decide: (context) => {
        const decided = proposal.decide(context);
        const withinQuota = (decision: Decision<T>) =>
          decisionWithin(services, templateId, decision);
        return "kind" in decided ? withinQuota(decided) : thenDone(decided, withinQuota);
      },
    });
    if (clientId !== null) services.presence.acted(templateId, viewer.userId, clientId);
    return answer;
  } catch (error) {
    if (error instanceof AccessTakenAway) return refusal;
    if (error instanceof TemplateGone) return templateNotFound();
    if (error instanceof TargetLocked) return locked(error.refusal);
    if (error instanceof BeyondGrant) {
      const { message, operationId } = error;
      return refused("FORBIDDEN", message, operationId === undefined ? {} : { operationId });
    }
    if (error instanceof QueueFull) {
      return refused("RATE_LIMITED", error.message, { retryAfterMs: error.retryAfterMs });
    }
    throw error;
  }
}

/**
 * The decision, unless it adds to what is stored beyond the quota. Only here is it known whether something is added: a
 * retry is answered as the first time, whatever is stored.
 */
function decisionWithin<T>(
  { editQuota }: Services,
  templateId: string,
  decision: Decision<T>,
): Decision<T | RequestError> {
  if (decision.kind !== "append") return decision;
  const full = editQuota.fullHolder(templateId);
  return full === undefined ? decision : { kind: "answer", answer: editQuotaExceeded(full) };
}

function* thenDone<A, B>(steps: Steps<A>, next: (value: A) => B): Steps<B> {
  return next(yield* steps);
}

/** The editor of a request: who is signed in, on the client that the request names, with locks and grant of the head. */
export function editorOf(
  access: { readonly viewer: SignedInViewer; readonly head: GrantedHead },
  clientId: string | null | undefined,
  fence?: number | null,
): ProposalEditor {
  return {
    userId: access.viewer.userId,
    clientId: clientId ?? null,
    atLeastLockRevision: access.head.lockRevision,
    accessRevision: access.head.accessRevision,
    restrictions: restrictionsOf(access.viewer, access.head),
    fence: fence ?? undefined,
  };
}

function locked(refusal: LockRefusal): RequestError {
  if (refusal.kind === "fenceLost") {
    const message = `you do not hold the lock with fence ${refusal.fence}, or no longer`;
    return refused("LOCKED", message, { path: ["fence"] });
  }
  const { operationId, lock } = refusal;
  const message = "another client holds a lock on a part that the request would change";
  return refused("LOCKED", message, { lock, ...(operationId !== undefined && { operationId }) });
}
