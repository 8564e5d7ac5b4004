/** What others committed, as a conflict tells it: rows that are in memory as they are, older ones read when asked for. */
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { DecisionContext } from "../../live/liveTemplates.js";
import type { LogMeasure } from "../../storage/templates/templateStore.js";
import type { ServerOperations } from "../outcomes.js";
import type { Services } from "../services.js";

/** Operations read from the log at a time. */
const PAGE_OPERATIONS = 1_000;

/** The operations of the entries, oldest first. Its methods reject with StorageUnavailable. */
export function serverOperations(
  { templates }: Pick<Services, "templates">,
  templateId: string,
  entries: readonly LogEntry[],
  known: DecisionContext["known"],
): ServerOperations {
  const operations = entries.map(({ id }) => known(id));
  let measured: Promise<LogMeasure> | undefined;
  const measure = async (pageBytesMax: number): Promise<LogMeasure> => {
    const first = entries[0]?.resultingVersion ?? 1;
    const throughVersion = entries.at(-1)?.resultingVersion ?? 0;
    const limit = throughVersion - first + 1;
    const range = { templateId, afterVersion: first - 1, throughVersion, limit };
    const fits = entries.length === 0 ? undefined : await templates.measureLog(range, pageBytesMax);
    return fits ?? { throughVersion, bytes: 0 };
  };
  return {
    measure: (pageBytesMax) => (measured ??= measure(pageBytesMax)),
    async read(lastVersion, columns) {
      const told = entries.filter(({ resultingVersion }) => resultingVersion <= lastVersion);
      const missing = told.filter((_entry, index) => operations[index] === undefined);
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
      return told.flatMap(({ id }, index) => operations[index] ?? read.get(id) ?? []);
    },
  };
}
