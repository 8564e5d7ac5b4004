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
    "The kind of activity on a template. Kinds may be added; a client ignores unknown ones.",
  values: {
    JOINED: { description: "A user opened the template." },
    LEFT: { description: "A user closed the template, or the session expired." },
    RENAMED: { description: "The name was set." },
    LOCKED: { description: "A user locked the template or a document node in it." },
    UNLOCKED: { description: "A lock was released." },
    REVERTED: { description: "The template was reverted to an older version." },
    COMMENTED: { description: "A user started a thread of comments or replied." },
  } satisfies Record<ActivityKind, { description: string }>,
});

const TemplateActivity = builder.objectRef<ActivityEvent>("TemplateActivity").implement({
  description: "One activity on one template.",
  fields: (t) => ({
    templateId: t.exposeID("templateId", { description: "The template." }),
    kind: t.expose("kind", { type: ActivityKindEnum, description: "The kind of activity." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "The user who caused it; null if no user did, and if the account was deleted.",
      resolve: ({ userId }) => userId,
    }),
    at: t.expose("at", { type: "DateTime", description: "The time of the activity." }),
  }),
});

builder.subscriptionField("templateActivity", (t) =>
  t.field({
    type: TemplateActivity,
    description: [
      "Delivers activity on several templates, without their operations, for example for a gallery. Only current activity:",
      "what happens while the client is not subscribed is not delivered later. A template that does not exist, or that the",
      "viewer may not see, yields no events. Errors at subscribing: UNAUTHENTICATED, BAD_USER_INPUT (too many templates).",
    ].join("\n"),
    args: {
      templateIds: t.arg.idList({
        required: true,
        description: "The templates, at most 100 by default.",
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
