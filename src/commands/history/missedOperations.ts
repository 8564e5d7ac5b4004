/**
 * What a client missed while it was away, read from the log. Many come back from the same version at once when a node
 * dies: readings of one range that overlap in time are one.
 */
import type { RequestWork } from "../../limits/work/requestWork.js";
import type {
  LogRange,
  OperationRecord,
  TemplateHead,
  TemplateStore,
} from "../../storage/templates/templateStore.js";
import type { Services } from "../services.js";

type Reading = Promise<readonly OperationRecord[]>;

/** Readings on their way, by range: the log between two versions never changes, so who comes later shares them. */
const underWay = new WeakMap<TemplateStore, Map<string, Reading>>();

/**
 * The operations after the version up to the head; null where the log does not lead on from there, or where there are
 * more than `missedOperationsMax` or more bytes than one page has: then the document is the shorter way.
 */
export async function missedOperations(
  { templates, limits }: Pick<Services, "templates" | "limits">,
  { templateId, version, logStartVersion }: TemplateHead,
  afterVersion: number,
  columns: { readonly payload: boolean },
  work: Pick<RequestWork, "pageBytesMax" | "read">,
): Promise<readonly OperationRecord[] | null> {
  const missed = version - afterVersion;
  if (missed === 0) return [];
  if (missed < 0 || missed > limits.missedOperationsMax || afterVersion < logStartVersion) {
    return null;
  }
  const range = { templateId, afterVersion, throughVersion: version, limit: missed };
  if (!columns.payload) return readShared(templates, range, columns);
  const measured = await templates.measureLog(range, work.pageBytesMax);
  if (measured?.throughVersion !== version) return null;
  return work.read(measured.bytes, () => readShared(templates, range, columns));
}

async function readShared(
  templates: TemplateStore,
  range: LogRange,
  columns: { readonly payload: boolean },
): Promise<readonly OperationRecord[] | null> {
  const key = JSON.stringify([range, columns]);
  const readings = underWay.get(templates) ?? new Map<string, Reading>();
  underWay.set(templates, readings);
  let reading = readings.get(key);
  if (reading === undefined) {
    reading = templates.readRecords(range, columns).finally(() => readings.delete(key));
    readings.set(key, reading);
  }
  const records = await reading;
  // The log was cut since the head was read.
  return records.length === range.limit ? records : null;
}
