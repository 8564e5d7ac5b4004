import { z } from "zod";
import { withPageProperties } from "../../document/edit.js";
import { findPage, known } from "../find.js";
import { previousProperties } from "../../document/properties.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { name, oneValue, openChanges, refused, tooManyProperties } from "../openProperties.js";
import { pageTarget } from "../targets.js";

const payload = openChanges({
  name,
  elements: refused("must be absent: operations on elements change them"),
});
type Target = z.infer<typeof pageTarget>;
type Payload = z.infer<typeof payload>;

export const updatePage: OperationDefinition<Target, Payload> = {
  type: "UPDATE_PAGE",
  description: `Sets properties of a page; null removes one. Not \`id\` and \`elements\`. ${oneValue}`,
  example: {
    before: exampleDesign,
    target: { pageId: "page-2" },
    payload: { name: "More details", background: "#f1f3f5" },
  },
  target: pageTarget,
  payload,
  ...updating("UPDATE_PAGE"),

  apply(document, { pageId }, payload, limits) {
    const page = findPage(document, pageId);
    if (!page.ok) return page;
    const refusal = tooManyProperties(page.value.properties, payload, limits);
    if (refusal !== undefined) return refusal;
    return success(withPageProperties(document, page.value, payload));
  },

  invert(document, target, payload) {
    const { properties } = known(findPage(document, target.pageId));
    return [{ type: "UPDATE_PAGE", target, payload: previousProperties(properties, payload) }];
  },

  footprint(_document, { pageId }, payload) {
    return [{ kind: "write", path: nodePath("pages", pageId), properties: Object.keys(payload) }];
  },
};
