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
  description: "A place on a page, in canvas units.",
  fields: (t) => ({
    x: t.exposeFloat("x", { description: "To the right." }),
    y: t.exposeFloat("y", { description: "Downwards." }),
  }),
});

const ViewportObject = builder.objectRef<Viewport>("Viewport").implement({
  description: "A rectangle of one page, in canvas units.",
  fields: (t) => ({
    pageId: t.exposeID("pageId", { description: "The page." }),
    x: t.exposeFloat("x", { description: "The left edge." }),
    y: t.exposeFloat("y", { description: "The upper edge." }),
    width: t.exposeFloat("width", { description: "To the right edge." }),
    height: t.exposeFloat("height", { description: "To the lower edge." }),
  }),
});

const TextSelectionObject = builder.objectRef<ShownTextSelection>("TextSelection").implement({
  description: "A caret or a range in the text of an element.",
  fields: (t) => ({
    pageId: t.exposeID("pageId", { description: "The page." }),
    elementId: t.exposeID("elementId", { description: "The element whose `text` it is in." }),
    index: t.exposeInt("index", {
      description: "Where it begins, in UTF-16 units; beyond the end of the text: at the end.",
    }),
    length: t.exposeInt("length", { description: "How long it is; 0 for a caret." }),
    version: t.exposeInt("version", {
      description:
        "The version of the document in which it is there; a client that has a newer one moves it along by what came since.",
    }),
  }),
});

const ConnectionStateEnum = builder.enumType("ConnectionState", {
  description: "Whether a connection keeps a session alive.",
  values: {
    CONNECTED: { description: "One does." },
    GRACE: {
      description:
        "None does: it ends when its grace period is over, unless its client comes back or gives another sign of life.",
    },
  } satisfies Record<ConnectionState, { description: string }>,
});

type ConnectionState = "CONNECTED" | "GRACE";

const PresenceActivityEnum = builder.enumType("PresenceActivity", {
  description: "Whether a person is at it, by when they last did something.",
  values: {
    ACTIVE: { description: "They did something a short while ago." },
    IDLE: {
      description: "They did nothing for 2 minutes, unless the server is set otherwise.",
    },
    AWAY: {
      description: "They did nothing for 15 minutes, unless the server is set otherwise.",
    },
  } satisfies Record<PresenceActivity, { description: string }>,
});

export const PresenceObject = builder.objectRef<ShownPresence>("Presence");
PresenceObject.implement({
  description:
    "One client that has a template open, and what it shows of itself. A client knows itself by `clientId`.",
  fields: (t) => ({
    sessionId: t.exposeID("sessionId", {
      description: "The session, the same through reconnects.",
    }),
    clientId: t.exposeString("clientId", { description: "What the client calls itself." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Whose client it is; null where the account is gone.",
      resolve: ({ userId }) => userId,
    }),
    color: t.exposeString("color", { description: "The session's colour as `#rrggbb`." }),
    status: t.exposeString("status", {
      nullable: true,
      description: "What the client says it is doing; null where it does not.",
    }),
    pageId: t.exposeID("pageId", {
      nullable: true,
      description: "The page that the client shows; null where it does not say.",
    }),
    cursor: t.expose("cursor", {
      type: PointObject,
      nullable: true,
      description: "Where the pointer is; null where there is none.",
    }),
    selection: t.field({
      type: ["ID"],
      description: "The ids of what is selected.",
      resolve: ({ selection }) => [...selection],
    }),
    viewport: t.expose("viewport", {
      type: ViewportObject,
      nullable: true,
      description: "What the person looks at; null where the client does not say.",
    }),
    textSelection: t.field({
      type: TextSelectionObject,
      nullable: true,
      description:
        "The caret or range in a text, moved along by what was committed since; null where there is none, and where its element is gone.",
      resolve: ({ textSelection }) => textSelection ?? null,
    }),
    joinedAt: t.expose("joinedAt", { type: "DateTime", description: "When the session began." }),
    updatedAt: t.expose("updatedAt", {
      type: "DateTime",
      description: "When the client last said something of itself.",
    }),
  }),
});

