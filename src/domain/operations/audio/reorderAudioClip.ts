import { z } from "zod";
import { withClipPlaced } from "../../document/edit.js";
import { findClip, invalid, known } from "../find.js";
import { predecessor } from "../../document/sequence.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { placing } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import { clipTarget, placePayload } from "../targets.js";

type Target = z.infer<typeof clipTarget>;
type Payload = z.infer<typeof placePayload>;

export const reorderAudioClip: OperationDefinition<Target, Payload> = {
  type: "REORDER_AUDIO_CLIP",
  description: "Moves a clip in the list of its audio layer; `start` determines when it plays.",
  example: {
    before: {
      ...exampleDesign,
      audioLayers: [{ id: "layer-1", clips: [{ id: "clip-0" }, { id: "clip-1" }] }],
    },
    target: { audioLayerId: "layer-1", clipId: "clip-1" },
    payload: { afterId: null },
  },
  target: clipTarget,
  payload: placePayload,
  ...placing("REORDER_AUDIO_CLIP", "clips"),

  apply(document, { audioLayerId, clipId }, { afterId }) {
    const found = findClip(document, audioLayerId, clipId);
    if (!found.ok) return found;
    if (afterId === clipId) {
      return invalid("a clip cannot go above itself", ["payload", "afterId"]);
    }
    return success(withClipPlaced(document, found.value.layer, clipId, afterId));
  },

  invert(document, target) {
    const { layer } = known(findClip(document, target.audioLayerId, target.clipId));
    const afterId = predecessor(layer.clips, target.clipId);
    return [{ type: "REORDER_AUDIO_CLIP", target, payload: { afterId } }];
  },

  footprint(_document, { audioLayerId, clipId }) {
    const path = nodePath("audioLayers", audioLayerId, "clips", clipId);
    return [{ kind: "blend", path, properties: ["order"] }];
  },
};
