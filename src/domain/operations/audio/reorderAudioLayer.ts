import { z } from "zod";
import { withLayerPlaced } from "../../document/edit.js";
import { findLayer, invalid, known } from "../find.js";
import { predecessor } from "../../document/sequence.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { placing } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { layerTarget, placePayload } from "../targets.js";

type Target = z.infer<typeof layerTarget>;
type Payload = z.infer<typeof placePayload>;

export const reorderAudioLayer: OperationDefinition<Target, Payload> = {
  type: "REORDER_AUDIO_LAYER",
  description: "Moves an audio layer in the list of layers.",
  example: {
    before: {
      ...exampleDesign,
      audioLayers: [
        { id: "layer-0", name: "Voice", clips: [] },
        { id: "layer-1", name: "Music", clips: [] },
      ],
    },
    target: { audioLayerId: "layer-1" },
    payload: { afterId: null },
  },
  target: layerTarget,
  payload: placePayload,
  ...placing("REORDER_AUDIO_LAYER", "audioLayers"),

  apply(document, { audioLayerId }, { afterId }) {
    const layer = findLayer(document, audioLayerId);
    if (!layer.ok) return layer;
    if (afterId === audioLayerId) {
      return invalid("an audio layer cannot go above itself", ["payload", "afterId"]);
    }
    return success(withLayerPlaced(document, audioLayerId, afterId));
  },

  invert(document, target) {
    known(findLayer(document, target.audioLayerId));
    const afterId = predecessor(document.audioLayers, target.audioLayerId);
    return [{ type: "REORDER_AUDIO_LAYER", target, payload: { afterId } }];
  },

  footprint(_document, { audioLayerId }) {
    const path = nodePath("audioLayers", audioLayerId);
    return [{ kind: "blend", path, properties: ["order"] }];
  },
};
