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
  description: "What a share link lets do; see `AccessRole`.",
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
  description: "A link that lets whoever opens it do something with a template.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID; not what opens it." }),
    role: t.expose("role", { type: AccessRoleEnum, description: "What it lets do." }),
    createdBy: t.field({
      type: UserObject,
      nullable: true,
      description: "Who made it; null where the account is gone.",
      resolve: ({ createdById }) => createdById,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description: "When it and what it granted end; null where only a revocation ends them.",
    }),
    openToGuests: t.exposeBoolean("openToGuests", {
      description: "Whether the template may be read with it without an account.",
    }),
    guestCount: t.exposeInt("guestCount", {
      description: "Sessions of guests who came by it that run now.",
    }),
    guestUseCount: t.int({
      description: "How often guests opened it, as far as that is still known.",
      resolve: ({ guestUse }) => guestUse?.useCount ?? 0,
    }),
    lastGuestUseAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When a guest opened it last; null where none did.",
      resolve: ({ guestUse }) => guestUse && new Date(guestUse.lastUsedAt),
    }),
  }),
});

builder.objectField(TemplateObject, "shareLinks", (t) =>
  t.field({
    type: [ShareLinkObject],
    nullable: true,
    description:
      "Its share links that are not over, newest first, at most `SHARE_LINKS_PER_TEMPLATE_MAX` (100 unless set otherwise); null for who may not share it.",
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
  description: "The link can be opened.",
  fields: (t) => ({
    shareLinkId: t.exposeID("shareLinkId", { description: "The link's id." }),
    token: t.exposeString("token", {
      description: "For `acceptShareLink`. Told here and never again.",
    }),
  }),
});
const CreatedResult = builder.unionType("CreateShareLinkResult", {
  description: "The link or a refusal.",
  types: [CreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CreatedObject),
});
const RevokedObject = builder.objectRef<Ended>("ShareLinkRevoked").implement({
  description: "The link and what it granted are gone.",
  fields: (t) => ({
    shareLinkId: t.exposeID("id", { description: "The link's id." }),
  }),
});
const RevokedResult = builder.unionType("RevokeShareLinkResult", {
  description: "The outcome or a refusal.",
  types: [RevokedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : RevokedObject),
});
const AcceptedResult = resultOf(
  "AcceptShareLinkResult",
  templateOutcome("ShareLinkAccepted", "The viewer may do what the link is for."),
  "The template or a refusal.",
);

const CreateInput = builder
  .inputRef<CreateShareLinkInput, false>("CreateShareLinkInput")
  .implement({
    description: "A new share link.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      role: t.field({ type: ShareRoleEnum, required: true, description: "What it lets do." }),
      expiresAt: t.field({
        type: "DateTime",
        description: "When it and what it granted end; never by themselves where omitted.",
      }),
      openToGuests: t.boolean({
        description:
          "Whether the template may also be read with it without an account, by `openAsGuest`, whatever the role; not where omitted. FORBIDDEN where the server lets nobody read without an account.",
      }),
    }),
  });
const RevokeInput = builder.inputType("RevokeShareLinkInput", {
  description: "Which link of which template.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template." }),
    shareLinkId: t.id({ required: true, description: "The link." }),
  }),
});
const AcceptInput = builder.inputType("AcceptShareLinkInput", {
  description: "A link to open.",
  fields: (t) => ({ token: t.string({ required: true, description: "The link's token." }) }),
});

builder.mutationFields((t) => ({
  createShareLink: t.field({
    type: CreatedResult,
    description:
      "Makes a link to a template that the viewer may share. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many links).",
    args: { input: t.arg({ type: CreateInput, required: true, description: "The link." }) },
    resolve: (_root, { input }, { services, viewer }) => createShareLink(services, viewer, input),
  }),
  revokeShareLink: t.field({
    type: RevokedResult,
    description:
      "Ends a link and all that it granted. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `shareLinkId`), FORBIDDEN.",
    args: { input: t.arg({ type: RevokeInput, required: true, description: "The link." }) },
    resolve: (_root, { input }, { services, viewer }) => revokeShareLink(services, viewer, input),
  }),
  acceptShareLink: t.field({
    type: AcceptedResult,
    description:
      "Opens a link: grants the viewer what it is for, as long as it is there. Again changes nothing. Refusals: UNAUTHENTICATED, NOT_FOUND (also over, revoked, or its template in the bin).",
    args: { input: t.arg({ type: AcceptInput, required: true, description: "The token." }) },
    resolve: (_root, { input }, { services, viewer }) => acceptShareLink(services, viewer, input),
  }),
}));
