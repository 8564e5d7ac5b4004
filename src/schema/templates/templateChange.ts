/** What subscribers of a template get. Events come from src/subscriptions; this file gives them their GraphQL form. */
import type { FollowedViewport } from "../../subscriptions/changes/followedViewport.js";
import type { ChangeSource } from "../../subscriptions/changes/changeSource.js";
import type {
  EnteredElement,
  SharedChange,
  ViewportChange,
} from "../../subscriptions/changes/sharedChange.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput, notFound, unauthenticated } from "../errors.js";
import { numberOfLastEvent } from "../lastEvent.js";
import { OperationObject } from "../editing/operation.js";
import { checkViewport, ViewportInput } from "./viewport.js";

const TemplateChangeKind = builder.enumType("TemplateChangeKind", {
  description: "What an event of a subscription says.",
  values: {
    OPERATIONS: { description: "Operations were committed." },
    RESYNC: {
      description:
        "The log does not reach back to where the subscriber stands: start from `designData`.",
    },
    DELETED: { description: "The template went to the bin; the last event." },
    ACCESS_REVOKED: { description: "The viewer may no longer see the template; the last event." },
  } satisfies Record<SharedChange["kind"], { description: string }>,
});

const EnteredElementObject = builder.objectRef<EnteredElement>("EnteredElement").implement({
  description:
    "An element as a viewport shows it, whole, and where it stands among those that show.",
  fields: (t) => ({
    element: t.expose("element", { type: "JSON", description: "The element at `toVersion`." }),
    afterElementId: t.exposeID("afterElementId", {
      nullable: true,
      description:
        "The element below it in the paint order, of those that show; null: it is the lowest.",
    }),
  }),
});

const ViewportChangeObject = builder.objectRef<ViewportChange>("ViewportChange").implement({
  description: [
    "What a step did to what a viewport shows. A client applies `operations` without those on elements that are named",
    "here, removes `left`, and puts each of `entered` in its place, instead of the one it holds with that id.",
  ].join("\n"),
  fields: (t) => ({
    entered: t.field({
      type: [EnteredElementObject],
      description: "Elements that came to show, or changed their place, lowest first.",
      resolve: ({ entered }) => [...entered],
    }),
    left: t.field({
      type: ["ID"],
      description: "Elements that no longer show, deleted or not.",
      resolve: ({ left }) => [...left],
    }),
    complete: t.exposeBoolean("complete", {
      description:
        "Whether `entered` is all that shows: the client drops what else it holds of the page's elements.",
    }),
  }),
});

const TemplateChange = builder.objectRef<SharedChange>("TemplateChange").implement({
  description: "One step of a template, from one version to a later one.",
  fields: (t) => ({
    templateId: t.exposeID("templateId", { description: "The template." }),
    kind: t.expose("kind", { type: TemplateChangeKind, description: "What the event says." }),
    fromVersion: t.exposeInt("fromVersion", {
      description: "Where the step begins: `toVersion` of the event before.",
    }),
    toVersion: t.exposeInt("toVersion", { description: "Where it ends." }),
    operations: t.field({
      type: [OperationObject],
      description:
        "The operations after `fromVersion` to `toVersion`, in order; with a viewport those that touch what it shows.",
      resolve: ({ operations }) => [...operations],
    }),
    viewport: t.field({
      type: ViewportChangeObject,
      nullable: true,
      description:
        "What came into the viewport and what left it. Only with `viewport` and OPERATIONS.",
      resolve: ({ viewport }) => viewport ?? null,
    }),
    designData: t.expose("designData", {
      type: "JSON",
      nullable: true,
      description:
        "The document at `toVersion`. Only with RESYNC. With `viewport: { state: true }` without the elements that do not show.",
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "When the last operation was committed, or the event noticed.",
    }),
  }),
});

builder.subscriptionField("templateChanged", (t) =>
  t.field({
    type: TemplateChange,
    description: [
      "Every change after `fromVersion` (where omitted: after the version at subscribing), in order, each once,",
      "with no gap, whatever the broker or the network loses: `fromVersion` of each event is `toVersion` of the",
      "one before. Where the log no longer reaches back, the first event is a RESYNC that carries the state.",
      "`viewport` leaves out what is wholly outside a rectangle of one page, and tells what comes in whole; versions",
      "still advance. As server-sent events each has `toVersion` as its id, and `Last-Event-ID` counts instead of",
      "`fromVersion`.",
      "Errors at subscribing: UNAUTHENTICATED, NOT_FOUND, BAD_USER_INPUT, UNAVAILABLE with `retryAfterMs`.",
    ].join("\n"),
    args: {
      templateId: t.arg.id({ required: true, description: "The template to follow." }),
      fromVersion: t.arg.int({ description: "The version that the client holds." }),
      viewport: t.arg({ type: ViewportInput, description: "What the client looks at." }),
    },
    subscribe: (_root, args, context) => follow(args, context),
    resolve: ({ templateChanged }) => templateChanged,
  }),
);

interface FollowArguments {
  readonly templateId: string;
  readonly fromVersion?: number | null | undefined;
  readonly viewport?: FollowedViewport | null | undefined;
}

/**
 * Where the changes come from. Transports may attach to it, so that an event is executed once for all who share its
 * selection; whoever does not know it iterates.
 */
async function follow(
  { templateId, fromVersion, viewport }: FollowArguments,
  { viewer, feeds, lastEventId }: GraphQLContext,
): Promise<ChangeSource> {
  if (viewer.kind === "anonymous") throw unauthenticated();
  if (fromVersion != null && fromVersion < 1) throw badUserInput("`fromVersion` begins at 1.");
  checkViewport(viewport);
  const heldVersion = numberOfLastEvent(lastEventId) ?? fromVersion;
  const source = await feeds.follow({ templateId, fromVersion: heldVersion, viewer, viewport });
  if (source === undefined) throw notFound("There is no such template.");
  return source;
}
