/** Processor time of PostgreSQL's processes, from /proc: what the machine spends on it beside the node. */
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";

/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;

/** The server's first process, whose children are all others. */
export async function postmasterOf(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    return statOf(rows[0]!.pid)!.parent;
  } finally {
    await client.end();
  }
}

/** Milliseconds of processor time that the process and its children took until now, ended ones included; 0 for none. */
export function processorMs(postmaster: number | undefined): number {
  if (postmaster === undefined) return 0;
  const own = statOf(postmaster);
  let ticks = own === undefined ? 0 : own.ticks + own.ticksOfEnded;
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat?.parent === postmaster) ticks += stat.ticks;
  }
  return ticks * MS_PER_TICK;
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  readonly ticksOfEnded: number;
}

function statOf(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // It ended meanwhile.
  }
  // The name before may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number) => Number(fields[index]);
  return {
    parent: number(1),
    ticks: number(11) + number(12),
    ticksOfEnded: number(13) + number(14),
  };
}
