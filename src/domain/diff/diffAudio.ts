/** The way from one list of audio layers to another: what is out of order is moved, as few of them as possible. */
import type { AudioLayer } from "../document/document.js";
import type { DesignClip } from "../document/design.js";
import { present, sequenceOf } from "../document/sequence.js";
import type { Sequence } from "../document/sequence.js";
import { designLayerOf } from "../document/toDesign.js";
import type { DomainLimits } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import type { Steps } from "../steps.js";
import { chunked, fitsOneOperation } from "./payloadChunks.js";
import { propertyChanges } from "./propertyChanges.js";
import { idsInPlace } from "./sequenceChanges.js";

/** Deletes, then from the bottom up what is added, moved and changed. */
export function* audioLayerOperations(
  from: Sequence<AudioLayer>,
  to: Sequence<AudioLayer>,
  limits: DomainLimits,
): Steps<OperationContent[]> {
  if (from === to) return [];
  const staying = idsInPlace(from.order, to.order);
  const gone = from.order.filter((layerId) => !to.items.has(layerId));
  const content: OperationContent[] = [];
  for (const [index, layerId] of to.order.entries()) {
    const layer = present(to, layerId);
    const before = from.items.get(layerId);
    const afterId = to.order[index - 1] ?? null;
    if (before !== undefined && !staying.has(layerId)) {
      const target = { audioLayerId: layerId };
      content.push({ type: "REORDER_AUDIO_LAYER", target, payload: { afterId } });
    }
    const operations =
      before === undefined
        ? layerAddition(layer, afterId, limits)
        : layerChanges(before, layer, limits);
    for (const operation of operations) content.push(operation);
    yield;
  }
  return [...gone.map(layerDeletion), ...content];
}

function layerDeletion(audioLayerId: string): OperationContent {
  return { type: "DELETE_AUDIO_LAYER", target: { audioLayerId }, payload: null };
}

function layerChanges(from: AudioLayer, to: AudioLayer, limits: DomainLimits): OperationContent[] {
  if (from === to) return [];
  const target = { audioLayerId: to.id };
  const updates = chunked(propertyChanges(from.properties, to.properties), limits);
  return [
    ...updates.map((payload): OperationContent => ({
      type: "UPDATE_AUDIO_LAYER",
      target,
      payload,
    })),
    ...clipOperations(to.id, from.clips, to.clips, limits),
  ];
}

function layerAddition(
  layer: AudioLayer,
  afterId: string | null,
  limits: DomainLimits,
): OperationContent[] {
  const target = { audioLayerId: layer.id };
  const { id: _, ...whole } = designLayerOf(layer);
  if (fitsOneOperation(whole, limits)) {
    return [{ type: "ADD_AUDIO_LAYER", target, payload: { ...whole, afterId } }];
  }
  const [first = {}, ...rest] = chunked(layer.properties, limits);
  return [
    { type: "ADD_AUDIO_LAYER", target, payload: { ...first, afterId } },
    ...rest.map((payload): OperationContent => ({ type: "UPDATE_AUDIO_LAYER", target, payload })),
    ...clipOperations(layer.id, sequenceOf<DesignClip>([]), layer.clips, limits),
  ];
}

function clipOperations(
  audioLayerId: string,
  from: Sequence<DesignClip>,
  to: Sequence<DesignClip>,
  limits: DomainLimits,
): OperationContent[] {
  if (from === to) return [];
  const staying = idsInPlace(from.order, to.order);
  const operations: OperationContent[] = [];
  for (const clipId of from.order) {
    if (to.items.has(clipId)) continue;
    const target = { audioLayerId, clipId };
    operations.push({ type: "DELETE_AUDIO_CLIP", target, payload: null });
  }
  for (const [index, clipId] of to.order.entries()) {
    const target = { audioLayerId, clipId };
    const clip = present(to, clipId);
    const { id: _, ...properties } = clip;
    const afterId = to.order[index - 1] ?? null;
    const before = from.items.get(clipId);
    if (before !== undefined) {
      if (!staying.has(clipId)) {
        operations.push({ type: "REORDER_AUDIO_CLIP", target, payload: { afterId } });
      }
      const updates = chunked(propertyChanges(before, clip), limits);
      for (const payload of updates)
        operations.push({ type: "UPDATE_AUDIO_CLIP", target, payload });
      continue;
    }
    const [first = {}, ...rest] = chunked(properties, limits);
    operations.push({ type: "ADD_AUDIO_CLIP", target, payload: { ...first, afterId } });
    for (const payload of rest) operations.push({ type: "UPDATE_AUDIO_CLIP", target, payload });
  }
  return operations;
}
