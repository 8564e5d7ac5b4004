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
  description: "What somebody may do with a template; each includes the ones before it.",
  values: {
    VIEW: { description: "Read it with its history, follow it live, and duplicate it." },
    COMMENT: { description: "Take part in what is said about it." },
    EDIT: { description: "Change its document, perhaps only a part of it, and its details." },
    ADMIN: { description: "Decide who may do what with it, and put it into the bin." },
  } satisfies Record<AccessRole, { description: string }>,
});

const TemplateActionEnum = builder.enumType("TemplateAction", {
  description: "Something that one may do with a template, or not.",
  values: {
    VIEW: { value: "view", description: "Read the document, its history and its changes." },
    DUPLICATE: { value: "duplicate", description: "Make a copy of one's own." },
    COMMENT: { value: "comment", description: "Comment on it." },
    EDIT: {
      value: "edit",
      description: "Send operations, as far as `viewerRestrictions` let through.",
    },
    DESCRIBE: { value: "describe", description: "Change name and other details; keep snapshots." },
    GOVERN: { value: "govern", description: "Set its rules of merging; end others' locks." },
    AUDIT: { value: "audit", description: "Read the record of its conflicts." },
    SHARE: { value: "share", description: "Decide who may do what with it, and see who may." },
    DELETE: { value: "delete", description: "Put it into the bin and take it out again." },
    TRANSFER: { value: "transfer", description: "Give it to somebody else." },
  } satisfies Record<Uppercase<Action>, { value: Action; description: string }>,
});

const restrictionTexts = {
  pageIds: "Only what is on these pages; empty: on all.",
  elementTypes:
    "Only elements of these types, and neither pages nor canvas nor audio; empty: everything.",
  elementIds:
    "Only these elements, where they are, and what is in those of them that are groups, and neither pages nor canvas nor audio: the elements themselves are neither added nor deleted nor put into another group; empty: everything.",
  operationTypes: "Only by operations of these types, as they are sent; empty: by all.",
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
  description: "What a person, a team or whoever has an e-mail address was granted on a template.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID, by which the audit log names it." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description:
        "Whom; null where it is a team, and where it is an address whose person has neither joined the template nor accepted.",
      resolve: ({ holder }) => (holder.kind === "team" ? null : holder.userId),
    }),
    teamId: t.id({
      nullable: true,
      description: "Which team; null where it is none.",
      resolve: ({ holder }) => (holder.kind === "team" ? holder.teamId : null),
    }),
    email: t.string({
      nullable: true,
      description: "The address that it was granted to; null where it is none.",
      resolve: ({ holder }) => (holder.kind === "address" ? holder.email : null),
    }),
    role: t.expose("role", { type: AccessRoleEnum, description: "What they may do." }),
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
    grantedAt: t.expose("grantedAt", { type: "DateTime", description: "When it was granted." }),
  }),
});

// Deliveries that are shared between subscribers are not shared where one of these is selected.
const extensions = { viewerDependent: true };

