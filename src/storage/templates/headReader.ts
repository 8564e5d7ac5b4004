/** Heads of templates, in group reads. */
import { groupReads } from "../postgres/groupReads.js";
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
  return {
    head: groupReads((templateIds: readonly string[]) => readAll(store, templateIds, batchMax)),
  };
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
