/**
 * Turns of transactions that lock the same row or take the same advisory lock: they wait for each other here, before they
 * have a connection, and not in the database, where each waiting one would keep a connection of the pool from everybody
 * else. On one node one transaction for each key has a connection, and all of them together leave half of the pool to
 * reads and to commits of edits. The database's own locks stay what decides, between nodes and where a key is not known
 * beforehand.
 */
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { onDatabase } from "./statement.js";
import { WaitingLine, type LeavePlace } from "./waitingLine.js";

/** Who waits for one key; a burst of a large team passes, and a flood is refused before it takes memory. */
export const WAITING_PER_KEY_MAX = 200;

export interface TurnSettings {
  /** Connections of the pool. */
  readonly poolSizeMax: number;
  /** How long somebody waits for their turn. */
  readonly waitMsMax: number;
}

/** What a transaction locks: a kind and an id, the same wherever the same lock is taken. */
export type TurnKey = `${string} ${string}`;

export const templateTurn = (templateId: string): TurnKey => `template ${templateId}`;
export const userTurn = (userId: string): TurnKey => `user ${userId}`;
export const teamTurn = (teamId: string): TurnKey => `team ${teamId}`;
export const projectTurn = (projectId: string): TurnKey => `project ${projectId}`;
export const addressTurn = (email: string): TurnKey => `address ${email}`;
/** The hash of a link's, an invitation's or a permission's secret, or of a one-time token. */
export const secretTurn = (hash: string): TurnKey => `secret ${hash}`;

export class TransactionTurns {
  readonly #lines = new Map<TurnKey, WaitingLine>();
  readonly #connections: WaitingLine;

  constructor(private readonly settings: TurnSettings) {
    const placesMax = Math.max(1, Math.floor(settings.poolSizeMax / 2));
    this.#connections = new WaitingLine({ placesMax, waitingMax: Infinity });
  }

  /** Does the work when it has the turn of each key and a connection. Rejects with StorageUnavailable. */
  async run<T>(keys: readonly TurnKey[], work: () => PromiseLike<T>): Promise<T> {
    const deadline = performance.now() + this.settings.waitMsMax;
    const leaving: LeavePlace[] = [];
    try {
      // In one order everywhere, so that no two wait for each other.
      for (const key of [...new Set(keys)].toSorted()) {
        leaving.push(await this.#enter(key, deadline));
      }
      leaving.push(await this.#connections.enter(deadline));
      return await work();
    } finally {
      for (const leave of leaving.toReversed()) leave();
    }
  }

  /** Keys for which somebody works or waits. */
  get size(): number {
    return this.#lines.size;
  }

  async #enter(key: TurnKey, deadline: number): Promise<LeavePlace> {
    const known = this.#lines.get(key);
    const line = known ?? new WaitingLine({ placesMax: 1, waitingMax: WAITING_PER_KEY_MAX });
    if (known === undefined) this.#lines.set(key, line);
    const leave = await line.enter(deadline);
    return () => {
      leave();
      if (line.isIdle) this.#lines.delete(key);
    };
  }
}

/** The stores of one database share its pool, and so the turns. */
const turnsByClient = new WeakMap<PrismaClient, TransactionTurns>();

/** Gives a client its turns, when it is opened. */
export function keepTurns(prisma: PrismaClient, settings: TurnSettings): void {
  turnsByClient.set(prisma, new TransactionTurns(settings));
}

/** A statement that locks what the keys name, in its turn. Rejects with StorageUnavailable. */
export function inTurn<T>(
  prisma: PrismaClient,
  keys: readonly TurnKey[],
  work: () => PromiseLike<T>,
): Promise<T> {
  const turns = turnsByClient.get(prisma);
  if (turns === undefined) throw new Error("the client was not opened by openDatabase");
  return onDatabase(() => turns.run(keys, work));
}

/** The same for a transaction. */
export function transactionInTurn<T>(
  prisma: PrismaClient,
  keys: readonly TurnKey[],
  work: (transaction: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  return inTurn(prisma, keys, () => prisma.$transaction(work));
}
