/** The law of walking back: from the head over footprints to what was on each page at every version before. */
import type { Document, Page } from "../../src/domain/document/document.js";
import { unbounded } from "../../src/domain/limits.js";
import { withPagesAtBase } from "../../src/domain/merge/pageAtBase.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import { pageIds } from "./generators.js";

/** The first version of which walking back tells something else than replaying; undefined where there is none. */
export function versionMistold(
  start: Document,
  log: readonly LoggedOperation[],
): number | undefined {
  const documents = [start];
  for (const operation of log) {
    const applied = applyOperation(documents.at(-1)!, operation, unbounded);
    if (!applied.ok) throw new Error(applied.error.message);
    documents.push(applied.value);
  }
  const head = documents.at(-1)!;
  const inverses = new Map(log.map(({ id, inverse }) => [id, inverse]));
  const mistold = documents.findIndex((document, index) => {
    const told = withPagesAtBase(head, pages, log.slice(index), (id) => inverses.get(id)!);
    return pageIds.some(
      (id) => treeOf(told.pages.items.get(id)) !== treeOf(document.pages.items.get(id)),
    );
  });
  return mistold < 0 ? undefined : mistold + 1;
}

const pages: ReadonlySet<string> = new Set(pageIds);

/** What is in what, and what each group holds by its index. */
function treeOf(page: Page | undefined): string {
  if (page === undefined) return "none";
  const parents = [...page.elements.items.values()].map(
    ({ id, parentId }) => `${id} in ${String(parentId ?? null)}`,
  );
  const children = [...page.children].map(
    ([id, held]) => `${id} holds ${[...held].toSorted().join()}`,
  );
  return [...parents, ...children, `${page.elements.order.length}`].toSorted().join("\n");
}
