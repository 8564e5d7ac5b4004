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
  description: "The kind of event on a subscription to a template.",
  values: {
    OPERATIONS: { description: "Operations were committed." },
    RESYNC: {
      description:
        "The log no longer reaches back to the subscriber's version: restart from `designData`.",
    },
    DELETED: { description: "The template was deleted (soft delete); the last event." },
    ACCESS_REVOKED: { description: "The viewer may no longer see the template; the last event." },
  } satisfies Record<SharedChange["kind"], { description: string }>,
});

const EnteredElementObject = builder.objectRef<EnteredElement>("EnteredElement").implement({
  description: "A complete element that a viewport shows, and its position among the visible ones.",
  fields: (t) => ({
    element: t.expose("element", { type: "JSON", description: "The element at `toVersion`." }),
    afterElementId: t.exposeID("afterElementId", {
      nullable: true,
      description:
        "The visible element directly below it in the paint order; null if it is the lowest.",
    }),
  }),
});

const ViewportChangeObject = builder.objectRef<ViewportChange>("ViewportChange").implement({
  description: [
    "The effect of a change on a viewport. A client applies `operations` except those on elements listed here,",
    "removes `left`, and inserts each of `entered` at its position, replacing its copy with that id.",
  ].join("\n"),
  fields: (t) => ({
    entered: t.field({
      type: [EnteredElementObject],
      description:
        "Elements that became visible or changed their position in the paint order, lowest first.",
      resolve: ({ entered }) => [...entered],
    }),
    left: t.field({
      type: ["ID"],
      description: "Elements that are no longer visible, deleted or not.",
      resolve: ({ left }) => [...left],
    }),
    complete: t.exposeBoolean("complete", {
      description:
        "Whether `entered` holds all visible elements: the client discards any other elements it holds of the page.",
    }),
  }),
});

const TemplateChange = builder.objectRef<SharedChange>("TemplateChange").implement({
  description: "A change of a template from one version to a later one.",
  fields: (t) => ({
    templateId: t.exposeID("templateId", { description: "The template." }),
    kind: t.expose("kind", { type: TemplateChangeKind, description: "The kind of event." }),
    fromVersion: t.exposeInt("fromVersion", {
      description: "The version before the change: `toVersion` of the previous event.",
    }),
    toVersion: t.exposeInt("toVersion", { description: "The version after the change." }),
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
        "The elements that entered and left the viewport. Only with `viewport` and OPERATIONS.",
      resolve: ({ viewport }) => viewport ?? null,
    }),
    designData: t.expose("designData", {
      type: "JSON",
      nullable: true,
      description:
        "The document at `toVersion`. Only with RESYNC. With `viewport: { state: true }`, elements that are not visible are omitted.",
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "The time at which the last operation was committed, or the event was noticed.",
    }),
  }),
});

builder.subscriptionField("templateChanged", (t) =>
  t.field({
    type: TemplateChange,
    description: [
      "Delivers every change after `fromVersion` (default: the version at subscribing), in order, each exactly once,",
      "without gaps, even if Redis or the network loses messages: `fromVersion` of each event is `toVersion` of the",
      "previous one. If the log no longer reaches back, the first event is a RESYNC with the document.",
      "`viewport` omits what lies completely outside a rectangle of one page, and sends entering elements in full;",
      "versions still advance. As server-sent events each has `toVersion` as its id, and `Last-Event-ID` replaces",
      "`fromVersion`.",
      "Errors at subscribing: UNAUTHENTICATED, NOT_FOUND, BAD_USER_INPUT, UNAVAILABLE with `retryAfterMs`.",
    ].join("\n"),
    args: {
      templateId: t.arg.id({ required: true, description: "The template to follow." }),
      fromVersion: t.arg.int({ description: "The version that the client holds." }),
      viewport: t.arg({ type: ViewportInput, description: "The client's viewport." }),
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
  if (fromVersion != null && fromVersion < 1)
    throw badUserInput("`fromVersion` must be at least 1.");
  checkViewport(viewport);
  const heldVersion = numberOfLastEvent(lastEventId) ?? fromVersion;
  const source = await feeds.follow({ templateId, fromVersion: heldVersion, viewer, viewport });
  if (source === undefined) throw notFound("Template not found.");
  return source;
}
