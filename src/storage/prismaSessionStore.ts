/** The store of sessions on PostgreSQL, through Prisma. */
import type { PrismaClient } from "./generated/prisma/client.js";
import {
  insertSession,
  readExpired,
  readLive,
  readOf,
  removeAll,
  renewAll,
  resume,
  touch,
  type SessionKey,
} from "./sessionStatements.js";
import type {
  NewSession,
  Renewal,
  Resumption,
  Session,
  SessionOpening,
  SessionStore,
} from "./sessionStore.js";
import { onDatabase } from "./statement.js";
import { isUuid } from "./uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaSessionStore implements SessionStore {
  /** The newest opening of each template: who comes next waits for it here, not with a connection for its lock. */
  private readonly opening = new Map<string, Promise<unknown>>();

  constructor(private readonly prisma: PrismaClient) {}

  async open(wanted: NewSession): Promise<SessionOpening> {
    const { templateId } = wanted;
    const before = this.opening.get(templateId) ?? Promise.resolve();
    const insert = () =>
      onDatabase(() =>
        this.prisma.$transaction((transaction) => insertSession(transaction, wanted)),
      );
    const inserting = before.then(insert, insert);
    this.opening.set(templateId, inserting);
    try {
      const session = await inserting;
      return session === undefined ? { kind: "full" } : { kind: "opened", session };
    } finally {
      if (this.opening.get(templateId) === inserting) this.opening.delete(templateId);
    }
  }

  async resume(resumption: Resumption): Promise<Session | undefined> {
    const { templateId, userId } = resumption;
    if (!isUuid(templateId) || !isUuid(userId)) return undefined;
    return onDatabase(() => resume(this.prisma, resumption));
  }

  async touch(tokenHash: string, userId: string, leaseMs: number): Promise<Session | undefined> {
    if (!isUuid(userId)) return undefined;
    return onDatabase(() => touch(this.prisma, tokenHash, userId, leaseMs));
  }

  async list(templateId: string): Promise<Session[]> {
    return isUuid(templateId) ? onDatabase(() => readLive(this.prisma, templateId)) : [];
  }

  async renew(renewals: readonly Renewal[], leaseMs: number): Promise<Session[]> {
    if (renewals.length === 0) return [];
    return onDatabase(() => renewAll(this.prisma, renewals, leaseMs));
  }

  async end(templateId: string, ids: readonly string[]): Promise<Session[]> {
    if (!isUuid(templateId)) return [];
    const chosen = ids.filter(isUuid).map((id) => ({ templateId, id }));
    return this.remove(chosen, false);
  }

  async endAllOf(userId: string): Promise<Session[]> {
    if (!isUuid(userId)) return [];
    return this.remove(await onDatabase(() => readOf(this.prisma, userId)), false);
  }

  async endExpired(limit: number): Promise<Session[]> {
    return this.remove(await onDatabase(() => readExpired(this.prisma, limit)), true);
  }

  private async remove(chosen: readonly SessionKey[], onlyExpired: boolean): Promise<Session[]> {
    if (chosen.length === 0) return [];
    return onDatabase(() =>
      this.prisma.$transaction((transaction) => removeAll(transaction, chosen, onlyExpired)),
    );
  }
}