builder.objectFields(TemplateObject, (t) => ({
  viewerRole: t.field({
    type: AccessRoleEnum,
    nullable: true,
    extensions,
    description:
      "The viewer's role, the strongest of all they were granted; null where access ended meanwhile.",
    resolve: async (node, _args, context) =>
      roleOf(context.viewer, await readingOf(node, context).granted()),
  }),
  viewerMay: t.field({
    type: [TemplateActionEnum],
    extensions,
    description: "What the viewer may do now; all else is refused.",
    resolve: async (node, _args, context) => {
      const head = await readingOf(node, context).granted();
      return actions.filter((action) => decideAccess(context.viewer, action, head).allowed);
    },
  }),
  viewerRestrictions: t.field({
    type: [EditRestrictionObject],
    extensions,
    description:
      "The parts that the viewer may edit: whatever is in any of them, at most one for each permission of theirs, their teams and share links. Empty where nothing restricts their editing.",
    resolve: async (node, _args, context) => [
      ...restrictionsOf(context.viewer, await readingOf(node, context).granted()),
    ],
  }),
  permissions: t.field({
    type: [TemplatePermissionObject],
    extensions,
    description:
      "What people, teams and e-mail addresses were granted on this template, oldest first: at most 1,000 permissions, whose lists take at most 1,000,000 bytes together; for who may SHARE, and empty for everyone else. What they take counts as what is read of documents does: errors RESPONSE_TOO_LARGE, RATE_LIMITED.",
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
      "What one person, one team or whoever has one e-mail address may do with a template: exactly one of the three.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      userId: t.id({ description: "The person." }),
      teamId: t.id({ description: "The team, one of the viewer's." }),
      email: t.string({
        description:
          "The e-mail address, whether it has an account or not. The permission is that of the account whose address it is, where an identity provider proved that, also of one that comes later; others accept it with `token`.",
      }),
      role: t.field({
        type: AccessRoleEnum,
        description: "What they may do; null or omitted: what was granted is taken away.",
      }),
      pageIds: t.idList({
        description: "With EDIT: only what is on these pages, at most 100; all where omitted.",
      }),
      elementTypes: t.stringList({
        description:
          "With EDIT: only elements of these types, at most 100; everything where omitted.",
      }),
      elementIds: t.idList({
        description:
          "With EDIT: only these elements and what is in those of them that are groups, at most 100; everything where omitted. Ids of elements are those of a page: name it in `pageIds` where another page may have the same.",
      }),
      operationTypes: t.field({
        type: [OperationTypeEnum],
        description:
          "With EDIT: only by operations of these types, as they are sent; by all where omitted. UPDATE_ELEMENT_PROPS sets any property, position and size too. What undoes an operation of a granted type may be done where its own type is granted, or it sets nothing else than that type changes.",
      }),
    }),
  });

const TemplatePermissionSetObject = builder
  .objectRef<PermissionSet>("TemplatePermissionSet")
  .implement({
    description: "The permission is as was asked for.",
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        nullable: true,
        description: "The template; null where the viewer gave up their own access.",
        resolve: (result, _args, context) => stillVisible(result, context),
      }),
      changed: t.exposeBoolean("isNews", { description: "Whether it was another one before." }),
      permissionId: t.exposeID("permissionId", {
        nullable: true,
        description: "The permission that there is, or that was taken away; null where none was.",
      }),
      token: t.exposeString("token", {
        nullable: true,
        description:
          "Of an address: for `acceptTemplatePermission`, to be sent there, since whoever has it may accept. It takes the place of any before, and is told here and never again. Null otherwise.",
      }),
      link: t.string({
        nullable: true,
        description:
          "The link to the server's page where the person accepts it, with the token in its fragment; null without `token`. It begins with `PUBLIC_URL`; where that is not set, with the path, to be put after the server's address.",
        resolve: ({ token }, _args, { services }) =>
          token === null ? null : linkOf(token, services.accounts.settings.publicUrl),
      }),
    }),
  });

const SetTemplatePermissionResult = builder.unionType("SetTemplatePermissionResult", {
  description: "The permission or a refusal.",
  types: [TemplatePermissionSetObject, RequestErrorObject],
  resolveType: ({ kind }) =>
    kind === "refused" ? RequestErrorObject : TemplatePermissionSetObject,
});

builder.mutationField("setTemplatePermission", (t) =>
  t.field({
    type: SetTemplatePermissionResult,
    description:
      "Grants a person, a team or an e-mail address a role on a template, changes it, or takes it away. What is granted to an address says nothing about whether it has an account. Taken away, it is gone at once: subscriptions end with ACCESS_REVOKED, sessions and locks end. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN (also where nobody would be left to administer it), INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: SetTemplatePermissionInputType,
        required: true,
        description: "The template, who, and what.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      setTemplatePermission(services, viewer, input),
  }),
);
