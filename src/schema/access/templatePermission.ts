/** Who may do what with a template: what the viewer may, what was granted, and the mutation that grants. */
import type { PermissionSet } from "../../commands/outcomes.js";
import type { SetTemplatePermissionInput } from "../../commands/inputs.js";
import { setTemplatePermission } from "../../commands/access/setTemplatePermission.js";
import { linkOf } from "../../commands/access/linkTokens.js";
import {
  actions,
  decideAccess,
  restrictionsOf,
  roleOf,
  type Action,
} from "../../domain/access/access.js";
import { restrictionLists, type AccessRole, type Restriction } from "../../domain/access/grant.js";
import type { Permission } from "../../storage/access/permissionStore.js";
import { builder } from "../builder.js";
import { readPermissionsPart } from "./permissionReading.js";
import { selects } from "../selects.js";
import { RequestErrorObject } from "../errors.js";
import { OperationTypeEnum } from "../editing/operationType.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf, stillVisible } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";

export const AccessRoleEnum = builder.enumType("AccessRole", {
  description: "A user's rights on a template; each role includes the ones before it.",
  values: {
    VIEW: { description: "Read it with its history, follow it live, and duplicate it." },
    COMMENT: { description: "Comment on it." },
    EDIT: { description: "Change its document, or parts of it if restricted, and its details." },
    ADMIN: { description: "Manage its permissions, and delete it." },
  } satisfies Record<AccessRole, { description: string }>,
});

const TemplateActionEnum = builder.enumType("TemplateAction", {
  description: "A right on a template.",
  values: {
    VIEW: { value: "view", description: "Read the document, its history and its changes." },
    DUPLICATE: { value: "duplicate", description: "Make an own copy." },
    COMMENT: { value: "comment", description: "Comment on it." },
    EDIT: {
      value: "edit",
      description: "Send operations, within `viewerRestrictions`.",
    },
    DESCRIBE: {
      value: "describe",
      description: "Change its name and other details; make snapshots.",
    },
    GOVERN: { value: "govern", description: "Set its merge rules; end locks of others." },
    AUDIT: { value: "audit", description: "Read the record of its conflicts." },
    SHARE: { value: "share", description: "Read and change its permissions." },
    DELETE: { value: "delete", description: "Delete and restore it." },
    TRANSFER: { value: "transfer", description: "Transfer it to another user." },
  } satisfies Record<Uppercase<Action>, { value: Action; description: string }>,
});

const restrictionTexts = {
  pageIds: "Only document nodes on these pages; empty: on all pages.",
  elementTypes:
    "Only elements of these types, and neither pages nor canvas nor audio; empty: everything.",
  elementIds:
    "Only these elements and, for groups among them, their contents; neither pages nor canvas nor audio. The elements themselves cannot be added, deleted or moved to another group. Empty: everything.",
  operationTypes: "Only by operations of these types, as sent; empty: by all types.",
};

const EditRestrictionObject = builder.objectRef<Restriction>("EditRestriction").implement({
  description: "A part of a template that may be edited.",
  fields: (t) => ({
    pageIds: t.exposeStringList("pageIds", { description: restrictionTexts.pageIds }),
    elementTypes: t.exposeStringList("elementTypes", {
      description: restrictionTexts.elementTypes,
    }),
    elementIds: t.exposeIDList("elementIds", { description: restrictionTexts.elementIds }),
    operationTypes: t.field({
      type: [OperationTypeEnum],
      description: restrictionTexts.operationTypes,
      resolve: ({ operationTypes }) => [...operationTypes],
    }),
  }),
});

const TemplatePermissionObject = builder.objectRef<Permission>("TemplatePermission").implement({
  description: "A grant on a template to a user, a team or the holder of an e-mail address.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID, used by the audit log." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The user; null for a team, and for an e-mail address whose holder has neither joined the template nor accepted.",
      resolve: ({ holder }) => (holder.kind === "team" ? null : holder.userId),
    }),
    teamId: t.id({
      nullable: true,
      description: "The team; null if the grant is not to a team.",
      resolve: ({ holder }) => (holder.kind === "team" ? holder.teamId : null),
    }),
    email: t.string({
      nullable: true,
      description: "The e-mail address granted to; null if the grant is not to an address.",
      resolve: ({ holder }) => (holder.kind === "address" ? holder.email : null),
    }),
    role: t.expose("role", { type: AccessRoleEnum, description: "The granted role." }),
    pageIds: t.exposeStringList("pageIds", { description: restrictionTexts.pageIds }),
    elementTypes: t.exposeStringList("elementTypes", {
      description: restrictionTexts.elementTypes,
    }),
    elementIds: t.exposeIDList("elementIds", { description: restrictionTexts.elementIds }),
    operationTypes: t.field({
      type: [OperationTypeEnum],
      description: restrictionTexts.operationTypes,
      resolve: ({ operationTypes }) => [...operationTypes],
    }),
    grantedAt: t.expose("grantedAt", { type: "DateTime", description: "The time of the grant." }),
  }),
});

// Deliveries that are shared between subscribers are not shared where one of these is selected.
const extensions = { viewerDependent: true };

