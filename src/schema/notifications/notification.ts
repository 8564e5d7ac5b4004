/** A person's inbox: what others did that concerns them. */
import {
  markNotificationsRead,
  type MarkNotificationsReadInput,
  type NotificationsRead,
} from "../../commands/notifications/markNotificationsRead.js";
import {
  notificationKinds,
  type Notification,
  type NotificationKind,
  type OverrideDecider,
} from "../../domain/notifications/notification.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, VERSION_PART } from "../cursor.js";
import { RequestErrorObject } from "../errors.js";
import { readInboxPart } from "./inboxReading.js";
import { ProjectObject } from "../teams/project.js";
import { TemplateObject } from "../templates/template.js";
import { AccessRoleEnum } from "../access/templatePermission.js";
import { stillVisible } from "../templates/templateReading.js";
import { selfOf, UserObject } from "../accounts/user.js";

const kinds: Readonly<Record<NotificationKind, { description: string }>> = {
  MENTIONED: { description: "A comment mentions the user." },
  REPLIED: { description: "A user replied in a thread that this user takes part in." },
  INVITED: { description: "The user was invited to a team; see `User.invitations`." },
  GRANTED: { description: "The user was granted a role on a template or in a project." },
  OVERRIDDEN: { description: "An edit of the user lost to a change of another user." },
};

const KindEnum = builder.enumType("NotificationKind", {
  description: "The kind of a notification.",
  values: Object.fromEntries(notificationKinds.map((kind) => [kind, kinds[kind]])) as typeof kinds,
});

const OverrideDeciderEnum = builder.enumType("OverrideDecider", {
  description: "How an edit was overridden.",
  values: {
    CLIENT_WINS: { description: "A user chose to keep their own operations." },
    MANUAL: { description: "A user provided the document." },
    CLOCK: { description: "A merge: the later client timestamp won." },
    RULE: { description: "A merge by a rule of the template." },
  } satisfies Record<OverrideDecider, { description: string }>,
});

const viewerDependent = { extensions: { viewerDependent: true } };

export const NotificationObject = builder.objectRef<Notification>("Notification").implement({
  description:
    "An event caused by others that concerns the owner of the inbox. Several unread events of the same kind and subject are coalesced into the newest.",
  fields: (t) => ({
    id: t.exposeID("id", {
      description: "A UUID; it stays the same while unread events are coalesced.",
    }),
    kind: t.expose("kind", { type: KindEnum, description: "The kind of event." }),
    sequence: t.exposeInt("sequence", {
      description: "Its number in the inbox; later events have greater numbers.",
    }),
    at: t.field({
      type: "DateTime",
      description: "The time of the last event.",
      resolve: ({ at }) => new Date(at),
    }),
    occurrences: t.exposeInt("occurrences", {
      description: "The number of events since the user last marked it as read.",
    }),
    isRead: t.boolean({
      description: "Whether it was marked as read.",
      resolve: ({ readAt }) => readAt !== null,
    }),
    actor: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The user who caused it; null if the account was deleted, and for a grant that was pending at the user's e-mail address.",
      resolve: ({ actorId }) => actorId,
    }),
    template: t.field({
      ...viewerDependent,
      type: TemplateObject,
      nullable: true,
      description: "The template concerned; null if none.",
      resolve: ({ templateId }, _args, context) =>
        templateId === null ? null : stillVisible({ templateId }, context),
    }),
    project: t.field({
      ...viewerDependent,
      type: ProjectObject,
      nullable: true,
      description: "The project concerned; null if none.",
      resolve: ({ projectId }) => projectId,
    }),
    invitationId: t.exposeID("invitationId", {
      nullable: true,
      description: "For INVITED: the open invitation.",
    }),
    threadId: t.exposeID("threadId", {
      nullable: true,
      description: "For MENTIONED and REPLIED: the thread of the comment; see `commentThread`.",
    }),
    commentId: t.exposeID("commentId", {
      nullable: true,
      description: "For MENTIONED and REPLIED: the comment.",
    }),
    role: t.expose("role", {
      type: AccessRoleEnum,
      nullable: true,
      description: "For GRANTED: the granted role.",
    }),
    decidedBy: t.expose("decidedBy", {
      type: OverrideDeciderEnum,
      nullable: true,
      description: "For OVERRIDDEN: how it was decided; `Template.conflicts` has the details.",
    }),
    operationIds: t.field({
      type: ["ID"],
      description: "For OVERRIDDEN: the user's overridden operations, the first 20.",
      resolve: ({ operationIds }) => [...operationIds],
    }),
  }),
});

