/** People as others see them. Fields answer with an id; all people of a request are read in one query. */
import type { UserRecord } from "../../storage/accounts/userStore.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";

/** `isSelf`: told to the very person, who is only just signing in. */
type Person = UserRecord & { readonly isSelf?: true };

export const UserObject = builder.loadableObject("User", {
  description: "A user: a person or a service account.",
  load: async (ids: string[], { services, viewer }): Promise<(Person | Error)[]> => {
    // Guests are told of nobody.
    if (viewer.kind === "guest") return ids.map(() => null as unknown as Person);
    const byId = new Map((await services.users.findMany(ids)).map((user) => [user.id, user]));
    // The plugin's types know no null, but its loader passes it on: an account that is gone is nobody.
    return ids.map((id) => byId.get(id) ?? (null as unknown as Person));
  },
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    name: t.exposeString("name", { description: "The display name." }),
    email: t.string({
      nullable: true,
      description:
        "The e-mail address to sign in with; null for other users than the viewer, and for an API token with limits.",
      // Deliveries that are shared between subscribers are not shared where this is selected.
      extensions: { viewerDependent: true },
      resolve: ({ id, email, isSelf }, _args, { viewer }) =>
        isSelf || (viewer.kind === "user" && viewer.userId === id && !viewer.limits) ? email : null,
    }),
    avatarUrl: t.exposeString("avatarUrl", {
      nullable: true,
      description: "The address of the user's picture; null if none.",
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: UserObject,
    nullable: true,
    description: "The authenticated user; null if the request is not authenticated.",
    resolve: (_root, _args, { viewer }) => (viewer.kind === "user" ? viewer.userId : null),
  }),
);

/** The person who just signed in, whom the request's own context does not know yet. */
export async function selfOf(userId: string, { services }: GraphQLContext): Promise<Person> {
  const user = await services.users.findById(userId);
  if (user === undefined) throw new Error(`the account ${userId} does not exist`);
  return { ...user, isSelf: true };
}
