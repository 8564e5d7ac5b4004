import { z } from "zod";
import { withNewLayer } from "../../document/edit.js";
import { invalid, layerPath, quoted, tooLarge } from "../find.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import { listedClip } from "./audioProperties.js";
import type { OperationDefinition } from "../definition.js";
import { adding } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { json, name, refusedInAdds } from "../openProperties.js";
import { newAudioLayer } from "../pages/pageContent.js";
import { afterId, layerTarget } from "../targets.js";

const payload = z
  .object({
    name,
    clips: z.array(listedClip).nullable().exactOptional(),
    ...refusedInAdds,
    afterId,
  })
  .catchall(json);
type Target = z.infer<typeof layerTarget>;
type Payload = z.infer<typeof payload>;

export const addAudioLayer: OperationDefinition<Target, Payload> = {
  type: "ADD_AUDIO_LAYER",
  description:
    "Adds an audio layer, with its clips if it has any. `afterId` is its place among the layers.",
  example: {
    before: exampleDesign,
    target: { audioLayerId: "layer-2" },
    payload: { name: "Voice", clips: [{ id: "clip-1", start: 2, duration: 4, src: "hello.mp3" }] },
  },
  target: layerTarget,
  payload,
  ...adding("audioLayers", "clips"),

  apply(document, { audioLayerId }, payload, limits) {
    const { audioLayers } = document;
    if (audioLayers.items.has(audioLayerId)) {
      return invalid(`audio layer ${quoted(audioLayerId)} already exists`, layerPath);
    }
    if (audioLayers.size >= limits.audioLayersPerDocumentMax) {
      const message = `a document holds at most ${limits.audioLayersPerDocumentMax} audio layers`;
      return tooLarge(message, ["payload"]);
    }
    const layer = newAudioLayer(audioLayerId, payload, payload.clips ?? [], limits);
    if (!layer.ok) return layer;
    return success(withNewLayer(document, layer.value, payload.afterId));
  },

  invert(_document, target) {
    return [{ type: "DELETE_AUDIO_LAYER", target, payload: null }];
  },

  footprint(_document, { audioLayerId }) {
    return [{ kind: "create", path: nodePath("audioLayers", audioLayerId) }];
  },
};
