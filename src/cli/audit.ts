/**
 * `npm run audit -- [--from INSTANT] [--to INSTANT] [--actor ID] [--template ID] [--team ID] [--action A] [--result R]
 * [--json]`: writes a range of the audit log, oldest first; JSON lines with `--json`. Works on DATABASE_URL or the data
 * folder, also while the server runs, in pages, however long the range. That it was read is an entry itself. Exit code 0
 * where all of it was written, 2 where not: wrong usage, no database.
 */
import { once } from "node:events";
import { readCommandLine, unknownWord } from "./commandLine.js";
import { runCommand, withDatabase } from "./databaseCommand.js";
import { auditResults, type AuditEntry, type AuditResult } from "../domain/audit/auditEntry.js";
import { systemClock } from "../platform/clock.js";
import type { AuditQuery, AuditStore } from "../storage/audit/auditStore.js";
import { PrismaAuditStore } from "../storage/audit/prismaAuditStore.js";
import { systemEntry } from "./systemEntry.js";

const STATEMENT_MS_MAX = 60_000;
const ENTRIES_PER_PAGE = 1_000;
const RANGE_STANDARD_MS = 31 * 86_400_000;
const USAGE = `npm run audit -- [--from INSTANT] [--to INSTANT] [--actor ID] [--template ID] [--team ID]
         [--action ACTION] [--result ${auditResults.join("|")}] [--json]
INSTANT as in 2026-11-21 or 2026-11-21T08:00:00Z; default: the last 31 days`;

type Range = Omit<AuditQuery, "order" | "after" | "limit" | "teamId"> & {
  readonly teamId?: string;
};

async function main(): Promise<number> {
  const asked = read();
  const lineOf = asked.json ? (entry: AuditEntry) => JSON.stringify(shown(entry)) : textOf;
  await withDatabase({ statementMsMax: STATEMENT_MS_MAX, env: process.env }, async ({ prisma }) => {
    const store = new PrismaAuditStore(prisma);
    const { from, to, actorId, templateId, teamId } = asked.range;
    const ids = {
      ...(actorId !== undefined && { userId: actorId }),
      ...(templateId !== undefined && { templateId }),
      ...(teamId !== undefined && { teamId }),
    };
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    await store.write({ entries: [systemEntry(systemClock, "EXPORT_AUDIT_LOG", ids, range)] });
    for await (const page of pagesOf(store, asked.range)) {
      const isFull = !process.stdout.write(page.map((entry) => `${lineOf(entry)}\n`).join(""));
      if (isFull) await once(process.stdout, "drain");
    }
  });
  return 0;
}

async function* pagesOf(store: AuditStore, range: Range): AsyncGenerator<AuditEntry[]> {
  let after: AuditEntry | undefined;
  for (;;) {
    const place = after === undefined ? {} : { after };
    const query = { ...range, ...place, order: "oldestFirst", limit: ENTRIES_PER_PAGE } as const;
    const page = await store.list(query);
    if (page.length > 0) yield page;
    if (page.length < ENTRIES_PER_PAGE) return;
    after = page.at(-1);
  }
}

function shown(entry: AuditEntry): object {
  return { ...entry, at: new Date(entry.at).toISOString() };
}

function textOf(entry: AuditEntry): string {
  const { at, result, code, action, actorKind, actorId, address, resourceIds, details } = entry;
  return [
    new Date(at).toISOString(),
    code === null ? result : `${result} ${code}`,
    action,
    actorId === null ? actorKind : `${actorKind} ${actorId}`,
    address ?? "-",
    JSON.stringify({ ...resourceIds, ...details }),
  ].join("  ");
}

function read(): { readonly range: Range; readonly json: boolean } {
  const text = { type: "string" } as const;
  const { values, refuse } = readCommandLine({
    name: "audit",
    usage: USAGE,
    options: {
      ...{ from: text, to: text, actor: text, template: text, team: text },
      ...{ action: text, result: text, json: { type: "boolean" } },
    },
  });
  const to = values.to === undefined ? systemClock.now() : Date.parse(values.to);
  const from = values.from === undefined ? to - RANGE_STANDARD_MS : Date.parse(values.from);
  const result = auditResults.find((known) => known === values.result);
  if (Number.isNaN(to))
    return refuse(`--to ${values.to} is not an instant such as 2026-11-21T08:00:00Z`);
  if (Number.isNaN(from))
    return refuse(`--from ${values.from} is not an instant such as 2026-11-21T08:00:00Z`);
  if (result !== values.result) return refuse(unknownWord("result", values.result!, auditResults));
  const range = { from, to, ...filterOf(values, result) };
  return { range, json: values.json ?? false };
}

function filterOf(
  values: { readonly actor?: string; template?: string; team?: string; action?: string },
  result: AuditResult | undefined,
) {
  const { actor, template, team, action } = values;
  return {
    ...(actor !== undefined && { actorId: actor.toLowerCase() }),
    ...(template !== undefined && { templateId: template.toLowerCase() }),
    ...(team !== undefined && { teamId: team.toLowerCase() }),
    ...(action !== undefined && { action }),
    ...(result !== undefined && { result }),
  };
}

process.exitCode = await runCommand("audit", main);
