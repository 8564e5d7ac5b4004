import { z } from "zod";
import { withNewPage } from "../../document/edit.js";
import { invalid, pagePath, quoted, tooLarge } from "../find.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { adding } from "../families.js";
import { listedElement } from "../elements/elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import { json, name, refusedInAdds } from "../openProperties.js";
import { newPage } from "./pageContent.js";
import { afterId, pageTarget } from "../targets.js";

const payload = z
  .object({
    name,
    elements: z.array(listedElement).nullable().exactOptional(),
    ...refusedInAdds,
    afterId,
  })
  .catchall(json);
type Target = z.infer<typeof pageTarget>;
type Payload = z.infer<typeof payload>;

export const addPage: OperationDefinition<Target, Payload> = {
  type: "ADD_PAGE",
  description:
    "Adds a page, with its elements in paint order if it has any. `afterId` is its place among the pages.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-3" },
    payload: {
      name: "Appendix",
      elements: [{ id: "title-1", type: "text", x: 40, y: 40, text: "Appendix" }],
      afterId: "page-1",
    },
  },
  target: pageTarget,
  payload,
  ...adding("pages", "elements"),

  apply(document, { pageId }, payload, limits) {
    const { pages } = document;
    if (pages.items.has(pageId)) return invalid(`page ${quoted(pageId)} already exists`, pagePath);
    if (pages.size >= limits.pagesPerDocumentMax) {
      const message = `a document holds at most ${limits.pagesPerDocumentMax} pages`;
      return tooLarge(message, ["payload"]);
    }
    const page = newPage(pageId, payload, payload.elements ?? [], limits);
    if (!page.ok) return page;
    return success(withNewPage(document, page.value, payload.afterId));
  },

  invert(_document, target) {
    return [{ type: "DELETE_PAGE", target, payload: null }];
  },

  footprint(_document, { pageId }) {
    return [{ kind: "create", path: nodePath("pages", pageId) }];
  },
};
