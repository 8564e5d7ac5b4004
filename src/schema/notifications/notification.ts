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
  MENTIONED: { description: "A comment names the person." },
  REPLIED: { description: "Somebody replied in a thread that the person takes part in." },
  INVITED: { description: "The person was invited to a team: see `User.invitations`." },
  GRANTED: { description: "The person may do something with a template, or is in a project." },
  OVERRIDDEN: { description: "An edit of the person's lost to what somebody else did." },
};

const KindEnum = builder.enumType("NotificationKind", {
  description: "What a notification tells.",
  values: Object.fromEntries(notificationKinds.map((kind) => [kind, kinds[kind]])) as typeof kinds,
});

const OverrideDeciderEnum = builder.enumType("OverrideDecider", {
  description: "What decided over somebody's edit.",
  values: {
    CLIENT_WINS: { description: "Somebody chose to keep their own operations." },
    MANUAL: { description: "Somebody chose a state that they gave." },
    CLOCK: { description: "A merge: the later one by the clients' clocks stayed." },
    RULE: { description: "A merge by a rule of the template." },
  } satisfies Record<OverrideDecider, { description: string }>,
});

const viewerDependent = { extensions: { viewerDependent: true } };

export const NotificationObject = builder.objectRef<Notification>("Notification").implement({
  description:
    "Something that others did and that concerns the person whose inbox it is in. Of several about the same that are not read the newest is told.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID; it stays while it happens again, unread." }),
    kind: t.expose("kind", { type: KindEnum, description: "What it tells." }),
    sequence: t.exposeInt("sequence", {
      description: "Its number in the inbox: what happened later has a greater one.",
    }),
    at: t.field({
      type: "DateTime",
      description: "When it happened last.",
      resolve: ({ at }) => new Date(at),
    }),
    occurrences: t.exposeInt("occurrences", {
      description: "How often it happened since the person read of it last.",
    }),
    isRead: t.boolean({
      description: "Whether it was marked as read.",
      resolve: ({ readAt }) => readAt !== null,
    }),
    actor: t.field({
      type: UserObject,
      nullable: true,
      description:
        "Who did it; null where the account is gone, and of a grant that waited for the person.",
      resolve: ({ actorId }) => actorId,
    }),
    template: t.field({
      ...viewerDependent,
      type: TemplateObject,
      nullable: true,
      description: "The template that it is about; null where it is about none.",
      resolve: ({ templateId }, _args, context) =>
        templateId === null ? null : stillVisible({ templateId }, context),
    }),
    project: t.field({
      ...viewerDependent,
      type: ProjectObject,
      nullable: true,
      description: "The project that it is about; null where it is about none.",
      resolve: ({ projectId }) => projectId,
    }),
    invitationId: t.exposeID("invitationId", {
      nullable: true,
      description: "The open invitation, of INVITED.",
    }),
    threadId: t.exposeID("threadId", {
      nullable: true,
      description: "The thread of the comment, of MENTIONED and REPLIED: see `commentThread`.",
    }),
    commentId: t.exposeID("commentId", {
      nullable: true,
      description: "The comment, of MENTIONED and REPLIED.",
    }),
    role: t.expose("role", {
      type: AccessRoleEnum,
      nullable: true,
      description: "What was granted, of GRANTED.",
    }),
    decidedBy: t.expose("decidedBy", {
      type: OverrideDeciderEnum,
      nullable: true,
      description: "What decided, of OVERRIDDEN; `conflicts` of the template tell more.",
    }),
    operationIds: t.field({
      type: ["ID"],
      description: "The person's operations that it was decided over, the first 20: of OVERRIDDEN.",
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
  { name: "NotificationEdge", description: "A notification and its place in the inbox." },
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
      "The person's inbox, newest first: at most 1,000, of these 150 that one person caused and 150 about one template, and for 90 days unless the server keeps them for another time. What is about a template that they may not see is not there. Null for everyone but oneself. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      first: t.arg.int({ description: "How many, 0 to 100; 20 where omitted." }),
      after: t.arg.string({ description: "The cursor after which to go on." }),
      unread: t.arg.boolean({ description: "Only those that are not read." }),
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
    description: "How many in the inbox are not read; null for everyone but oneself.",
    resolve: async ({ id }, _args, context) =>
      isOwner(id, context) ? (await readInboxPart({ userId: id }, context)).unreadCount : null,
  }),
  notificationSequence: t.int({
    ...viewerDependent,
    nullable: true,
    description:
      "The number of the last thing that happened in the inbox, for `notificationsChanged`; null for everyone but oneself.",
    resolve: async ({ id }, _args, context) =>
      isOwner(id, context) ? (await readInboxPart({ userId: id }, context)).sequence : null,
  }),
}));

const ReadObject = builder.objectRef<NotificationsRead>("NotificationsRead").implement({
  description: "The notifications are marked as read.",
  fields: (t) => ({
    user: t.field({
      type: UserObject,
      description: "The viewer, whose inbox it is.",
      resolve: ({ userId }, _args, context) => selfOf(userId, context),
    }),
  }),
});
const ReadResult = builder.unionType("MarkNotificationsReadResult", {
  description: "The viewer or a refusal.",
  types: [ReadObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : ReadObject),
});
const ReadInput = builder
  .inputRef<MarkNotificationsReadInput, false>("MarkNotificationsReadInput")
  .implement({
    description: "Which notifications of the viewer's.",
    fields: (t) => ({
      ids: t.idList({ description: "These, at most 1,000; all where omitted." }),
      throughSequence: t.int({
        description:
          "Only what happened through this number, so that nothing is marked that came meanwhile.",
      }),
    }),
  });

builder.mutationField("markNotificationsRead", (t) =>
  t.field({
    type: ReadResult,
    description:
      "Marks notifications of the viewer's as read, some or all. What is none of theirs is passed over. Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: { input: t.arg({ type: ReadInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) =>
      markNotificationsRead(services, viewer, input),
  }),
);
