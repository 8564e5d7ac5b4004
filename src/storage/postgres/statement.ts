/**
 * Raw SQL by name. Each statement is a constant text with numbered parameters, kept in the file of what it is for;
 * its name makes it a prepared statement, which is planned once per connection.
 */
import { StorageUnavailable } from "../storageUnavailable.js";
import { noteReached, noteUnreachable, noteDiskFull } from "./databaseWatch.js";
import { isDiskFull, isUnreachableAfter, unavailableAfterMs } from "./errors.js";

/** A constant SQL text and the name under which connections keep it prepared. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** What a parameter may be; documents and other JSON travel as text and are cast in the statement. */
export type Parameter = string | number | boolean | null | readonly (string | null)[];

/** The part of the Prisma client, or of one of its transactions, that runs raw SQL. */
export interface RawExecutor {
  $queryRawUnsafe<T>(text: string, ...values: unknown[]): PromiseLike<T>;
  $executeRawUnsafe(text: string, ...values: unknown[]): PromiseLike<number>;
}

/** Names by text: what Prisma's adapter asks before it sends a query. */
const names = new Map<string, string>();

/** Declares a statement. Called at module level only: a name stays with a connection as long as that lives. */
export function statement(name: string, text: string): Statement {
  // A connection would run the text that came first under the name.
  if ([...names.values()].includes(name)) throw new Error(`two statements are named ${name}`);
  names.set(text, name);
  return { name, text };
}

/** The name of a declared statement's text, undefined for all other SQL. */
export function statementNameOf(text: string): string | undefined {
  return names.get(text);
}

/** Runs a statement and gives its rows. Prisma's "unsafe" means the text, which is a constant here. */
export async function queryRows<T>(
  executor: RawExecutor,
  { text }: Statement,
  parameters: readonly Parameter[],
): Promise<T[]> {
  return executor.$queryRawUnsafe<T[]>(text, ...parameters);
}

/** Runs a statement and gives the number of rows it touched. */
export async function executeCount(
  executor: RawExecutor,
  { text }: Statement,
  parameters: readonly Parameter[],
): Promise<number> {
  return executor.$executeRawUnsafe(text, ...parameters);
}

/**
 * Waits for work on the database. A failure to reach it, or to get an answer in time, becomes StorageUnavailable with
 * the original as its cause; every other error passes as it is.
 */
export async function onDatabase<T>(work: () => PromiseLike<T>): Promise<T> {
  try {
    const result = await work();
    noteReached();
    return result;
  } catch (error) {
    const retryAfterMs = unavailableAfterMs(error);
    if (retryAfterMs === undefined) throw error;
    if (isUnreachableAfter(retryAfterMs)) noteUnreachable(error);
    const isFull = isDiskFull(error);
    if (isFull) noteDiskFull();
    throw new StorageUnavailable(retryAfterMs, {
      cause: error,
      ...(isFull && { reason: "the database has no disk space left (DISK_FULL)" }),
    });
  }
}
