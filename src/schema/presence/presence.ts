/** Who is where on a template: what clients show of themselves, and the command that shows it. */
import type { UpdatePresenceInput } from "../../commands/inputs.js";
import type { PresenceUpdated } from "../../commands/outcomes.js";
import { updatePresence } from "../../commands/presence/updatePresence.js";
import type { PresenceState, ShownPresence } from "../../bus/changeBus.js";
import { lastActiveAt } from "../../subscriptions/presence/presenceActivity.js";
import type { PresenceActivity, ShownTextSelection } from "../../bus/presenceEntry.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { RequestErrorObject } from "../errors.js";
import { TemplateObject } from "../templates/template.js";
import { ViewportInput } from "../templates/viewport.js";
import { readingOf, type TemplateNode } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";

type Point = NonNullable<PresenceState["cursor"]>;
type Viewport = NonNullable<PresenceState["viewport"]>;

const PointObject = builder.objectRef<Point>("Point").implement({
  description: "A point on a page, in canvas units.",
  fields: (t) => ({
    x: t.exposeFloat("x", { description: "The horizontal position, to the right." }),
    y: t.exposeFloat("y", { description: "The vertical position, downwards." }),
  }),
});

const ViewportObject = builder.objectRef<Viewport>("Viewport").implement({
  description: "A rectangle of one page, in canvas units.",
  fields: (t) => ({
    pageId: t.exposeID("pageId", { description: "The page." }),
    x: t.exposeFloat("x", { description: "The left edge." }),
    y: t.exposeFloat("y", { description: "The upper edge." }),
    width: t.exposeFloat("width", { description: "The width." }),
    height: t.exposeFloat("height", { description: "The height." }),
  }),
});

const TextSelectionObject = builder.objectRef<ShownTextSelection>("TextSelection").implement({
  description: "A caret or a range in the text of an element.",
  fields: (t) => ({
    pageId: t.exposeID("pageId", { description: "The page." }),
    elementId: t.exposeID("elementId", { description: "The element whose `text` it is in." }),
    index: t.exposeInt("index", {
      description: "The start, in UTF-16 units; beyond the end of the text: at the end.",
    }),
    length: t.exposeInt("length", { description: "The length in UTF-16 units; 0 for a caret." }),
    version: t.exposeInt("version", {
      description:
        "The version of the document that the positions refer to; a client with a newer version transforms them by the later operations.",
    }),
  }),
});

const ConnectionStateEnum = builder.enumType("ConnectionState", {
  description: "Whether a connection keeps a session alive.",
  values: {
    CONNECTED: { description: "A connection keeps it alive." },
    GRACE: {
      description:
        "No connection does: the session ends after its grace period, unless its client reconnects or uses its token.",
    },
  } satisfies Record<ConnectionState, { description: string }>,
});

type ConnectionState = "CONNECTED" | "GRACE";

const PresenceActivityEnum = builder.enumType("PresenceActivity", {
  description: "The user's activity, by the time of the last action.",
  values: {
    ACTIVE: { description: "The user acted recently." },
    IDLE: {
      description: "The user has not acted for 2 minutes, by default.",
    },
    AWAY: {
      description: "The user has not acted for 15 minutes, by default.",
    },
  } satisfies Record<PresenceActivity, { description: string }>,
});

export const PresenceObject = builder.objectRef<ShownPresence>("Presence");
PresenceObject.implement({
  description:
    "The presence of one client that has a template open. A client finds itself by `clientId`.",
  fields: (t) => ({
    sessionId: t.exposeID("sessionId", {
      description: "The session, constant through reconnects.",
    }),
    clientId: t.exposeString("clientId", { description: "The client's own name for itself." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "The user of the client; null if the account was deleted.",
      resolve: ({ userId }) => userId,
    }),
    color: t.exposeString("color", { description: "The session's color as `#rrggbb`." }),
    status: t.exposeString("status", {
      nullable: true,
      description: "A status text set by the client; null if not set.",
    }),
    pageId: t.exposeID("pageId", {
      nullable: true,
      description: "The page that the client shows; null if not set.",
    }),
    cursor: t.expose("cursor", {
      type: PointObject,
      nullable: true,
      description: "The position of the pointer; null if there is none.",
    }),
    selection: t.field({
      type: ["ID"],
      description: "The ids of the selected elements.",
      resolve: ({ selection }) => [...selection],
    }),
    viewport: t.expose("viewport", {
      type: ViewportObject,
      nullable: true,
      description: "The client's viewport; null if not set.",
    }),
    textSelection: t.field({
      type: TextSelectionObject,
      nullable: true,
      description:
        "The caret or range in a text, transformed by later commits; null if there is none, and if its element was deleted.",
      resolve: ({ textSelection }) => textSelection ?? null,
    }),
    joinedAt: t.expose("joinedAt", {
      type: "DateTime",
      description: "The time at which the session was opened.",
    }),
    updatedAt: t.expose("updatedAt", {
      type: "DateTime",
      description: "The time of the client's last presence update.",
    }),
  }),
});

