/**
 * A page of a template's log. Versions have no holes, so without a filter a page is known beforehand. With one the log is
 * looked through in stretches that grow: of a filter that lets most through the first stretch has a page, and one that
 * lets a few through is left to the index, in few statements.
 */
import type { LogFilter } from "../../domain/history/logFilter.js";
import type { RequestWork } from "../../limits/work/requestWork.js";
import type { OperationRecord, TemplateStore } from "../../storage/templates/templateStore.js";

/** What of a log is listed; the bounds are as those of `LogRange`. */
export interface LogList {
  readonly templateId: string;
  readonly afterVersion: number;
  readonly throughVersion: number;
  readonly filter: LogFilter;
}

export interface LogPageRequest extends LogList {
  readonly size: number;
  /** From the end of the range backwards. The page is told oldest first all the same. */
  readonly fromEnd: boolean;
  /** Whether what operations say is asked for, which bounds the page by bytes. */
  readonly payload: boolean;
}

export interface LogPage {
  readonly records: readonly OperationRecord[];
  /** Whether there is more in the direction of the page. */
  readonly isMore: boolean;
  /** Where the page ends for having looked far enough: the last version that was looked at. */
  readonly searchedTo: number | undefined;
}

/** Matches are counted up to so many. */
export const LOG_TOTAL_MAX = 10_000;
/** How many versions the stretches have, one after the other; a page is looked for in no more than these. */
const STRETCHES: Stretches = [2_000, 20_000, 200_000, 2_000_000];
/** A version that is looked at counts as reading so many bytes. */
const SEARCHED_BYTES = 8;

type Stretches = readonly [number, ...number[]];
type Work = Pick<RequestWork, "pageBytesMax" | "read">;

/** Rejects as `work.read` does, where the request or the person reads too much. */
export async function readLogPage(
  templates: TemplateStore,
  request: LogPageRequest,
  work: Work,
  stretches = STRETCHES,
): Promise<LogPage> {
  const { size, payload } = request;
  // One more than the page holds tells whether there is more.
  const found = await findInLog(templates, { ...request, size: size + 1 }, work, stretches);
  const asked = found.versions.slice(0, size);
  const { versions, bytes } = payload
    ? await fitting(templates, request.templateId, asked, work.pageBytesMax)
    : { versions: asked, bytes: 0 };
  const read = () => templates.readRecordsAt(request.templateId, versions, { payload });
  const records = versions.length === 0 ? [] : await work.read(bytes, read);
  const isWhole = versions.length === found.versions.length;
  return {
    records,
    isMore: !isWhole || found.searchedTo !== undefined,
    searchedTo: isWhole ? found.searchedTo : undefined,
  };
}

/** How many operations the list holds; with a filter counted up to `LOG_TOTAL_MAX`. */
export async function countInLog(
  templates: TemplateStore,
  list: LogList,
  work: Work,
): Promise<number> {
  const { afterVersion, throughVersion } = list;
  if (isEmpty(list.filter)) return Math.max(0, throughVersion - afterVersion);
  let count = 0;
  for (const stretch of stretchesOf({ ...list, fromEnd: false }, STRETCHES, Infinity)) {
    const search = { ...searchOf(list, stretch), newestFirst: false, limit: LOG_TOTAL_MAX - count };
    count += await work.read(bytesOf(stretch), () => templates.countLog(search));
    if (count >= LOG_TOTAL_MAX) break;
  }
  return count;
}

interface Stretch {
  readonly after: number;
  readonly through: number;
}

async function findInLog(
  templates: TemplateStore,
  request: LogPageRequest,
  work: Work,
  stretches: Stretches,
): Promise<{ readonly versions: readonly number[]; readonly searchedTo: number | undefined }> {
  const { afterVersion, throughVersion, filter, fromEnd, size: limit } = request;
  if (isEmpty(filter)) {
    const length = Math.max(0, Math.min(limit, throughVersion - afterVersion));
    const versions = Array.from({ length }, (_, index) =>
      fromEnd ? throughVersion - index : afterVersion + 1 + index,
    );
    return { versions, searchedTo: undefined };
  }
  const versions: number[] = [];
  let searchedTo: number | undefined;
  for (const stretch of stretchesOf(request, stretches, stretches.length)) {
    const missing = limit - versions.length;
    const search = { ...searchOf(request, stretch), newestFirst: fromEnd, limit: missing };
    versions.push(...(await work.read(bytesOf(stretch), () => templates.searchLog(search))));
    if (versions.length >= limit) return { versions, searchedTo: undefined };
    searchedTo = fromEnd ? stretch.after + 1 : stretch.through;
  }
  const isThrough =
    searchedTo === undefined || searchedTo === (fromEnd ? afterVersion + 1 : throughVersion);
  return { versions, searchedTo: isThrough ? undefined : searchedTo };
}

/** The parts of the range, at most so many, from the end that the list begins at. */
function* stretchesOf(
  { afterVersion, throughVersion, fromEnd }: LogList & { readonly fromEnd: boolean },
  stretches: Stretches,
  countMax: number,
): Generator<Stretch> {
  let [after, through] = [afterVersion, throughVersion];
  for (let index = 0; index < countMax && after < through; index += 1) {
    const versions = stretches[index] ?? stretches.at(-1) ?? 1;
    const stretch = fromEnd
      ? { after: Math.max(after, through - versions), through }
      : { after, through: Math.min(through, after + versions) };
    yield stretch;
    if (fromEnd) through = stretch.after;
    else after = stretch.through;
  }
}

function searchOf({ templateId, filter }: LogList, { after, through }: Stretch) {
  return { templateId, filter, afterVersion: after, throughVersion: through };
}

const bytesOf = ({ after, through }: Stretch) => SEARCHED_BYTES * (through - after);

const isEmpty = (filter: LogFilter) => Object.keys(filter).length === 0;

/** The first of the versions, as many as say little enough for one page, at least one. */
async function fitting(
  templates: TemplateStore,
  templateId: string,
  versions: readonly number[],
  bytesMax: number,
): Promise<{ readonly versions: readonly number[]; readonly bytes: number }> {
  const sizes = await templates.measureLogAt(templateId, versions);
  let bytes = 0;
  for (const [index, version] of versions.entries()) {
    const next = bytes + (sizes.get(version) ?? 0);
    if (index > 0 && next > bytesMax) return { versions: versions.slice(0, index), bytes };
    bytes = next;
  }
  return { versions, bytes };
}
