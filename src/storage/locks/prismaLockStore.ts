/** The store of locks on PostgreSQL, through Prisma. */
import {
  isHeldBy,
  noLocks,
  type Editor,
  type Lock,
  type LockSet,
} from "../../domain/locks/lock.js";
import type { PrismaClient } from "../generated/prisma/client.js";
import { lockRow } from "../templates/headStatement.js";
import {
  deleteExpired,
  deleteLock,
  insertNewLock,
  readLockSets,
  renewOfSessions,
  renewOwnLock,
} from "./lockStatements.js";
import type { LockingSession, LockOutcome, LockRequest, LockStore } from "./lockStore.js";
import { onDatabase } from "../postgres/statement.js";
import { inTurn, templateTurn, transactionInTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaLockStore implements LockStore {
  constructor(private readonly prisma: PrismaClient) {}

  async acquire<R>(
    request: LockRequest,
    refuse: (held: LockSet) => R | undefined,
  ): Promise<LockOutcome<R>> {
    const { templateId, path, sessionId, userId } = request;
    if (![templateId, sessionId, userId].every(isUuid)) return { kind: "gone" };
    return transactionInTurn(
      this.prisma,
      [templateTurn(templateId)],
      async (transaction): Promise<LockOutcome<R>> => {
        if (!(await lockRow(transaction, templateId))) return { kind: "gone" };
        const held = (await readLockSets(transaction, [templateId])).get(templateId) ?? noLocks;
        const reason = refuse(held);
        if (reason !== undefined) return { kind: "refused", reason };
        const own = held.locks.find((lock) => lock.path === path);
        // Between reading it and renewing it the lease may run out: then it is a new one.
        const renewed = own && isHeldBy(own, request) && (await renewOwnLock(transaction, request));
        if (renewed) return { kind: "acquired", lock: renewed, isNew: false };
        const lock = await insertNewLock(transaction, request);
        return lock === undefined ? { kind: "gone" } : { kind: "acquired", lock, isNew: true };
      },
    );
  }

  async renew(sessions: readonly LockingSession[], leaseMs: number): Promise<void> {
    if (sessions.length === 0) return;
    await onDatabase(() => renewOfSessions(this.prisma, sessions, leaseMs));
  }

  async release(
    templateId: string,
    path: string,
    holder: Editor | null,
  ): Promise<Lock | undefined> {
    if (!isUuid(templateId) || (holder !== null && !isUuid(holder.userId))) return undefined;
    return inTurn(this.prisma, [templateTurn(templateId)], () =>
      deleteLock(this.prisma, templateId, path, holder),
    );
  }

  dropExpired(): Promise<string[]> {
    return onDatabase(() => deleteExpired(this.prisma));
  }
}
