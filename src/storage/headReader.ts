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

/** Reads heads from the store, at most `batchMax` templates a query. */
export function createHeadReader(
  store: Pick<TemplateStore, "heads">,
  { batchMax }: { readonly batchMax: number },
): HeadReader {
  let inFlight: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<string, TemplateHead | undefined>(
    (templateIds) => {
      const query = store.heads([...new Set(templateIds)]);
      inFlight = query.catch(() => undefined);
      return query.then((heads) => templateIds.map((id) => heads.get(id)));
    },
    {
      cache: false,
      maxBatchSize: batchMax,
      batchScheduleFn: (dispatch) => void inFlight.then(dispatch),
    },
  );
  return { head: (templateId) => loader.load(templateId) };
}
