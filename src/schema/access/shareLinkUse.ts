/** Who used a share link, for those who decide who may do what with its template. */
import { decideAccess } from "../../domain/access/access.js";
import type { ShareLinkUse } from "../../storage/access/shareLinkStore.js";
import { builder } from "../builder.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";
import { timeConnection, timePageArgs, timePageOf } from "../timePage.js";
import { UserObject } from "../accounts/user.js";

const ShareLinkUseObject = builder.objectRef<ShareLinkUse>("ShareLinkUse").implement({
  description: "How often somebody opened a share link, and when.",
  fields: (t) => ({
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Who; null where the account went at this moment.",
      resolve: ({ userId }) => userId,
    }),
    firstUsedAt: t.field({
      type: "DateTime",
      description: "When they opened it first, as far as that is still known.",
      resolve: ({ firstUsedAt }) => new Date(firstUsedAt),
    }),
    lastUsedAt: t.field({
      type: "DateTime",
      description: "When they opened it last.",
      resolve: ({ lastUsedAt }) => new Date(lastUsedAt),
    }),
    useCount: t.exposeInt("useCount", { description: "How often they opened it." }),
  }),
});

const ShareLinkUseConnection = builder.connectionObject(
  {
    type: ShareLinkUseObject,
    name: "ShareLinkUseConnection",
    description: "A page of uses of a share link.",
  },
  { name: "ShareLinkUseEdge", description: "A use and its place in the list." },
);

builder.objectField(TemplateObject, "shareLinkUses", (t) =>
  t.field({
    type: ShareLinkUseConnection,
    nullable: true,
    description:
      "The people who opened one of its share links, who did so last first: at most 1,000, those who did so in the last 90 days unless the server keeps them for another time. Guests are told by number with the link. Null for who may not share it. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: {
      shareLinkId: t.arg.id({ required: true, description: "The link." }),
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
