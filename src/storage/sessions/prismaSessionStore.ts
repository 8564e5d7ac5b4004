/** The store of sessions on PostgreSQL, through Prisma. */
import type { PrismaClient } from "../generated/prisma/client.js";
import { groupReads } from "../postgres/groupReads.js";
import {
  insertSessionsOf,
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
import { onDatabase } from "../postgres/statement.js";
import { StorageUnavailable } from "../storageUnavailable.js";
import { templateTurn, transactionInTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

/** Sessions that one statement opens. */
const TOGETHER_MAX = 200;

interface Openings {
  waiting: number;
  readonly open: (wanted: NewSession) => Promise<Session | undefined>;
}

/** The store on an open client; the client stays the caller's to close. */
export class PrismaSessionStore implements SessionStore {
  /** By template: those who come while some are being opened wait here, not with a connection for its lock. */
  private readonly openings = new Map<string, Openings>();

  constructor(private readonly prisma: PrismaClient) {}

  async open(wanted: NewSession): Promise<SessionOpening> {
    const { templateId } = wanted;
    const openings = this.openings.get(templateId) ?? this.newOpenings(templateId);
    this.openings.set(templateId, openings);
    openings.waiting += 1;
    try {
      const session = await openings.open(wanted);
      return session === undefined ? { kind: "full" } : { kind: "opened", session };
    } finally {
      openings.waiting -= 1;
      if (openings.waiting === 0) this.openings.delete(templateId);
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

  private newOpenings(templateId: string): Openings {
    // As a lookup, an opening joins no transaction that left before it.
    const open = groupReads((wanted: readonly NewSession[]) => this.openAll(templateId, wanted));
    return { waiting: 0, open };
  }

  /** An Error in the place of a session that could not be opened. */
  private async openAll(
    templateId: string,
    wanted: readonly NewSession[],
  ): Promise<(Session | undefined | Error)[]> {
    const opened: (Session | undefined | Error)[] = [];
    for (let start = 0; start < wanted.length; start += TOGETHER_MAX) {
      const part = wanted.slice(start, start + TOGETHER_MAX);
      opened.push(...(await this.openTogether(templateId, part)));
    }
    return opened;
  }

  /** The defect of one, such as an account that is gone, is no failure of those beside it: they go without it. */
  private async openTogether(
    templateId: string,
    wanted: readonly NewSession[],
  ): Promise<(Session | undefined | Error)[]> {
    try {
      return await transactionInTurn(this.prisma, [`sessions ${templateId}`], (transaction) =>
        insertSessionsOf(transaction, templateId, wanted),
      );
    } catch (error) {
      if (error instanceof StorageUnavailable || wanted.length === 1) {
        return wanted.map(() => error as Error);
      }
      const half = Math.ceil(wanted.length / 2);
      return [
        ...(await this.openTogether(templateId, wanted.slice(0, half))),
        ...(await this.openTogether(templateId, wanted.slice(half))),
      ];
    }
  }

  private async remove(chosen: readonly SessionKey[], onlyExpired: boolean): Promise<Session[]> {
    if (chosen.length === 0) return [];
    // Many templates at once are the work of few: the turn of each would be waited for one by one.
    const templateIds = [...new Set(chosen.map(({ templateId }) => templateId))];
    const keys = templateIds.length === 1 ? templateIds.map(templateTurn) : [];
    return transactionInTurn(this.prisma, keys, (transaction) =>
      removeAll(transaction, chosen, onlyExpired),
    );
  }
}
