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
  description: "A template can be read without an account for a while.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description:
        "For `Authorization: Bearer`, over HTTP, event streams and WebSockets, as an access token. It reads and follows this one template and does nothing else. Told here and never again.",
    }),
    templateId: t.exposeID("templateId", { description: "The template." }),
    expiresAt: t.field({
      type: "DateTime",
      description:
        "When the token ends; open the link again for another one. It opens nothing any more as soon as the link is over or the template private.",
      resolve: ({ expiresAt }) => new Date(expiresAt),
    }),
  }),
});
const OpenAsGuestResult = builder.unionType("OpenAsGuestResult", {
  description: "The session or a refusal.",
  types: [GuestSessionObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : GuestSessionObject),
});
const OpenInput = builder.inputRef<OpenAsGuestInput, false>("OpenAsGuestInput").implement({
  description: "What to read: exactly one of `token` and `templateId`.",
  fields: (t) => ({
    token: t.string({ description: "The token of a share link that is open to guests." }),
    templateId: t.id({ description: "A public template that is open to guests." }),
    renews: t.string({
      description:
        "The `guest_` token that the new one is to replace: its session ends, and the new one counts in its place and not against the sessions that an address may open. Ignored where that session is over or read something else.",
    }),
  }),
});

builder.mutationField("openAsGuest", (t) =>
  t.field({
    type: OpenAsGuestResult,
    description:
      "Opens a session for somebody who reads without an account. Guests are counted and shown to nobody. Refusals: INVALID_INPUT, NOT_FOUND (nothing that is open to guests), FORBIDDEN (the server lets nobody read without an account), RATE_LIMITED (too many sessions of the address, of the address by this link, of the link or in all).",
    // Whoever asks shows the link's secret.
    extensions: { credentials: "nothing" },
    args: { input: t.arg({ type: OpenInput, required: true, description: "What to read." }) },
    resolve: (_root, { input }, { services, origin }) => openAsGuest(services, input, origin),
  }),
);

builder.objectFields(TemplateObject, (t) => ({
  guestCount: t.int({
    description:
      "Sessions of people who read it without an account, by links or because it is open to them, that run now.",
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
