import { z } from "zod";
import { withoutClip } from "../../document/edit.js";
import { findClip, known } from "../find.js";
import { predecessor } from "../../document/sequence.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { deleting } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { clipTarget, noPayload } from "../targets.js";

type Target = z.infer<typeof clipTarget>;

export const deleteAudioClip: OperationDefinition<Target, null> = {
  type: "DELETE_AUDIO_CLIP",
  description: "Deletes a clip of an audio layer.",
  example: {
    before: exampleDesign,
    target: { audioLayerId: "layer-1", clipId: "clip-1" },
    payload: null,
  },
  target: clipTarget,
  payload: noPayload,
  ...deleting("clips"),

  apply(document, { audioLayerId, clipId }) {
    const found = findClip(document, audioLayerId, clipId);
    if (!found.ok) return found;
    return success(withoutClip(document, found.value.layer, found.value.clip));
  },

  invert(document, target) {
    const { layer, clip } = known(findClip(document, target.audioLayerId, target.clipId));
    const { id: _, ...properties } = clip;
    const payload = { ...properties, afterId: predecessor(layer.clips, clip.id) };
    return [{ type: "ADD_AUDIO_CLIP", target, payload }];
  },

  footprint(_document, { audioLayerId, clipId }) {
    return [{ kind: "delete", path: nodePath("audioLayers", audioLayerId, "clips", clipId) }];
  },
};
