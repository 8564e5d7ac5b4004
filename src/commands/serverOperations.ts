/** What others committed, as a conflict tells it: rows that are in memory as they are, older ones read when asked for. */
import type { LogEntry } from "../domain/history/logEntry.js";
import type { DecisionContext } from "../live/liveTemplates.js";
import type { VersionConflict } from "./outcomes.js";
import type { Services } from "./services.js";

/** Operations read from the log at a time. */
const PAGE_OPERATIONS = 1_000;

/** The operations of the entries, oldest first. Rejects with StorageUnavailable. */
export function serverOperations(
  { templates }: Pick<Services, "templates">,
  templateId: string,
  entries: readonly LogEntry[],
  known: DecisionContext["known"],
): VersionConflict["serverOperations"] {
  const operations = entries.map(({ id }) => known(id));
  return async (columns) => {
    const missing = entries.filter((_entry, index) => operations[index] === undefined);
    const throughVersion = missing.at(-1)?.resultingVersion ?? 0;
    const read = new Map<string, Awaited<ReturnType<typeof templates.readRecords>>[number]>();
    let afterVersion = (missing[0]?.resultingVersion ?? 1) - 1;
    while (afterVersion < throughVersion) {
      const range = { templateId, afterVersion, throughVersion, limit: PAGE_OPERATIONS };
      const page = await templates.readRecords(range, columns);
      for (const operation of page) read.set(operation.id, operation);
      // A log that was cut meanwhile no longer tells all of it.
      afterVersion = page.at(-1)?.resultingVersion ?? throughVersion;
    }
    return entries.flatMap(({ id }, index) => operations[index] ?? read.get(id) ?? []);
  };
}
