/** People as others see them. Fields answer with an id; all people of a request are read in one query. */
import type { UserRecord } from "../../storage/accounts/userStore.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";

/** `isSelf`: told to the very person, who is only just signing in. */
type Person = UserRecord & { readonly isSelf?: true };

export const UserObject = builder.loadableObject("User", {
  description: "A person with an account.",
  load: async (ids: string[], { services, viewer }): Promise<(Person | Error)[]> => {
    // Guests are told of nobody.
    if (viewer.kind === "guest") return ids.map(() => null as unknown as Person);
    const byId = new Map((await services.users.findMany(ids)).map((user) => [user.id, user]));
    // The plugin's types know no null, but its loader passes it on: an account that is gone is nobody.
    return ids.map((id) => byId.get(id) ?? (null as unknown as Person));
  },
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    name: t.exposeString("name", { description: "The name others see." }),
    email: t.string({
      nullable: true,
      description:
        "The e-mail address one signs in with; null for everyone but oneself, and for a token that is limited to a part.",
      // Deliveries that are shared between subscribers are not shared where this is selected.
      extensions: { viewerDependent: true },
      resolve: ({ id, email, isSelf }, _args, { viewer }) =>
        isSelf || (viewer.kind === "user" && viewer.userId === id && !viewer.limits) ? email : null,
    }),
    avatarUrl: t.exposeString("avatarUrl", {
      nullable: true,
      description: "Where a picture of the person is; null where there is none.",
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({
    type: UserObject,
    nullable: true,
    description: "Who is signed in; null where nobody is.",
    resolve: (_root, _args, { viewer }) => (viewer.kind === "user" ? viewer.userId : null),
  }),
);

/** The person who just signed in, whom the request's own context does not know yet. */
export async function selfOf(userId: string, { services }: GraphQLContext): Promise<Person> {
  const user = await services.users.findById(userId);
  if (user === undefined) throw new Error(`the account ${userId} is gone`);
  return { ...user, isSelf: true };
}
