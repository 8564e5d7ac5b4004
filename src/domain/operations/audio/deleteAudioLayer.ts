import { z } from "zod";
import { withoutLayer } from "../../document/edit.js";
import { findLayer, known } from "../find.js";
import { listOf, predecessor } from "../../document/sequence.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { deleting } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { layerTarget, noPayload } from "../targets.js";

type Target = z.infer<typeof layerTarget>;

export const deleteAudioLayer: OperationDefinition<Target, null> = {
  type: "DELETE_AUDIO_LAYER",
  description: "Deletes an audio layer with its clips.",
  example: { before: exampleDesign, target: { audioLayerId: "layer-1" }, payload: null },
  target: layerTarget,
  payload: noPayload,
  ...deleting("audioLayers"),

  apply(document, { audioLayerId }) {
    const layer = findLayer(document, audioLayerId);
    if (!layer.ok) return layer;
    return success(withoutLayer(document, layer.value));
  },

  invert(document, target) {
    const { properties, clips } = known(findLayer(document, target.audioLayerId));
    const afterId = predecessor(document.audioLayers, target.audioLayerId);
    const payload = { ...properties, clips: listOf(clips), afterId };
    return [{ type: "ADD_AUDIO_LAYER", target, payload }];
  },

  footprint(_document, { audioLayerId }) {
    return [{ kind: "delete", path: nodePath("audioLayers", audioLayerId) }];
  },
};
