import { z } from "zod";
import { withLayerProperties } from "../../document/edit.js";
import { findLayer, known } from "../find.js";
import { previousProperties } from "../../document/properties.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { name, oneValue, openChanges, refused, tooManyProperties } from "../openProperties.js";
import { layerTarget } from "../targets.js";

const payload = openChanges({
  name,
  clips: refused("must be absent: operations on clips change them"),
});
type Target = z.infer<typeof layerTarget>;
type Payload = z.infer<typeof payload>;

export const updateAudioLayer: OperationDefinition<Target, Payload> = {
  type: "UPDATE_AUDIO_LAYER",
  description: `Sets properties of an audio layer; null removes one. Not \`id\` and \`clips\`. ${oneValue}`,
  example: {
    before: exampleDesign,
    target: { audioLayerId: "layer-1" },
    payload: { name: "Background music", muted: true },
  },
  target: layerTarget,
  payload,
  ...updating("UPDATE_AUDIO_LAYER"),

  apply(document, { audioLayerId }, payload, limits) {
    const layer = findLayer(document, audioLayerId);
    if (!layer.ok) return layer;
    const refusal = tooManyProperties(layer.value.properties, payload, limits);
    if (refusal !== undefined) return refusal;
    return success(withLayerProperties(document, layer.value, payload));
  },

  invert(document, target, payload) {
    const { properties } = known(findLayer(document, target.audioLayerId));
    const back = previousProperties(properties, payload);
    return [{ type: "UPDATE_AUDIO_LAYER", target, payload: back }];
  },

  footprint(_document, { audioLayerId }, payload) {
    const path = nodePath("audioLayers", audioLayerId);
    return [{ kind: "write", path, properties: Object.keys(payload) }];
  },
};
