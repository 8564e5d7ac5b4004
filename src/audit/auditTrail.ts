/**
 * Follows every attempt to change something, and queues what came of it for the audit log. An answer never waits for the
 * log, but for the attempts that only the log could tell of after a crash: those are announced before they begin.
 */
import type { AuditActorKind, AuditEntry, AuditResult } from "../domain/audit/auditEntry.js";
import { resourceKindOf, type Attempt } from "../domain/audit/attempt.js";
import type { AuditTrailKind } from "../domain/audit/auditTrails.js";
import type { AttemptOutcome } from "../domain/audit/outcome.js";
import type { Clock } from "../platform/clock.js";
import type { AuditStore } from "../storage/audit/auditStore.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";
import { isUuid } from "../storage/postgres/uuid.js";
import type { AuditQueue } from "./auditQueue.js";

/** When a request that found the queue full may come again. */
const QUEUE_FULL_RETRY_MS = 1_000;

/** Who attempts, and from where. */
export interface AuditedRequest {
  readonly actorKind: AuditActorKind;
  readonly actorId: string | null;
  /** An IP address in a form that PostgreSQL takes; null where it is not known. */
  readonly address: string | null;
}

/** What an attempt is judged by, where it ends without an answer. */
export interface Failure {
  readonly result: AuditResult;
  readonly code: string;
}

export interface Judge {
  answered(answer: unknown): AttemptOutcome;
  failed(error: unknown): Failure;
}

export interface AuditTrailParts {
  readonly store: AuditStore;
  readonly queue: AuditQueue;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

export class AuditTrail {
  constructor(private readonly parts: AuditTrailParts) {}

  /**
   * Does the work and queues an entry of it. Rejects as the work does; and with StorageUnavailable, before any work,
   * where an attempt that has to be announced cannot be.
   */
  async follow<T>(
    kind: AuditTrailKind,
    request: AuditedRequest,
    attempt: Attempt,
    work: () => T | Promise<T>,
    judge: Judge,
  ): Promise<T> {
    if (kind === "none") return work();
    const { queue } = this.parts;
    let begun = this.begin(request, attempt);
    const { address } = request;
    const isTold = request.actorKind !== "ANONYMOUS" || queue.anonymous.takeEntry(address);
    queue.begin(begun);
    try {
      // What is accepted has an entry whatever dies, however many of the address were counted before.
      if (kind === "announced") begun = { ...begun, teamId: await this.announce(begun) };
    } catch (error) {
      queue.forget(begun);
      throw error;
    }
    let answer: T;
    try {
      answer = await work();
    } catch (error) {
      this.tell({ ...begun, ...judge.failed(error) }, kind, isTold);
      throw error;
    }
    this.tell(ended(begun, judge.answered(answer)), kind, isTold);
    return answer;
  }

  /** Whoever turned out to be somebody is told in any case. */
  private tell(entry: AuditEntry, kind: AuditTrailKind, isTold: boolean): void {
    const { queue } = this.parts;
    if (isTold) return queue.add(entry, kind);
    if (entry.result === "ACCEPTED") return queue.add(entry, kind);
    if (kind === "announced") queue.withdraw(entry);
    else queue.forget(entry);
    queue.anonymous.count(entry);
  }

  private begin({ actorKind, actorId, address }: AuditedRequest, attempt: Attempt): AuditEntry {
    const { clock, newId } = this.parts;
    const { action, clientId, resourceIds, details } = attempt;
    return {
      id: newId(),
      at: clock.now(),
      actorKind,
      actorId,
      address,
      clientId,
      action,
      ...resourcesOf(resourceIds),
      result: "UNKNOWN",
      code: null,
      details,
    };
  }

  private announce(entry: AuditEntry): Promise<string | null> {
    const { store, queue, nodeId } = this.parts;
    if (queue.full) throw new StorageUnavailable(QUEUE_FULL_RETRY_MS);
    return store.announce(nodeId, entry);
  }
}

function ended(begun: AuditEntry, outcome: AttemptOutcome): AuditEntry {
  const { result, code, resourceIds, details } = outcome;
  const ids = { ...begun.resourceIds, ...resourceIds };
  const { userId } = resourceIds;
  // Who signs in is nobody before, and a person after.
  const isNowKnown = begun.actorKind === "ANONYMOUS" && result === "ACCEPTED" && isId(userId);
  const resources = resourcesOf(ids);
  return {
    ...begun,
    ...resources,
    teamId: resources.teamId ?? begun.teamId,
    ...(isNowKnown && { actorKind: "USER", actorId: userId }),
    result,
    code,
    details: { ...begun.details, ...details },
  };
}

function resourcesOf(resourceIds: AuditEntry["resourceIds"]) {
  const { templateId, teamId } = resourceIds;
  return {
    resourceKind: resourceKindOf(resourceIds),
    resourceIds,
    templateId: isId(templateId) ? templateId : null,
    teamId: isId(teamId) ? teamId : null,
  };
}

function isId(id: string | undefined): id is string {
  return id !== undefined && isUuid(id);
}
