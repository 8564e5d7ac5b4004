/** Guests: people who read one template without an account. */
import DataLoader from "dataloader";
import {
  openAsGuest,
  type GuestOpened,
  type OpenAsGuestInput,
} from "../../commands/guests/openAsGuest.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { RequestErrorObject } from "../errors.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";

const GuestSessionObject = builder.objectRef<GuestOpened>("GuestSession").implement({
  description: "A guest's temporary read access to a template.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description:
        "The token for `Authorization: Bearer`, over HTTP, event streams and WebSockets, as an access token. It can read and follow this one template only. Returned only once.",
    }),
    templateId: t.exposeID("templateId", { description: "The template." }),
    expiresAt: t.field({
      type: "DateTime",
      description:
        "The time at which the token expires; open the link again for a new one. The token stops working at once if the link ends or the template becomes private.",
      resolve: ({ expiresAt }) => new Date(expiresAt),
    }),
  }),
});
const OpenAsGuestResult = builder.unionType("OpenAsGuestResult", {
  description: "The session or an error.",
  types: [GuestSessionObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : GuestSessionObject),
});
const OpenInput = builder.inputRef<OpenAsGuestInput, false>("OpenAsGuestInput").implement({
  description: "The template to read: exactly one of `token` and `templateId`.",
  fields: (t) => ({
    token: t.string({ description: "The token of a share link that is open to guests." }),
    templateId: t.id({ description: "A public template that is open to guests." }),
    renews: t.string({
      description:
        "The `guest_` token to replace: its session ends, and the new session does not count against the limit per address. Ignored if that session has ended or was for another template.",
    }),
  }),
});

builder.mutationField("openAsGuest", (t) =>
  t.field({
    type: OpenAsGuestResult,
    description:
      "Opens a read session without an account. Guests are counted and not listed. Errors: INVALID_INPUT, NOT_FOUND (not open to guests), FORBIDDEN (the deployment has no guest access), RATE_LIMITED (too many sessions of the address, of the address by this link, of the link, or in total).",
    // Whoever asks shows the link's secret.
    extensions: { credentials: "nothing" },
    args: {
      input: t.arg({ type: OpenInput, required: true, description: "The template to read." }),
    },
    resolve: (_root, { input }, { services, origin }) => openAsGuest(services, input, origin),
  }),
);

builder.objectFields(TemplateObject, (t) => ({
  guestCount: t.int({
    description:
      "The number of current guest sessions, by links and by guest access to the public template.",
    resolve: async (node, _args, context) => {
      await readingOf(node, context).viewable();
      return loaderOf(context).load(node.id);
    },
  }),
}));

const loaders = new WeakMap<GraphQLContext, DataLoader<string, number>>();

function loaderOf(context: GraphQLContext): DataLoader<string, number> {
  const known = loaders.get(context);
  if (known !== undefined) return known;
  const { guests, clock } = context.services;
  const made = new DataLoader<string, number>(
    async (templateIds) => {
      const counts = await guests.store.countByTemplate(templateIds, clock.now());
      return templateIds.map((id) => counts.get(id) ?? 0);
    },
    { cache: false },
  );
  loaders.set(context, made);
  return made;
}
