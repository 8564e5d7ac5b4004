/** Opening and leaving a template: the sessions of editors. */
import type { JoinTemplateInput } from "../../commands/inputs.js";
import { joinTemplate, leaveTemplate } from "../../commands/sessions/templateSessions.js";
import { missedOperations } from "../../commands/history/missedOperations.js";
import type { TemplateJoined, TemplateLeft } from "../../commands/outcomes.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { currentLocks, LockObject } from "../locks/lock.js";
import { OperationObject } from "../editing/operation.js";
import { currentCollaborators, PresenceObject } from "../presence/presence.js";
import { selectsContent } from "../selects.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf, templateNode, type TemplateNode } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";

const TemplateSessionObject = builder
  .objectRef<Pick<TemplateJoined, "session" | "token">>("TemplateSession")
  .implement({
    description:
      "One client that has a template open. A session survives a lost connection for its grace period. It ends when the client leaves, when its heartbeat stops, or when its user loses access to the template; its locks end with it.",
    fields: (t) => ({
      id: t.id({
        description: "A UUID, constant for the life of the session.",
        resolve: ({ session }) => session.id,
      }),
      token: t.string({
        description:
          "The client's secret for resuming and identifying its session: 43 characters, bound to its user.",
        resolve: ({ token }) => token,
      }),
      user: t.field({
        type: UserObject,
        nullable: true,
        description: "The user of the session; null if the account was deleted.",
        resolve: ({ session }) => session.userId,
      }),
      clientId: t.string({
        description: "The client's own name for itself.",
        resolve: ({ session }) => session.clientId,
      }),
      color: t.string({
        description:
          "The session's color as `#rrggbb`, readable under white text; distinct from the other sessions' colors while unused ones remain. The same after a reconnect.",
        resolve: ({ session }) => session.color,
      }),
      joinedAt: t.field({
        type: "DateTime",
        description: "The time at which the session was opened.",
        resolve: ({ session }) => session.joinedAt,
      }),
      lastKnownVersion: t.int({
        description:
          "The newest version of the document that the client is known to have, including the one in this response.",
        resolve: ({ session }) => session.lastKnownVersion,
      }),
      lastActiveAt: t.field({
        type: "DateTime",
        description: "The time of the user's last activity.",
        resolve: ({ session }) => session.lastActiveAt,
      }),
      expiresAt: t.field({
        type: "DateTime",
        description:
          "The time at which the session ends unless its client renews it: by staying subscribed with the token, by using the token, or by joining again.",
        resolve: ({ session }) => session.expiresAt,
      }),
    }),
  });

/** An answer whose parts share one reading of the template. */
interface Joined extends TemplateJoined {
  readonly template: TemplateNode;
}

const TemplateJoinedObject = builder.objectRef<Joined>("TemplateJoined").implement({
  description:
    "The session is open. All parts are of one version of the template, the head at joining or later: continue with `templateChanged(fromVersion: template.version)`.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The current template.",
      resolve: ({ template }) => template,
    }),
    session: t.field({
      type: TemplateSessionObject,
      description: "The session: the one of `sessionToken`, or a new one.",
      resolve: (joined) => joined,
    }),
    resumed: t.exposeBoolean("resumed", {
      description:
        "Whether the session of `sessionToken` was resumed; otherwise it is a new one with another id.",
    }),
    locks: t.field({
      type: [LockObject],
      description: "The current locks, oldest first; as `Template.locks`.",
      resolve: ({ template }, args, context) => currentLocks(template, args, context),
    }),
    collaborators: t.field({
      type: [PresenceObject],
      description: "All current sessions, oldest first; as `Template.collaborators`.",
      resolve: ({ template }, args, context) => currentCollaborators(template, args, context),
    }),
    missedOperations: t.field({
      type: [OperationObject],
      nullable: true,
      description:
        "The operations after `lastKnownVersion` up to `template.version`, oldest first, at most 1,000 operations of a few megabytes by default; with them the client updates its document without reading `designData`. Null without `lastKnownVersion`, if the log does not continue from it, and if there are more: then read `template.designData`.",
      resolve: async ({ template, lastKnownVersion }, _args, context, info) => {
        if (lastKnownVersion === null) return null;
        const head = await readingOf(template, context).headInStep();
        const columns = { payload: selectsContent(info) };
        const { services, work } = context;
        const missed = await missedOperations(services, head, lastKnownVersion, columns, work);
        return missed === null ? null : [...missed];
      },
    }),
  }),
});

const TemplateLeftObject = builder.objectRef<TemplateLeft>("TemplateLeft").implement({
  description: "The session has ended.",
  fields: (t) => ({
    ended: t.exposeBoolean("ended", {
      description:
        "Whether this request ended it; false if the viewer has no session with this token.",
    }),
  }),
});

const JoinTemplateInputType = builder
  .inputRef<JoinTemplateInput, false>("JoinTemplateInput")
  .implement({
    description: "The client to open a session for, and the document version it holds.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to open." }),
      clientId: t.string({
        required: true,
        description:
          "The client's own name for itself, as in its operations; 1 to 128 UTF-16 units by default. Two windows of one user are two clients.",
      }),
      lastKnownVersion: t.int({
        description: "The version of the document that the client holds; omitted if it has none.",
      }),
      sessionToken: t.string({
        description:
          "The token of the session to resume. If it is not of a session of this user, template and client within its grace period, a new session is opened.",
      }),
    }),
  });

const LeaveTemplateInputType = builder
  .inputRef<{ sessionToken: string }, false>("LeaveTemplateInput")
  .implement({
    description: "The session to end.",
    fields: (t) => ({
      sessionToken: t.string({ required: true, description: "The session's token." }),
    }),
  });

const JoinTemplateResult = builder.unionType("JoinTemplateResult", {
  description: "The session or an error.",
  types: [TemplateJoinedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TemplateJoinedObject),
});

const LeaveTemplateResult = builder.unionType("LeaveTemplateResult", {
  description: "The ended session or an error.",
  types: [TemplateLeftObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TemplateLeftObject),
});

builder.mutationFields((t) => ({
  joinTemplate: t.field({
    type: JoinTemplateResult,
    description:
      "Opens a template in an editor and returns all that the editor needs to start. After a reconnect, with `sessionToken` and `lastKnownVersion`, the session continues under its id and color, and only the missed operations are sent. Every user who may see the template may join. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: JoinTemplateInputType,
        required: true,
        description: "Template, client and its document version.",
      }),
    },
    resolve: async (_root, { input }, context) => {
      const outcome = await joinTemplate(context.services, context.viewer, input);
      if (outcome.kind === "refused") return outcome;
      return { ...outcome, template: templateNode(outcome.head, context) };
    },
  }),
  leaveTemplate: t.field({
    type: LeaveTemplateResult,
    description:
      "Closes a template: ends the session at once, with its locks. Repeating it has no effect. Errors: UNAUTHENTICATED.",
    args: {
      input: t.arg({
        type: LeaveTemplateInputType,
        required: true,
        description: "The session.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => leaveTemplate(services, viewer, input),
  }),
}));
