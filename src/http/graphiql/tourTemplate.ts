/** The template of the tour for who has none: the note of the demo on a page of its own, with the demo's short past. */
import { demoHistory } from "../../seed/demo.js";
import { demoNote, demoPageId } from "../../seed/demoDesign.js";

/** By which the page finds it again among a person's templates. */
const tag = "graphiql-tour";

export const tourTemplate = {
  tag,
  input: {
    name: "GraphiQL's tour",
    description: "What the tabs of GraphiQL work on.",
    tags: [tag],
    designData: {
      canvas: {},
      pages: [{ id: demoPageId, name: "First page", elements: [demoNote] }],
      audioLayers: [],
    },
  },
  /** Operations, each on the version before it. */
  history: demoHistory,
};
