/** The properties of an audio clip that Strata itself reads, as schemas; all others are the editor's own. */
import { z } from "zod";
import { json, openChanges, positionProperty, refused, refusedInAdds } from "../openProperties.js";
import { afterId, id } from "../targets.js";

const seconds = z.number().min(0, { error: "must be at least 0" });
const timing = {
  start: seconds.nullable().exactOptional(),
  duration: seconds.nullable().exactOptional(),
};

/** The payload of ADD_AUDIO_CLIP. */
export const newClip = z.object({ ...timing, ...refusedInAdds, afterId }).catchall(json);

/** A clip in the payload of ADD_AUDIO_LAYER. */
export const listedClip = z
  .object({
    ...timing,
    id,
    position: positionProperty,
    afterId: refused("must be absent: clips are listed in order"),
  })
  .catchall(json);

/** The payload of UPDATE_AUDIO_CLIP. */
export const clipChanges = openChanges(timing);
