/**
 * Group reads of heads: lookups that arrive while a query is on its way wait and go together with the next one, so
 * that many concurrent requests cost few queries. A lookup never joins a query that left before it was asked: what it
 * answers was read afterwards.
 */
import DataLoader from "dataloader";
import type { TemplateHead, TemplateStore } from "./templateStore.js";

export interface HeadReader {
  /** The template's head as of now or later. Rejects with StorageUnavailable. */
  head(templateId: string): Promise<TemplateHead | undefined>;
}

/** Reads heads from the store, at most `batchMax` templates a query, one query at a time. */
export function createHeadReader(
  store: Pick<TemplateStore, "heads">,
  { batchMax }: { readonly batchMax: number },
): HeadReader {
  let inFlight: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<string, TemplateHead | undefined>(
    (templateIds) => {
      const reading = readAll(store, templateIds, batchMax);
      inFlight = reading.catch(() => undefined);
      return reading;
    },
    {
      // A head that was read once is old at once; what is shared is the query, not its answer.
      cache: false,
      batchScheduleFn: (dispatch) => void inFlight.then(dispatch),
    },
  );
  return { head: (templateId) => loader.load(templateId) };
}

async function readAll(
  store: Pick<TemplateStore, "heads">,
  templateIds: readonly string[],
  batchMax: number,
): Promise<(TemplateHead | undefined)[]> {
  const ids = [...new Set(templateIds)];
  const heads = new Map<string, TemplateHead>();
  for (let start = 0; start < ids.length; start += batchMax) {
    const part = await store.heads(ids.slice(start, start + batchMax));
    for (const [id, head] of part) heads.set(id, head);
  }
  return templateIds.map((id) => heads.get(id));
}
