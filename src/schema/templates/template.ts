/** Templates: their details come from columns, their document and versions from the engine. */
import { decideAccess } from "../../domain/access/access.js";
import { designOf } from "../../domain/document/toDesign.js";
import { isUuid } from "../../storage/postgres/uuid.js";
import { builder } from "../builder.js";
import { readingOf, templateNode } from "./templateReading.js";
import { UserObject } from "../accounts/user.js";
import { checkViewport, designThrough, VIEWPORT_DESCRIPTION, ViewportInput } from "./viewport.js";

/** The document's column is never read here: it is a checkpoint behind the head. */
export const TemplateObject = builder.prismaObject("Template", {
  description: "A design: a document that operations change, with its complete history.",
  select: { id: true },
  fields: (t) => ({
    // Not exposed from the row, so that nothing is read where only the id and the version are asked for.
    id: t.id({ description: "A UUID.", resolve: ({ id }) => id }),
    name: t.exposeString("name", { description: "The name of the template." }),
    description: t.exposeString("description", {
      nullable: true,
      description: "The purpose of the template; null if not set.",
    }),
    category: t.exposeString("category", {
      nullable: true,
      description: "The category of the template; null if not set.",
    }),
    tags: t.exposeStringList("tags", { description: "Keywords, in the given order." }),
    isPublic: t.exposeBoolean("isPublic", {
      description: "Whether every signed-in user may read and duplicate the template.",
    }),
    openToGuests: t.exposeBoolean("openToGuests", {
      description: "Whether guests without an account may read the template while it is public.",
    }),
    version: t.int({
      description: "The number of operations ever applied, plus one. Grows by one per operation.",
      resolve: async (node, _args, context) => (await readingOf(node, context).position()).version,
    }),
    versionHash: t.string({
      description:
        "SHA-256 chained over the operation log, as hex: only an identical history gives the same value.",
      resolve: async (node, _args, context) =>
        (await readingOf(node, context).position()).versionHash,
    }),
    designData: t.field({
      type: "JSON",
      description:
        "The document at `version`: `{ canvas, pages: [{ id, name, elements: [...] }], audioLayers: [{ id, name, clips: [...] }] }`, lists in paint order. Error NOT_FOUND for a deleted template. " +
        VIEWPORT_DESCRIPTION,
      args: { viewport: t.arg({ type: ViewportInput, description: "The client's viewport." }) },
      resolve: async (node, { viewport }, context) => {
        checkViewport(viewport);
        const { document } = await readingOf(node, context).document();
        const pageById = (id: string) => document.pages.items.get(id);
        return context.work.read(document.bytes, async () =>
          designThrough(viewport, designOf(document), pageById),
        );
      },
    }),
    author: t.field({
      type: UserObject,
      nullable: true,
      description: "The user who owns the template; null if the account was deleted.",
      select: { authorId: true },
      resolve: ({ authorId }) => authorId,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    updatedAt: t.expose("updatedAt", {
      type: "DateTime",
      description: "The time of the last commit or change of details.",
    }),
    deletedAt: t.expose("deletedAt", {
      type: "DateTime",
      nullable: true,
      description: "The time of deletion (soft delete); null if not deleted.",
    }),
  }),
});

builder.queryField("template", (t) =>
  t.field({
    type: TemplateObject,
    nullable: true,
    description:
      "One template; null if it does not exist, is deleted, or the viewer may not see it.",
    args: { id: t.arg.id({ required: true, description: "The template's id, a UUID." }) },
    resolve: async (_root, { id }, context) => {
      if (context.viewer.kind === "anonymous" || !isUuid(id)) return null;
      const head = await context.services.access.look(context.viewer, id);
      if (head === undefined) return null;
      const access = decideAccess(context.viewer, "view", head);
      return access.allowed ? templateNode(head, context) : null;
    },
  }),
);