builder.objectFields(PresenceObject, (t) => ({
  connectionId: t.id({
    nullable: true,
    description:
      "The connection that keeps the session alive: a subscription to `presenceChanged` with its token, another one after each reconnect. Null while there is none.",
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
      "The newest version of the document that the client is known to have, as it said; null where a node of an older version tells of it.",
    resolve: ({ life }) => life?.lastKnownVersion ?? null,
  }),
  lastActiveAt: t.field({
    type: "DateTime",
    description:
      "When the person last did something: showed something of themselves, took a version, or used the session's token. Told within some seconds.",
    resolve: lastActiveAt,
  }),
  activity: t.expose("activity", {
    type: PresenceActivityEnum,
    description:
      "Whether the person is active, idle or away; `presenceChanged` tells when that changes.",
  }),
}));

builder.prismaObjectField(TemplateObject, "collaborators", (t) =>
  t.field({
    type: [PresenceObject],
    description:
      "Everyone who has the template open now, on any node, the longest here first: at most one for each session, of which there are at most `SESSIONS_PER_TEMPLATE_MAX` (2,000 unless set otherwise). While Redis is away those of this node. Error NOT_FOUND for a template in the bin.",
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
  description: "A place on a page, in canvas units.",
  fields: (t) => ({
    x: t.float({ required: true, description: "To the right." }),
    y: t.float({ required: true, description: "Downwards." }),
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
      index: t.int({ required: true, description: "Where it begins, in UTF-16 units." }),
      length: t.int({ description: "How long it is; 0, a caret, where omitted." }),
    }),
  });

const UpdatePresenceInputType = builder
  .inputRef<UpdatePresenceInput, false>("UpdatePresenceInput")
  .implement({
    description:
      "What a client shows of itself: what is omitted stays, null takes it back. All of it together is at most 8,000 bytes as JSON unless the server is set otherwise.",
    fields: (t) => ({
      sessionToken: t.string({ required: true, description: "The token that joining gave." }),
      status: t.string({
        description:
          "What the client is doing, for people; at most 200 UTF-16 units unless the server is set otherwise.",
      }),
      pageId: t.id({ description: "The page that is shown." }),
      cursor: t.field({ type: PointInput, description: "Where the pointer is on that page." }),
      selection: t.idList({
        description: "The ids of what is selected; at most 200 unless the server is set otherwise.",
      }),
      viewport: t.field({ type: ViewportInput, description: "What the person looks at." }),
      textSelection: t.field({
        type: TextSelectionInput,
        description:
          "The caret or range in a text, as it is in the document at `version`, which must be given with it. The server moves it along by what is committed later; one that is more than 500 operations behind is dropped.",
      }),
      version: t.int({ description: "The newest version of the document that the client has." }),
    }),
  });

const PresenceUpdatedObject = builder.objectRef<PresenceUpdated>("PresenceUpdated").implement({
  description: "Others are being shown it.",
  fields: (t) => ({
    presence: t.field({
      type: PresenceObject,
      description: "All that the client shows of itself now.",
      resolve: ({ entry }) => entry,
    }),
  }),
});

const UpdatePresenceResult = builder.unionType("UpdatePresenceResult", {
  description: "What is shown or a refusal.",
  types: [PresenceUpdatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : PresenceUpdatedObject),
});

builder.mutationField("updatePresence", (t) =>
  t.field({
    type: UpdatePresenceResult,
    description:
      "Shows to others where the client is. A sign of life of its session. Send it as often as the pointer moves, some 30 times a second at most: others are told the newest only. Refusals: UNAUTHENTICATED, NOT_FOUND (the session is over: join again), INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: UpdatePresenceInputType,
        required: true,
        description: "The session and what changed.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => updatePresence(services, viewer, input),
  }),
);
