/** What happens on templates, for galleries. Events come from src/subscriptions/activity. */
import { isUuid } from "../../storage/postgres/uuid.js";
import type { ActivityEvent, ActivitySource } from "../../subscriptions/activity/activitySource.js";
import type { ActivityKind } from "../../bus/changeBus.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput, unauthenticated } from "../errors.js";
import { UserObject } from "../accounts/user.js";

const ActivityKindEnum = builder.enumType("TemplateActivityKind", {
  description:
    "What happened on a template. More kinds may come; a client ignores those it does not know.",
  values: {
    JOINED: { description: "Somebody opened it." },
    LEFT: { description: "Somebody closed it, or is no longer there." },
    RENAMED: { description: "Its name was set." },
    LOCKED: { description: "Somebody locked it, or something in it." },
    UNLOCKED: { description: "A lock was released." },
    REVERTED: { description: "It went back to an older version." },
    COMMENTED: { description: "Somebody began a thread of comments on it, or replied." },
  } satisfies Record<ActivityKind, { description: string }>,
});

const TemplateActivity = builder.objectRef<ActivityEvent>("TemplateActivity").implement({
  description: "One thing that happened on one template.",
  fields: (t) => ({
    templateId: t.exposeID("templateId", { description: "The template." }),
    kind: t.expose("kind", { type: ActivityKindEnum, description: "What happened." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Who did it; null where nobody did and where the account is gone.",
      resolve: ({ userId }) => userId,
    }),
    at: t.expose("at", { type: "DateTime", description: "When." }),
  }),
});

builder.subscriptionField("templateActivity", (t) =>
  t.field({
    type: TemplateActivity,
    description: [
      "What happens on several templates, without their operations: so a gallery shows life. News, not history: what",
      "happens while nobody listens is not told later. A template that the viewer may not see, or that is not there,",
      "is silent. Errors at subscribing: UNAUTHENTICATED, BAD_USER_INPUT (too many templates).",
    ].join("\n"),
    args: {
      templateIds: t.arg.idList({
        required: true,
        description: "The templates; at most 100 unless the server is set otherwise.",
      }),
    },
    subscribe: (_root, { templateIds }, context) => follow(templateIds, context),
    resolve: ({ templateActivity }) => templateActivity,
  }),
);

function follow(
  templateIds: readonly string[],
  { viewer, services, activity }: GraphQLContext,
): ActivitySource {
  if (viewer.kind !== "user") throw unauthenticated();
  const { activityTemplatesMax } = services.limits;
  if (templateIds.length > activityTemplatesMax) {
    throw badUserInput(`\`templateIds\` may hold at most ${activityTemplatesMax}.`);
  }
  return activity.follow({ templateIds: templateIds.filter(isUuid), viewer });
}
