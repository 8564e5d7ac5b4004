/** The document of a template at any version. */
import { bytesOfStateAt, stateAt, type StateAt } from "../../commands/history/readStateAt.js";
import { hashOfDesign } from "../../live/designHashes.js";
import { builder } from "../builder.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";
import {
  checkViewport,
  designThrough,
  VIEWPORT_DESCRIPTION,
  ViewportInput,
} from "../templates/viewport.js";

const TemplateVersion = builder.objectRef<StateAt>("TemplateVersion").implement({
  description: "A template at one version.",
  fields: (t) => ({
    version: t.exposeInt("version", { description: "The requested version." }),
    designData: t.field({
      type: "JSON",
      description: `The document at that version. ${VIEWPORT_DESCRIPTION}`,
      args: { viewport: t.arg({ type: ViewportInput, description: "The client's viewport." }) },
      resolve: ({ design }, { viewport }) => {
        checkViewport(viewport);
        return designThrough(viewport, design);
      },
    }),
    designHash: t.string({
      description:
        "SHA-256 of the document in canonical form, as hex; equal documents have equal values.",
      resolve: ({ design }, _args, { services }) => hashOfDesign(services, design),
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "The time at which the version was committed.",
    }),
  }),
});

builder.objectField(TemplateObject, "at", (t) =>
  t.field({
    type: TemplateVersion,
    nullable: true,
    description: "The state at any version that the log still reaches; null outside 1..version.",
    args: {
      version: t.arg.int({ required: true, description: "The requested version; the first is 1." }),
    },
    resolve: async (node, { version }, context) => {
      const { services, work } = context;
      const head = await readingOf(node, context).headInStep();
      const bytes = await bytesOfStateAt(services, head, version);
      return work.read(bytes, () => stateAt(services, head, version));
    },
  }),
);