builder.objectFields(PresenceObject, (t) => ({
  connectionId: t.id({
    nullable: true,
    description:
      "The connection that keeps the session alive: a subscription to `presenceChanged` with its token, a new one after each reconnect. Null while there is none.",
    resolve: ({ life }) => life?.connectionId ?? null,
  }),
  connection: t.field({
    type: ConnectionStateEnum,
    description: "Whether it is connected or in its grace period.",
    resolve: ({ life }) => (life?.connectionId == null ? "GRACE" : "CONNECTED"),
  }),
  lastKnownVersion: t.int({
    nullable: true,
    description:
      "The newest version of the document that the client is known to have, as it reported; null if a node of an older release reports the session.",
    resolve: ({ life }) => life?.lastKnownVersion ?? null,
  }),
  lastActiveAt: t.field({
    type: "DateTime",
    description:
      "The time of the user's last action: a presence update, a version received, or a use of the session's token. Updated within some seconds.",
    resolve: lastActiveAt,
  }),
  activity: t.expose("activity", {
    type: PresenceActivityEnum,
    description: "Whether the user is active, idle or away; `presenceChanged` delivers changes.",
  }),
}));

builder.prismaObjectField(TemplateObject, "collaborators", (t) =>
  t.field({
    type: [PresenceObject],
    description:
      "All current sessions of the template on all nodes, oldest first, at most `SESSIONS_PER_TEMPLATE_MAX` (default 2,000). While Redis is unavailable only those of this node. Error NOT_FOUND for a deleted template.",
    resolve: currentCollaborators,
  }),
);

/** Who has the template of this answer open. */
export async function currentCollaborators(
  node: TemplateNode,
  _args: object,
  context: GraphQLContext,
): Promise<ShownPresence[]> {
  await readingOf(node, context).viewable();
  const entries = await context.services.presence.collaborators(node.id);
  return [...entries].sort((a, b) => a.joinedAt - b.joinedAt);
}

const PointInput = builder.inputRef<Point, false>("PointInput").implement({
  description: "A point on a page, in canvas units.",
  fields: (t) => ({
    x: t.float({ required: true, description: "The horizontal position, to the right." }),
    y: t.float({ required: true, description: "The vertical position, downwards." }),
  }),
});

type TextSelectionArguments = NonNullable<UpdatePresenceInput["textSelection"]>;

const TextSelectionInput = builder
  .inputRef<TextSelectionArguments, false>("TextSelectionInput")
  .implement({
    description: "A caret or a range in the text of an element.",
    fields: (t) => ({
      pageId: t.id({ required: true, description: "The page." }),
      elementId: t.id({ required: true, description: "The element whose `text` it is in." }),
      index: t.int({ required: true, description: "The start, in UTF-16 units." }),
      length: t.int({ description: "The length in UTF-16 units; default 0, a caret." }),
    }),
  });

const UpdatePresenceInputType = builder
  .inputRef<UpdatePresenceInput, false>("UpdatePresenceInput")
  .implement({
    description:
      "A client's presence; omitted fields stay unchanged, null clears a field. All fields together are at most 8,000 bytes as JSON by default.",
    fields: (t) => ({
      sessionToken: t.string({
        required: true,
        description: "The token returned by `joinTemplate`.",
      }),
      status: t.string({
        description: "A status text for people; at most 200 UTF-16 units by default.",
      }),
      pageId: t.id({ description: "The page that is shown." }),
      cursor: t.field({
        type: PointInput,
        description: "The position of the pointer on that page.",
      }),
      selection: t.idList({
        description: "The ids of the selected elements, at most 200 by default.",
      }),
      viewport: t.field({ type: ViewportInput, description: "The client's viewport." }),
      textSelection: t.field({
        type: TextSelectionInput,
        description:
          "The caret or range in a text, in the document at `version`, which is required with it. The server transforms it by later commits; one more than 500 operations behind is dropped.",
      }),
      version: t.int({ description: "The newest version of the document that the client has." }),
    }),
  });

const PresenceUpdatedObject = builder.objectRef<PresenceUpdated>("PresenceUpdated").implement({
  description: "The presence is being delivered to others.",
  fields: (t) => ({
    presence: t.field({
      type: PresenceObject,
      description: "The client's complete presence.",
      resolve: ({ entry }) => entry,
    }),
  }),
});

const UpdatePresenceResult = builder.unionType("UpdatePresenceResult", {
  description: "The presence or an error.",
  types: [PresenceUpdatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : PresenceUpdatedObject),
});

builder.mutationField("updatePresence", (t) =>
  t.field({
    type: UpdatePresenceResult,
    description:
      "Publishes the client's presence and renews its session. Send it as often as the pointer moves, at most about 30 times a second: changes are coalesced. Errors: UNAUTHENTICATED, NOT_FOUND (the session has ended: join again), INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: UpdatePresenceInputType,
        required: true,
        description: "The session and the changed fields.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => updatePresence(services, viewer, input),
  }),
);
