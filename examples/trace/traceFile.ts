/**
 * Typing traces in the formats of github.com/josephg/editing-traces, as one model.
 *
 * A sequential trace is one person's: each transaction was made on the text that the one before it left. In a
 * concurrent one each transaction names its parents: the transactions whose texts, merged, it was made on. Positions
 * are in Unicode code points; a transaction's patches apply one after the other.
 */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { z } from "zod";

const count = z.int().min(0);
/** Position, number of deleted characters, inserted text; what may follow says when. */
const patch = z.tuple([count, count, z.string()]).rest(z.unknown());

const sequential = z.object({
  startContent: z.string().default(""),
  endContent: z.string(),
  txns: z.array(z.object({ patches: z.array(patch) })),
});

const concurrent = z.object({
  kind: z.literal("concurrent"),
  startContent: z.string().default(""),
  endContent: z.string(),
  numAgents: z.int().min(1).max(1_000),
  txns: z.array(z.object({ parents: z.array(count), agent: count, patches: z.array(patch) })),
});

export interface Patch {
  readonly at: number;
  readonly deleted: number;
  readonly inserted: string;
}

export interface Transaction {
  readonly agent: number;
  /** Indexes of earlier transactions. */
  readonly parents: readonly number[];
  readonly patches: readonly Patch[];
}

export interface Trace {
  readonly kind: "sequential" | "concurrent";
  readonly startContent: string;
  readonly endContent: string;
  readonly agents: number;
  readonly transactions: readonly Transaction[];
  /** Whether no character takes two UTF-16 units, so that positions in code points are positions in units. */
  readonly isBasic: boolean;
}

/** The trace in a file, gzipped or not. Throws where it is of neither format. */
export async function readTrace(file: string): Promise<Trace> {
  const bytes = await readFile(file);
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseTrace(JSON.parse((gzipped ? gunzipSync(bytes) : bytes).toString("utf8")));
}

/** The trace that the JSON describes. */
export function parseTrace(json: unknown): Trace {
  const isConcurrent = typeof json === "object" && json !== null && "kind" in json;
  return isConcurrent ? concurrentTrace(json) : sequentialTrace(json);
}

function sequentialTrace(json: unknown): Trace {
  const { startContent, endContent, txns } = sequential.parse(json);
  const transactions = txns.map(({ patches }, index) => ({
    agent: 0,
    parents: index === 0 ? [] : [index - 1],
    patches: patches.map(patchOf),
  }));
  const isBasic = isBasicTrace(startContent, transactions);
  return { kind: "sequential", startContent, endContent, agents: 1, transactions, isBasic };
}

function concurrentTrace(json: unknown): Trace {
  const { startContent, endContent, numAgents, txns } = concurrent.parse(json);
  const transactions = txns.map(({ agent, parents, patches }, index) => {
    if (agent >= numAgents) throw new Error(`transaction ${index} is of no agent`);
    if (parents.some((parent) => parent >= index)) {
      throw new Error(`transaction ${index} has a parent that is not before it`);
    }
    return { agent, parents, patches: patches.map(patchOf) };
  });
  const isBasic = isBasicTrace(startContent, transactions);
  return { kind: "concurrent", startContent, endContent, agents: numAgents, transactions, isBasic };
}

function patchOf([at, deleted, inserted]: z.infer<typeof patch>): Patch {
  return { at, deleted, inserted };
}

function isBasicTrace(startContent: string, transactions: readonly Transaction[]): boolean {
  const isBasicText = (text: string) => !/[\ud800-\udfff]/.test(text);
  return (
    isBasicText(startContent) &&
    transactions.every(({ patches }) => patches.every(({ inserted }) => isBasicText(inserted)))
  );
}