builder.objectFields(TemplateObject, (t) => ({
  viewerRole: t.field({
    type: AccessRoleEnum,
    nullable: true,
    extensions,
    description: "The viewer's role, the strongest of all grants; null if access has just ended.",
    resolve: async (node, _args, context) =>
      roleOf(context.viewer, await readingOf(node, context).granted()),
  }),
  viewerMay: t.field({
    type: [TemplateActionEnum],
    extensions,
    description: "The viewer's current rights; every other action is refused.",
    resolve: async (node, _args, context) => {
      const head = await readingOf(node, context).granted();
      return actions.filter((action) => decideAccess(context.viewer, action, head).allowed);
    },
  }),
  viewerRestrictions: t.field({
    type: [EditRestrictionObject],
    extensions,
    description:
      "The parts that the viewer may edit, as a union: at most one for each grant to the viewer, their teams and share links. Empty if the viewer's editing is unrestricted.",
    resolve: async (node, _args, context) => [
      ...restrictionsOf(context.viewer, await readingOf(node, context).granted()),
    ],
  }),
  permissions: t.field({
    type: [TemplatePermissionObject],
    extensions,
    description:
      "The grants to users, teams and e-mail addresses on this template, oldest first: at most 1,000, whose restrictions take at most 1,000,000 bytes together. Requires the right SHARE, otherwise empty. Counts towards the read limits like documents: errors RESPONSE_TOO_LARGE, RATE_LIMITED.",
    resolve: async (node, _args, context, info) => {
      const head = await readingOf(node, context).granted();
      if (!decideAccess(context.viewer, "share", head).allowed) return [];
      const withRestrictions = restrictionLists.some((list) => selects(info, list));
      return [...(await readPermissionsPart({ templateId: node.id, withRestrictions }, context))];
    },
  }),
}));

const SetTemplatePermissionInputType = builder
  .inputRef<SetTemplatePermissionInput, false>("SetTemplatePermissionInput")
  .implement({
    description:
      "The grant to one user, one team or one e-mail address on a template: exactly one of the three.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      userId: t.id({ description: "The user." }),
      teamId: t.id({ description: "The team, one of the viewer's." }),
      email: t.string({
        description:
          "The e-mail address, with or without an account. The permission belongs to the account, present or future, whose address it is, if an identity provider proved the address; other accounts accept it with `token`.",
      }),
      role: t.field({
        type: AccessRoleEnum,
        description: "The role; null or omitted: revoke the grant.",
      }),
      pageIds: t.idList({
        description:
          "With EDIT: only document nodes on these pages, at most 100. Default: all pages.",
      }),
      elementTypes: t.stringList({
        description: "With EDIT: only elements of these types, at most 100. Default: everything.",
      }),
      elementIds: t.idList({
        description:
          "With EDIT: only these elements and, for groups among them, their contents; at most 100. Default: everything. Element ids are unique within a page only: also name the page in `pageIds` if another page may have the same id.",
      }),
      operationTypes: t.field({
        type: [OperationTypeEnum],
        description:
          "With EDIT: only by operations of these types, as sent. Default: all types. UPDATE_ELEMENT_PROPS sets any property, including position and size. Undoing an operation of a granted type is permitted if the type of the undoing operation is granted, or if it sets nothing beyond what the granted type changes.",
      }),
    }),
  });

const TemplatePermissionSetObject = builder
  .objectRef<PermissionSet>("TemplatePermissionSet")
  .implement({
    description: "The permission was set as requested.",
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        nullable: true,
        description: "The template; null if the viewer gave up their own access.",
        resolve: (result, _args, context) => stillVisible(result, context),
      }),
      changed: t.exposeBoolean("isNews", { description: "Whether the permission changed." }),
      permissionId: t.exposeID("permissionId", {
        nullable: true,
        description: "The id of the set or revoked permission; null if there was none to revoke.",
      }),
      token: t.exposeString("token", {
        nullable: true,
        description:
          "For an e-mail address: the token for `acceptTemplatePermission`, to be sent to the address, since any holder can accept. It replaces earlier tokens and is returned only once. Null otherwise.",
      }),
      link: t.string({
        nullable: true,
        description:
          "The link to the server's page for accepting, with the token in its fragment; null without `token`. It starts with `PUBLIC_URL`; if that is not set, it is a path to append to the server's address.",
        resolve: ({ token }, _args, { services }) =>
          token === null ? null : linkOf(token, services.accounts.settings.publicUrl),
      }),
    }),
  });

const SetTemplatePermissionResult = builder.unionType("SetTemplatePermissionResult", {
  description: "The permission or an error.",
  types: [TemplatePermissionSetObject, RequestErrorObject],
  resolveType: ({ kind }) =>
    kind === "refused" ? RequestErrorObject : TemplatePermissionSetObject,
});

builder.mutationField("setTemplatePermission", (t) =>
  t.field({
    type: SetTemplatePermissionResult,
    description:
      "Grants, changes or revokes the role of a user, a team or an e-mail address on a template. The result does not reveal whether an address has an account. Revocation takes effect at once: subscriptions end with ACCESS_REVOKED, and sessions and locks end. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN (also: no administrator would remain), INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: SetTemplatePermissionInputType,
        required: true,
        description: "The template, the grantee and the role.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      setTemplatePermission(services, viewer, input),
  }),
);
