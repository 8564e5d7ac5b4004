/** Building the pages and audio layers that come with their content in one payload. */
import type { DesignClip, DesignElement } from "../../document/design.js";
import type { AudioLayer, Page } from "../../document/document.js";
import { invalid, quoted, tooLarge } from "../find.js";
import { audioLayerOf, pageOf } from "../../document/fromDesign.js";
import { parentOf } from "../../document/elementTree.js";
import { storedProperties } from "../../document/properties.js";
import { checkId } from "../../document/validation.js";
import type { JsonObject } from "../../json.js";
import type { DomainLimits } from "../../limits.js";
import { success } from "../../result.js";
import { storedElement } from "../elements/elementProperties.js";
import type { OperationResult } from "../operation.js";
import { refusal } from "../parse.js";

type Identified = JsonObject & { readonly id: string };

/** The page with its elements: their ids differ, their parents are among them and no element is in itself. */
export function newPage(
  pageId: string,
  payload: JsonObject,
  listed: readonly Identified[],
  limits: DomainLimits,
): OperationResult<Page> {
  if (listed.length > limits.elementsPerPageMax) {
    const message = `a page holds at most ${limits.elementsPerPageMax} elements`;
    return tooLarge(message, ["payload", "elements"]);
  }
  const ids = checkIds(listed, "elements", limits);
  if (!ids.ok) return ids;
  const elements = listed.map((element) => storedElement(element.id, element));
  const tree = checkTree(elements);
  if (!tree.ok) return tree;
  const properties = storedProperties(payload, ["elements", "afterId"]);
  return success(pageOf({ ...properties, id: pageId, elements }));
}

/** The audio layer with its clips, whose ids differ. */
export function newAudioLayer(
  layerId: string,
  payload: JsonObject,
  listed: readonly Identified[],
  limits: DomainLimits,
): OperationResult<AudioLayer> {
  if (listed.length > limits.clipsPerAudioLayerMax) {
    const message = `an audio layer holds at most ${limits.clipsPerAudioLayerMax} clips`;
    return tooLarge(message, ["payload", "clips"]);
  }
  const ids = checkIds(listed, "clips", limits);
  if (!ids.ok) return ids;
  const clips = listed.map((clip) => storedClip(clip.id, clip));
  const properties = storedProperties(payload, ["clips", "afterId"]);
  return success(audioLayerOf({ ...properties, id: layerId, clips }));
}

/** The clip as it is stored: without nulls. */
export function storedClip(clipId: string, properties: JsonObject): DesignClip {
  return { ...storedProperties(properties, ["afterId"]), id: clipId };
}

function checkIds(
  listed: readonly Identified[],
  collection: string,
  limits: DomainLimits,
): OperationResult<null> {
  const seen = new Set<string>();
  for (const [index, { id }] of listed.entries()) {
    const path = ["payload", collection, String(index), "id"];
    const issue = checkId(id, limits, path);
    if (issue !== undefined) return refusal(issue);
    if (seen.has(id)) return invalid(`id ${quoted(id)} is used twice`, path);
    seen.add(id);
  }
  return success(null);
}

function checkTree(elements: readonly DesignElement[]): OperationResult<null> {
  const parents = new Map(elements.map((element) => [element.id, parentOf(element)]));
  const rooted = new Set<string>();
  for (const [index, { id }] of elements.entries()) {
    const path = ["payload", "elements", String(index), "parentId"];
    const chain = new Set<string>();
    let current: string | null = id;
    while (current !== null && !rooted.has(current)) {
      if (chain.has(current)) return invalid(`element ${quoted(id)} contains itself`, path);
      chain.add(current);
      const parent: string | null | undefined = parents.get(current);
      if (parent === undefined) {
        return invalid(`parent ${quoted(current)} is not among the elements`, path);
      }
      current = parent;
    }
    for (const member of chain) rooted.add(member);
  }
  return success(null);
}
