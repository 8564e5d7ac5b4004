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
      "One client that has a template open. It outlasts a lost connection by its grace period, ends on leaving, without a sign of life, and where its person may no longer see the template, and takes its locks along.",
    fields: (t) => ({
      id: t.id({
        description: "A UUID, the same as long as the session lives.",
        resolve: ({ session }) => session.id,
      }),
      token: t.string({
        description:
          "The secret of this client by which it comes back and by which it says who it is: 43 characters, bound to its user.",
        resolve: ({ token }) => token,
      }),
      user: t.field({
        type: UserObject,
        nullable: true,
        description: "Whose session it is; null where the account is gone.",
        resolve: ({ session }) => session.userId,
      }),
      clientId: t.string({
        description: "What the client calls itself.",
        resolve: ({ session }) => session.clientId,
      }),
      color: t.string({
        description:
          "The session's colour as `#rrggbb`, readable under white text; another than those of the others here, as long as there are such. The same after a reconnect.",
        resolve: ({ session }) => session.color,
      }),
      joinedAt: t.field({
        type: "DateTime",
        description: "When it was opened.",
        resolve: ({ session }) => session.joinedAt,
      }),
      lastKnownVersion: t.int({
        description:
          "The newest version of the document that its client is known to have, the one of this answer included.",
        resolve: ({ session }) => session.lastKnownVersion,
      }),
      lastActiveAt: t.field({
        type: "DateTime",
        description: "When its client last gave a sign of its person.",
        resolve: ({ session }) => session.lastActiveAt,
      }),
      expiresAt: t.field({
        type: "DateTime",
        description:
          "When it ends unless its client gives a sign of life before: it stays subscribed with the token, says something with it, or joins again.",
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
    "The session is open. All parts belong to one version of the template, the head at joining or later: go on with `templateChanged(fromVersion: template.version)`.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template as it is now.",
      resolve: ({ template }) => template,
    }),
    session: t.field({
      type: TemplateSessionObject,
      description: "The session: the one of `sessionToken`, or a new one.",
      resolve: (joined) => joined,
    }),
    resumed: t.exposeBoolean("resumed", {
      description: "Whether it is the session of `sessionToken`; a new one else, by another id.",
    }),
    locks: t.field({
      type: [LockObject],
      description: "What is locked right now, the oldest first; as `Template.locks`.",
      resolve: ({ template }, args, context) => currentLocks(template, args, context),
    }),
    collaborators: t.field({
      type: [PresenceObject],
      description:
        "Everyone who has it open now, the longest here first; as `Template.collaborators`.",
      resolve: ({ template }, args, context) => currentCollaborators(template, args, context),
    }),
    missedOperations: t.field({
      type: [OperationObject],
      nullable: true,
      description:
        "The operations after `lastKnownVersion` up to `template.version`, oldest first, at most 1,000 of a few megabytes unless the server is set otherwise; with them the client has the document without reading `designData`. Null where `lastKnownVersion` was not given, where the log does not lead on from it, and where there are more: then `template.designData` is the way.",
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
  description: "The session is over.",
  fields: (t) => ({
    ended: t.exposeBoolean("ended", {
      description:
        "Whether this request ended it; false where no session of the viewer's has this token, or no longer.",
    }),
  }),
});

const JoinTemplateInputType = builder
  .inputRef<JoinTemplateInput, false>("JoinTemplateInput")
  .implement({
    description: "Who opens which template, and what they already have.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to open." }),
      clientId: t.string({
        required: true,
        description:
          "What the client calls itself, here as with its operations; 1 to 128 UTF-16 units unless the server is set otherwise. Two windows of one person are two clients.",
      }),
      lastKnownVersion: t.int({
        description:
          "The version of the document that the client holds; omitted where it has none.",
      }),
      sessionToken: t.string({
        description:
          "The token of the session to take over again. One that is not of a session of this person, template and client within its grace period opens a new session.",
      }),
    }),
  });

const LeaveTemplateInputType = builder
  .inputRef<{ sessionToken: string }, false>("LeaveTemplateInput")
  .implement({
    description: "Which session to end.",
    fields: (t) => ({
      sessionToken: t.string({ required: true, description: "The session's token." }),
    }),
  });

const JoinTemplateResult = builder.unionType("JoinTemplateResult", {
  description: "The session or a refusal.",
  types: [TemplateJoinedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TemplateJoinedObject),
});

const LeaveTemplateResult = builder.unionType("LeaveTemplateResult", {
  description: "The end of the session or a refusal.",
  types: [TemplateLeftObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TemplateLeftObject),
});

builder.mutationFields((t) => ({
  joinTemplate: t.field({
    type: JoinTemplateResult,
    description:
      "Opens a template in an editor: answers with what it needs to begin. After a reconnect, with `sessionToken` and `lastKnownVersion`, the session goes on under its id and colour and only what was missed is sent. Whoever may see a template may join. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: JoinTemplateInputType,
        required: true,
        description: "Template, client, and what it has.",
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
      "Closes a template: ends the session at once, with its locks. Sent again it changes nothing. Refusals: UNAUTHENTICATED.",
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
