import { z } from "zod";
import { withPageOrder } from "../../document/edit.js";
import { nodePath, PLACE } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { noTraits } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { id, noTarget } from "../targets.js";

const payload = z.strictObject({
  pageIds: z
    .array(id)
    .refine((ids) => new Set(ids).size === ids.length, { error: "must not name a page twice" })
    .meta({ uniqueItems: true }),
});
type Target = z.infer<typeof noTarget>;
type Payload = z.infer<typeof payload>;

export const reorderPages: OperationDefinition<Target, Payload> = {
  type: "REORDER_PAGES",
  description:
    "Puts the pages in the given order, which lists all pages that the client saw. An unlisted page stays after its predecessor; a deleted page is skipped.",
  example: {
    before: exampleDesign,
    target: {},
    payload: { pageIds: ["page-2", "page-1"] },
  },
  target: noTarget,
  payload,
  ...noTraits,
  placesIn: { list: "pages", placing: (_target, { pageIds }) => ({ order: pageIds }) },
  parts: () => [PLACE],
  without: () => undefined,

  apply(document, _target, { pageIds }) {
    const { order, items } = document.pages;
    const named = pageIds.filter((pageId) => items.has(pageId));
    return success(withPageOrder(document, mergedOrder(order, named)));
  },

  invert(document, target) {
    return [{ type: "REORDER_PAGES", target, payload: { pageIds: [...document.pages.order] } }];
  },

  footprint() {
    return [{ kind: "blend", path: nodePath("pages"), properties: ["order"] }];
  },
};

/** The named ids in their order, each followed by the unnamed ones that follow it now; those before all stay first. */
function mergedOrder(order: readonly string[], named: readonly string[]): string[] {
  const isNamed = new Set(named);
  const first: string[] = [];
  const followers = new Map<string, string[]>();
  let run = first;
  for (const pageId of order) {
    if (isNamed.has(pageId)) followers.set(pageId, (run = []));
    else run.push(pageId);
  }
  return [...first, ...named.flatMap((pageId) => [pageId, ...(followers.get(pageId) ?? [])])];
}
