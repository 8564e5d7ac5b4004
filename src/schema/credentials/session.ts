/** What somebody who signed in is answered. */
import type { SignedIn } from "../../commands/outcomes.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { selfOf, UserObject } from "../accounts/user.js";

const Session = builder.objectRef<SignedIn>("Session").implement({
  description: "A sign-in with its tokens.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description:
        "The access token, a JSON Web Token: `Authorization: Bearer <token>` on HTTP, `authorization` in the connection parameters of a WebSocket.",
    }),
    user: t.field({
      type: UserObject,
      description: "The signed-in user.",
      resolve: ({ userId }, _args, context) => selfOf(userId, context),
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "The time at which the access token expires; refresh the session before.",
    }),
    refreshToken: t.exposeString("refreshToken", {
      description:
        "The refresh token, single-use, for `refreshSession`. Store it as carefully as a password.",
    }),
    refreshExpiresAt: t.expose("refreshExpiresAt", {
      type: "DateTime",
      description:
        "The time at which the user must sign in again, unless the session is refreshed before.",
    }),
  }),
});

/** A mutation's result that is a session where it succeeds. */
export function sessionResult(name: string) {
  return builder.unionType(name, {
    description: "A session or an error.",
    types: [Session, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : Session),
  });
}
