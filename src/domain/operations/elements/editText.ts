import { z } from "zod";
import { findElement, invalid, tooLarge } from "../find.js";
import type { DesignElement } from "../../document/design.js";
import type { Json, JsonObject } from "../../json.js";
import { success } from "../../result.js";
import { applyDelta, invertDelta } from "../../text/delta.js";
import { textUnits } from "../../text/richText.js";
import type { RichText } from "../../text/richText.js";
import type { OperationDefinition } from "../definition.js";
import { noTraits } from "../families.js";
import { changeElement, elementNode, elementOf, restoreProperties } from "./elementChange.js";
import { attributes } from "./elementProperties.js";
import { exampleDesign } from "../exampleDesign.js";
import type { OperationResult } from "../operation.js";
import { NO_OP } from "../noOp.js";
import { elementTarget } from "../targets.js";

const units = z.int().min(1, { error: "must be at least 1" });
const step = z.union(
  [
    z.strictObject({ retain: units, attributes: attributes.exactOptional() }),
    z.strictObject({ insert: z.string().min(1), attributes: attributes.exactOptional() }),
    z.strictObject({ delete: units }),
  ],
  {
    error:
      "must be { retain, attributes? } or { insert, attributes? } or { delete }, with a length of at least 1",
  },
);
const payload = z.strictObject({ delta: z.array(step) });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

export const editText: OperationDefinition<Target, Payload> = {
  type: "EDIT_TEXT",
  description:
    "Changes the text of an element by a delta in the quill-delta format: retain, insert or delete a number of UTF-16 units, in order from the start. A null attribute is removed. An element without text has an empty one.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "text-1" },
    payload: {
      delta: [{ retain: 5, attributes: { bold: true } }, { insert: ", world" }],
    },
  },
  target: elementTarget,
  payload,
  ...noTraits,
  incremental: {
    property: "text",
    deltaOf: ({ delta }) => delta,
    withDelta: (_payload, delta) => ({ delta: delta as Payload["delta"] }),
  },
  changes: ["text"],
  parts: () => ["text"],
  without: () => NO_OP,

  apply(document, target, { delta }, limits) {
    const found = findElement(document, target.pageId, target.elementId);
    if (!found.ok) return found;
    const before = textIn(found.value.element);
    if (!before.ok) return before;
    const edited = applyDelta(before.value, delta);
    if (!edited.ok) {
      const path = ["payload", "delta", String(edited.error.step)];
      return invalid(`${path.join(".")} ${edited.error.message}`, path);
    }
    const lengthUnits = textUnits(edited.value);
    if (lengthUnits > limits.stringUnitsMax && lengthUnits > textUnits(before.value)) {
      const message = `text would have ${lengthUnits} units, more than ${limits.stringUnitsMax}`;
      return tooLarge(message, ["payload", "delta"]);
    }
    if (edited.value === "" && found.value.element["text"] === undefined) return success(document);
    return changeElement(document, target, { text: edited.value as unknown as Json }, limits);
  },

  invert(document, target, payload) {
    const text = elementOf(document, target)["text"] as unknown as RichText | undefined;
    // No delta leads back to no text at all.
    if (text === undefined) return restoreProperties(document, target, { text: null });
    const delta = invertDelta(text, payload.delta) as unknown as Json;
    return [{ type: "EDIT_TEXT", target, payload: { delta } satisfies JsonObject }];
  },

  footprint(_document, target) {
    return [{ kind: "blend", path: elementNode(target), properties: ["text"] }];
  },
};

/** The element's text. */
function textIn(element: DesignElement): OperationResult<RichText> {
  const text = element["text"];
  if (text === undefined) return success("");
  if (typeof text === "string" || Array.isArray(text)) return success(text as unknown as RichText);
  return invalid("the element's `text` is not a text", ["target", "elementId"]);
}
