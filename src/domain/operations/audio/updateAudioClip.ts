import { z } from "zod";
import { withClipProperties } from "../../document/edit.js";
import { findClip, known } from "../find.js";
import { previousProperties } from "../../document/properties.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import { clipChanges } from "./audioProperties.js";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { oneValue, tooManyProperties } from "../openProperties.js";
import { clipTarget } from "../targets.js";

type Target = z.infer<typeof clipTarget>;
type Payload = z.infer<typeof clipChanges>;

export const updateAudioClip: OperationDefinition<Target, Payload> = {
  type: "UPDATE_AUDIO_CLIP",
  description: `Sets properties of an audio clip; null removes one. Not \`id\`. ${oneValue}`,
  example: {
    before: exampleDesign,
    target: { audioLayerId: "layer-1", clipId: "clip-1" },
    payload: { start: 1.5, volume: 0.8 },
  },
  target: clipTarget,
  payload: clipChanges,
  ...updating("UPDATE_AUDIO_CLIP"),

  apply(document, { audioLayerId, clipId }, payload, limits) {
    const found = findClip(document, audioLayerId, clipId);
    if (!found.ok) return found;
    const { layer, clip } = found.value;
    const refusal = tooManyProperties(clip, payload, limits);
    if (refusal !== undefined) return refusal;
    return success(withClipProperties(document, layer, clip, payload));
  },

  invert(document, target, payload) {
    const { clip } = known(findClip(document, target.audioLayerId, target.clipId));
    return [{ type: "UPDATE_AUDIO_CLIP", target, payload: previousProperties(clip, payload) }];
  },

  footprint(_document, { audioLayerId, clipId }, payload) {
    const path = nodePath("audioLayers", audioLayerId, "clips", clipId);
    return [{ kind: "write", path, properties: Object.keys(payload) }];
  },
};
