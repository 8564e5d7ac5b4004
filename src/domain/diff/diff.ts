/**
 * The way from one document to another in public operations. Reverts and the states that people settle on in a
 * conflict are stored like this, so they merge, undo and show in history as any edit does.
 */
import type { Document } from "../document/document.js";
import { defaultDomainLimits } from "../limits.js";
import type { DomainLimits } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { finished, type Steps } from "../steps.js";
import { audioLayerOperations } from "./diffAudio.js";
import { pageOperations } from "./diffPages.js";
import { chunked } from "./payloadChunks.js";
import { propertyChanges } from "./propertyChanges.js";

/**
 * Operations that, applied in order to `from`, give `to`; none where they are equal. What moved is moved, texts change
 * by deltas, strokes that grew are extended, and only what differs is named. Parts that both documents share are
 * skipped unseen, so the cost follows the change. Payloads keep the limits, large additions are split for that.
 * An intermediate document may be larger than both: apply without a limit on the document's bytes.
 */
export function operationsBetween(
  from: Document,
  to: Document,
  limits: DomainLimits = defaultDomainLimits,
): OperationContent[] {
  return finished(stepsBetween(from, to, limits));
}

/** As `operationsBetween`, some of the operations a step. */
export function* stepsBetween(
  from: Document,
  to: Document,
  limits: DomainLimits = defaultDomainLimits,
): Steps<OperationContent[]> {
  if (from === to) return [];
  const canvas = chunked(propertyChanges(from.canvas, to.canvas), limits);
  return [
    ...canvas.map((payload): OperationContent => ({ type: "UPDATE_CANVAS", target: {}, payload })),
    ...(yield* pageOperations(from.pages, to.pages, limits)),
    ...(yield* audioLayerOperations(from.audioLayers, to.audioLayers, limits)),
  ];
}
