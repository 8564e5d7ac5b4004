import { z } from "zod";
import { withNewClip } from "../../document/edit.js";
import { clipPath, findLayer, invalid, quoted, tooLarge } from "../find.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import { newClip } from "./audioProperties.js";
import type { OperationDefinition } from "../definition.js";
import { adding } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { storedClip } from "../pages/pageContent.js";
import { clipTarget } from "../targets.js";

type Target = z.infer<typeof clipTarget>;
type Payload = z.infer<typeof newClip>;

export const addAudioClip: OperationDefinition<Target, Payload> = {
  type: "ADD_AUDIO_CLIP",
  description:
    "Adds a clip to an audio layer. The payload is the clip without its id; `start` and `duration` are in seconds. " +
    "`afterId` is its place in the layer's list.",
  example: {
    before: exampleDesign,
    target: { audioLayerId: "layer-1", clipId: "clip-2" },
    payload: { start: 12.5, duration: 8, src: "verse.mp3" },
  },
  target: clipTarget,
  payload: newClip,
  ...adding("clips", null),

  apply(document, { audioLayerId, clipId }, payload, limits) {
    const layer = findLayer(document, audioLayerId);
    if (!layer.ok) return layer;
    const { clips } = layer.value;
    if (clips.items.has(clipId)) {
      const message = `clip ${quoted(clipId)} is already on audio layer ${quoted(audioLayerId)}`;
      return invalid(message, clipPath);
    }
    if (clips.size >= limits.clipsPerAudioLayerMax) {
      const message = `an audio layer holds at most ${limits.clipsPerAudioLayerMax} clips`;
      return tooLarge(message, ["payload"]);
    }
    const clip = storedClip(clipId, payload);
    return success(withNewClip(document, layer.value, clip, payload.afterId));
  },

  invert(_document, target) {
    return [{ type: "DELETE_AUDIO_CLIP", target, payload: null }];
  },

  footprint(_document, { audioLayerId, clipId }) {
    return [
      { kind: "create", path: nodePath("audioLayers", audioLayerId, "clips", clipId) },
      { kind: "read", path: nodePath("audioLayers", audioLayerId) },
    ];
  },
};
