/** The documents that the account pages send, which run whatever documents a server requires to be persisted. */
import { createHash } from "node:crypto";

export interface AccountDocument {
  /** Its SHA-256, as hex. */
  readonly id: string;
  readonly text: string;
}

const REFUSAL = "... on RequestError { code message path retryAfterMs }";
const SESSION = `... on Session { token refreshToken } ${REFUSAL}`;

/** A mutation with one input; an alias gives all answers one name. */
function mutation(field: string, input: string, selection: string): AccountDocument {
  const text = `mutation ($input: ${input}!) { answer: ${field}(input: $input) { ${selection} } }`;
  return { id: createHash("sha256").update(text).digest("hex"), text };
}

/** By the name of their mutation. */
export const accountDocuments = {
  resetPassword: mutation("resetPassword", "ResetPasswordInput", SESSION),
  signIn: mutation("signIn", "SignInInput", SESSION),
  signUp: mutation("signUp", "SignUpInput", SESSION),
  signOut: mutation("signOut", "SignOutInput", "__typename"),
  acceptInvitation: mutation("acceptInvitation", "InvitationAnswerInput", `__typename ${REFUSAL}`),
  acceptTemplatePermission: mutation(
    "acceptTemplatePermission",
    "AcceptTemplatePermissionInput",
    `__typename ${REFUSAL}`,
  ),
} as const;

/** Their texts by SHA-256, as in a manifest of persisted documents. */
export const accountDocumentsById: ReadonlyMap<string, string> = new Map(
  Object.values(accountDocuments).map(({ id, text }) => [id, text]),
);
