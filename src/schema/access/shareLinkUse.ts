/** Who used a share link, for those who decide who may do what with its template. */
import { decideAccess } from "../../domain/access/access.js";
import type { ShareLinkUse } from "../../storage/access/shareLinkStore.js";
import { builder } from "../builder.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";
import { timeConnection, timePageArgs, timePageOf } from "../timePage.js";
import { UserObject } from "../accounts/user.js";

const ShareLinkUseObject = builder.objectRef<ShareLinkUse>("ShareLinkUse").implement({
  description: "A user's use of a share link.",
  fields: (t) => ({
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "The user; null if the account was just deleted.",
      resolve: ({ userId }) => userId,
    }),
    firstUsedAt: t.field({
      type: "DateTime",
      description: "The time of the first use, as far as records reach back.",
      resolve: ({ firstUsedAt }) => new Date(firstUsedAt),
    }),
    lastUsedAt: t.field({
      type: "DateTime",
      description: "The time of the last use.",
      resolve: ({ lastUsedAt }) => new Date(lastUsedAt),
    }),
    useCount: t.exposeInt("useCount", { description: "The number of uses." }),
  }),
});

const ShareLinkUseConnection = builder.connectionObject(
  {
    type: ShareLinkUseObject,
    name: "ShareLinkUseConnection",
    description: "A page of uses of a share link.",
  },
  { name: "ShareLinkUseEdge", description: "A use and its cursor." },
);

builder.objectField(TemplateObject, "shareLinkUses", (t) =>
  t.field({
    type: ShareLinkUseConnection,
    nullable: true,
    description:
      "The users who opened one of the template's share links, latest use first: at most 1,000 users, within the last 90 days by default. Guests are only counted, on the link. Null if the viewer may not share the template. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: {
      shareLinkId: t.arg.id({ required: true, description: "The share link." }),
      ...timePageArgs(t.arg),
    },
    resolve: async (node, { shareLinkId, ...args }, context) => {
      const head = await readingOf(node, context).headInStep();
      if (!decideAccess(context.viewer, "share", head).allowed) return null;
      const page = timePageOf(args);
      const after = page.after && { lastUsedAt: page.after.at.getTime(), id: page.after.id };
      const uses = await context.services.team.shareLinks.uses({
        ...{ templateId: node.id, shareLinkId, after },
        limit: page.take,
      });
      return timeConnection(
        page,
        uses,
        ({ lastUsedAt, id }) => ({ at: new Date(lastUsedAt), id }),
        (use) => use,
      );
    },
  }),
);