const NotificationConnection = builder.connectionObject(
  {
    type: NotificationObject,
    name: "NotificationConnection",
    description: "A page of an inbox.",
  },
  { name: "NotificationEdge", description: "A notification and its cursor." },
);

const PER_PAGE = { max: 100, standard: 20 };
const CURSOR = new RegExp(`^${VERSION_PART}$`);

/** Whether the inbox is the viewer's, and the viewer no program that is limited to a part of what it tells of. */
function isOwner(userId: string, { viewer }: GraphQLContext): boolean {
  return viewer.kind === "user" && viewer.userId === userId && !viewer.limits;
}

builder.objectFields(UserObject, (t) => ({
  notifications: t.field({
    ...viewerDependent,
    type: NotificationConnection,
    nullable: true,
    description:
      "The user's inbox, newest first: at most 1,000 notifications, of these at most 150 caused by one user and 150 about one template, kept for 90 days by default. Notifications about templates that the user may not see are omitted. Null for other users than the viewer. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      first: t.arg.int({ description: "The number of results, 0 to 100; default 20." }),
      after: t.arg.string({ description: "Return results after this cursor." }),
      unread: t.arg.boolean({ description: "True: only unread notifications." }),
    },
    resolve: async ({ id }, { first, after, unread }, context) => {
      const size = pageSize("first", first, PER_PAGE);
      const [version] = decodeCursor(after, CURSOR) ?? [];
      if (!isOwner(id, context)) return null;
      const page = {
        unreadOnly: unread ?? false,
        beforeSequence: version === undefined ? undefined : Number(version),
        limit: size + 1,
      };
      const { page: rows } = await readInboxPart({ userId: id, page }, context);
      return connectionOf(rows.slice(0, size), ({ sequence }) => encodeCursor(sequence), {
        hasNextPage: rows.length > size,
        hasPreviousPage: version !== undefined,
      });
    },
  }),
  unreadNotificationCount: t.int({
    ...viewerDependent,
    nullable: true,
    description: "The number of unread notifications; null for other users than the viewer.",
    resolve: async ({ id }, _args, context) =>
      isOwner(id, context) ? (await readInboxPart({ userId: id }, context)).unreadCount : null,
  }),
  notificationSequence: t.int({
    ...viewerDependent,
    nullable: true,
    description:
      "The number of the last event in the inbox, for `notificationsChanged`; null for other users than the viewer.",
    resolve: async ({ id }, _args, context) =>
      isOwner(id, context) ? (await readInboxPart({ userId: id }, context)).sequence : null,
  }),
}));

const ReadObject = builder.objectRef<NotificationsRead>("NotificationsRead").implement({
  description: "The notifications are marked as read.",
  fields: (t) => ({
    user: t.field({
      type: UserObject,
      description: "The viewer.",
      resolve: ({ userId }, _args, context) => selfOf(userId, context),
    }),
  }),
});
const ReadResult = builder.unionType("MarkNotificationsReadResult", {
  description: "The viewer or an error.",
  types: [ReadObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : ReadObject),
});
const ReadInput = builder
  .inputRef<MarkNotificationsReadInput, false>("MarkNotificationsReadInput")
  .implement({
    description: "The notifications to mark as read.",
    fields: (t) => ({
      ids: t.idList({ description: "The ids, at most 1,000. Default: all." }),
      throughSequence: t.int({
        description: "Only events up to this number, so that later ones stay unread.",
      }),
    }),
  });

builder.mutationField("markNotificationsRead", (t) =>
  t.field({
    type: ReadResult,
    description:
      "Marks some or all of the viewer's notifications as read. Unknown ids are ignored. Errors: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: { input: t.arg({ type: ReadInput, required: true, description: "The notifications." }) },
    resolve: (_root, { input }, { services, viewer }) =>
      markNotificationsRead(services, viewer, input),
  }),
);
