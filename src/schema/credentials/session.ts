/** What somebody who signed in is answered. */
import type { SignedIn } from "../../commands/outcomes.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { selfOf, UserObject } from "../accounts/user.js";

const Session = builder.objectRef<SignedIn>("Session").implement({
  description: "Somebody is signed in.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description:
        "A JSON Web Token: `Authorization: Bearer <token>` on HTTP, `authorization` in the connection parameters of a WebSocket.",
    }),
    user: t.field({
      type: UserObject,
      description: "Who is signed in.",
      resolve: ({ userId }, _args, context) => selfOf(userId, context),
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "When the token stops being good; refresh the session before.",
    }),
    refreshToken: t.exposeString("refreshToken", {
      description: "Good once, for `refreshSession`. Keep it as carefully as a password.",
    }),
    refreshExpiresAt: t.expose("refreshExpiresAt", {
      type: "DateTime",
      description: "When the person has to sign in again, unless the session is refreshed before.",
    }),
  }),
});

/** A mutation's result that is a session where it succeeds. */
export function sessionResult(name: string) {
  return builder.unionType(name, {
    description: "A session or a refusal.",
    types: [Session, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : Session),
  });
}
