/** Share links, as those see them who decide who may do what with the template. */
import {
  acceptShareLink,
  createShareLink,
  revokeShareLink,
  type CreateShareLinkInput,
} from "../../commands/access/shareLinks.js";
import type { Ended, ShareLinkCreated } from "../../commands/teams/teamServices.js";
import { decideAccess } from "../../domain/access/access.js";
import type { AccessRole } from "../../domain/access/grant.js";
import type { GuestUse } from "../../storage/access/shareLinkStore.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { TemplateObject } from "../templates/template.js";
import { resultOf, templateOutcome } from "../templates/templateMutations.js";
import { AccessRoleEnum } from "./templatePermission.js";
import { readingOf } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";

const ShareRoleEnum = builder.enumType("ShareLinkRole", {
  description: "The role that a share link grants; see `AccessRole`.",
  values: {
    VIEW: { description: "View." },
    COMMENT: { description: "Comment." },
    EDIT: { description: "Edit." },
  } as const,
});

interface ShareLinkRow {
  readonly id: string;
  readonly role: AccessRole;
  readonly createdById: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly openToGuests: boolean;
  readonly guestCount: number;
  readonly guestUse: GuestUse | undefined;
}

const ShareLinkObject = builder.objectRef<ShareLinkRow>("ShareLink").implement({
  description: "A link whose holder gets a role on a template.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID. It does not open the link." }),
    role: t.expose("role", { type: AccessRoleEnum, description: "The role that the link grants." }),
    createdBy: t.field({
      type: UserObject,
      nullable: true,
      description: "The user who made the link; null if the account was deleted.",
      resolve: ({ createdById }) => createdById,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description:
        "The time at which the link and the access granted by it end; null if only revocation ends them.",
    }),
    openToGuests: t.exposeBoolean("openToGuests", {
      description: "Whether guests without an account may read the template by this link.",
    }),
    guestCount: t.exposeInt("guestCount", {
      description: "The number of current guest sessions opened by this link.",
    }),
    guestUseCount: t.int({
      description: "The number of uses by guests, as far as records reach back.",
      resolve: ({ guestUse }) => guestUse?.useCount ?? 0,
    }),
    lastGuestUseAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "The time of the last use by a guest; null if there was none.",
      resolve: ({ guestUse }) => guestUse && new Date(guestUse.lastUsedAt),
    }),
  }),
});

builder.objectField(TemplateObject, "shareLinks", (t) =>
  t.field({
    type: [ShareLinkObject],
    nullable: true,
    description:
      "The template's valid share links, newest first, at most `SHARE_LINKS_PER_TEMPLATE_MAX` (default 100); null if the viewer may not share the template.",
    extensions: { viewerDependent: true },
    resolve: async (node, _args, context) => {
      const { viewer, prisma, services } = context;
      const head = await readingOf(node, context).headInStep();
      if (!decideAccess(viewer, "share", head).allowed) return null;
      const now = services.clock.now();
      const [links, guests, uses] = await Promise.all([
        prisma.shareLink.findMany({
          omit: { tokenHash: true },
          where: {
            templateId: node.id,
            OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }],
          },
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        }),
        services.guests.store.countByLink(node.id, now),
        services.team.shareLinks.guestUses(node.id),
      ]);
      return links.map((link) => ({
        ...link,
        guestCount: guests.get(link.id) ?? 0,
        guestUse: uses.get(link.id),
      }));
    },
  }),
);

const CreatedObject = builder.objectRef<ShareLinkCreated>("ShareLinkCreated").implement({
  description: "The share link was created.",
  fields: (t) => ({
    shareLinkId: t.exposeID("shareLinkId", { description: "The link's id." }),
    token: t.exposeString("token", {
      description: "The token for `acceptShareLink`. Returned only once.",
    }),
  }),
});
const CreatedResult = builder.unionType("CreateShareLinkResult", {
  description: "The link or an error.",
  types: [CreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CreatedObject),
});
const RevokedObject = builder.objectRef<Ended>("ShareLinkRevoked").implement({
  description: "The link and the access granted by it were revoked.",
  fields: (t) => ({
    shareLinkId: t.exposeID("id", { description: "The link's id." }),
  }),
});
const RevokedResult = builder.unionType("RevokeShareLinkResult", {
  description: "The result or an error.",
  types: [RevokedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : RevokedObject),
});
const AcceptedResult = resultOf(
  "AcceptShareLinkResult",
  templateOutcome("ShareLinkAccepted", "The viewer has the link's role on the template."),
  "The template or an error.",
);

const CreateInput = builder
  .inputRef<CreateShareLinkInput, false>("CreateShareLinkInput")
  .implement({
    description: "A new share link.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      role: t.field({
        type: ShareRoleEnum,
        required: true,
        description: "The role that the link grants.",
      }),
      expiresAt: t.field({
        type: "DateTime",
        description: "The time at which the link and the access granted by it end. Default: never.",
      }),
      openToGuests: t.boolean({
        description:
          "Whether guests without an account may also read the template by this link, with `openAsGuest`, regardless of the role; default false. FORBIDDEN if the deployment has no guest access.",
      }),
    }),
  });
const RevokeInput = builder.inputType("RevokeShareLinkInput", {
  description: "The share link to revoke.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template." }),
    shareLinkId: t.id({ required: true, description: "The link." }),
  }),
});
const AcceptInput = builder.inputType("AcceptShareLinkInput", {
  description: "The share link to accept.",
  fields: (t) => ({ token: t.string({ required: true, description: "The link's token." }) }),
});

builder.mutationFields((t) => ({
  createShareLink: t.field({
    type: CreatedResult,
    description:
      "Creates a share link to a template that the viewer may share. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many links).",
    args: { input: t.arg({ type: CreateInput, required: true, description: "The link." }) },
    resolve: (_root, { input }, { services, viewer }) => createShareLink(services, viewer, input),
  }),
  revokeShareLink: t.field({
    type: RevokedResult,
    description:
      "Revokes a share link and all access granted by it. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `shareLinkId`), FORBIDDEN.",
    args: { input: t.arg({ type: RevokeInput, required: true, description: "The link." }) },
    resolve: (_root, { input }, { services, viewer }) => revokeShareLink(services, viewer, input),
  }),
  acceptShareLink: t.field({
    type: AcceptedResult,
    description:
      "Grants the viewer the role of a share link, as long as the link is valid. Accepting it again has no effect. Errors: UNAUTHENTICATED, NOT_FOUND (also: expired, revoked, or its template deleted).",
    args: { input: t.arg({ type: AcceptInput, required: true, description: "The token." }) },
    resolve: (_root, { input }, { services, viewer }) => acceptShareLink(services, viewer, input),
  }),
}));
