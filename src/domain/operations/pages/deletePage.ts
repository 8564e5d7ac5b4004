import { z } from "zod";
import { withoutPage } from "../../document/edit.js";
import { findPage, known } from "../find.js";
import { listOf, predecessor } from "../../document/sequence.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { deleting } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { noPayload, pageTarget } from "../targets.js";

type Target = z.infer<typeof pageTarget>;

export const deletePage: OperationDefinition<Target, null> = {
  type: "DELETE_PAGE",
  description: "Deletes a page with all its contents. The last page may be deleted.",
  example: { before: exampleDesign, target: { pageId: "page-2" }, payload: null },
  target: pageTarget,
  payload: noPayload,
  ...deleting("pages"),

  apply(document, { pageId }) {
    const page = findPage(document, pageId);
    if (!page.ok) return page;
    return success(withoutPage(document, page.value));
  },

  invert(document, target) {
    const { properties, elements } = known(findPage(document, target.pageId));
    const afterId = predecessor(document.pages, target.pageId);
    const payload = { ...properties, elements: listOf(elements), afterId };
    return [{ type: "ADD_PAGE", target, payload }];
  },

  footprint(_document, { pageId }) {
    return [{ kind: "delete", path: nodePath("pages", pageId) }];
  },
};
