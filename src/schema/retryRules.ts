/**
 * What becomes of a mutation that is sent again because its answer was lost. Each mutation of the schema has a rule, which
 * its description tells; one without a rule ends the making of the schema, so that none is added unconsidered.
 */
import type { GraphQLSchema } from "graphql";

const SAME_STATE = "it sets the same state again; a change made by others in between is set back.";
const ENDED = "changes nothing; NOT_FOUND then means that it is done.";
const KEYED =
  "under the same `idempotencyKey` and with the same content it is made once, and the second answer names the one there is; without a key it is made twice.";
const LOGGED =
  "the log takes each id once, so it is answered as the first time and applies nothing twice.";
const TOLD_ONCE =
  "cannot be answered as the first time, since the token is told once and only its hash is kept: ";

const retryRules: { readonly [mutation: string]: string } = {
  signUp: "is refused on path `email` where the first try made the account: sign in.",
  signIn:
    "opens another sign-in; the one whose token was lost ends with its time or `signOutEverywhere`.",
  refreshSession: "answers the same successor for 10 s, and ends the sign-in after that.",
  signOut: "changes nothing and succeeds.",
  signOutEverywhere:
    "is refused with UNAUTHENTICATED, as this sign-in ended too; signed in anew it ends only what is there then.",
  changePassword: "is refused, as the password is another one by then: sign in with the new one.",
  deleteAccount:
    "is refused with UNAUTHENTICATED, as the account is gone; an interrupted erasure is finished.",
  updateProfile: SAME_STATE,
  changeEmail: "changes nothing.",
  resetPassword: "is refused on path `token`: sign in with the new password.",
  createAccount:
    "is refused on path `email` where the first try made the account: make a token with `createPasswordReset`.",
  confirmEmail: "changes nothing.",
  createPasswordReset: `${TOLD_ONCE}it makes another token, in the place of the first.`,
  disableAccount: "changes nothing.",
  enableAccount: "changes nothing.",
  signOutAccount: "ends only what is there then.",
  eraseAccount:
    "answers NOT_FOUND, which then means that it is done; an interrupted erasure is finished.",
  createServiceAccount: KEYED,
  deleteServiceAccount: ENDED,
  createApiToken: `${TOLD_ONCE}it makes another token; revoke the one that was never used.`,
  revokeApiToken: ENDED,
  applyOperations: LOGGED,
  createComment: "under the same `id` it answers the comment there is.",
  replyToComment: "under the same `id` it answers the reply there is.",
  editComment: "it says the same again and is no change.",
  deleteComment: "changes nothing.",
  resolveComment: "changes nothing.",
  reopenComment: "changes nothing.",
  markCommentsRead: "changes nothing: marks never go back.",
  markNotificationsRead:
    "changes nothing; without `throughSequence` it also marks what came in between.",
  revertTemplate:
    "under the same `batchId` it is answered as the first time and reverts nothing twice. Without one it reverts again, unless `headVersion` is named: then VERSION_CONFLICT tells that the head moved on.",
  createSnapshot: KEYED,
  deleteSnapshot:
    "is refused with NOT_FOUND on path `snapshotId` where the first try deleted it: then it is done.",
  createTeam: KEYED,
  updateTeam: SAME_STATE,
  deleteTeam: ENDED,
  setTeamMemberRole: SAME_STATE,
  removeTeamMember: "changes nothing; NOT_FOUND on path `userId` then means that it is done.",
  leaveTeam: ENDED,
  transferTeam: "is refused with FORBIDDEN where the first try gave the team away.",
  inviteToTeam: `${TOLD_ONCE}it takes the place of the first invitation, whose token ends.`,
  revokeInvitation: "changes nothing.",
  acceptInvitation: "answers the same as long as the viewer is in the team.",
  declineInvitation: ENDED,
  acquireLock: "renews the lock under its fence.",
  releaseLock: "changes nothing.",
  updateMergeRules:
    "is refused with VERSION_CONFLICT, as `expectedVersion` is over: read the rules.",
  updatePresence: "it shows the same again.",
  setTemplatePermission: `${SAME_STATE} For an e-mail address it answers another token, in place of the first.`,
  acceptTemplatePermission: "changes nothing.",
  createProject: KEYED,
  updateProject: SAME_STATE,
  deleteProject: ENDED,
  setProjectMember: SAME_STATE,
  removeProjectMember: "changes nothing; NOT_FOUND on path `userId` then means that it is done.",
  transferProject: "is refused where the first try gave the project away: FORBIDDEN or NOT_FOUND.",
  resolveConflict: LOGGED,
  createTemplate: KEYED,
  updateTemplate: SAME_STATE,
  deleteTemplate: "changes nothing.",
  restoreTemplate: "changes nothing.",
  duplicateTemplate: KEYED,
  createShareLink: `${TOLD_ONCE}it makes another link; revoke the one that was never used.`,
  revokeShareLink: ENDED,
  acceptShareLink: "changes nothing but how often the link was used.",
  openAsGuest: `${TOLD_ONCE}it opens another session; the one whose token was lost ends with its time.`,
  moveTemplate: SAME_STATE,
  transferTemplate: "is refused with FORBIDDEN where the first try gave the template away.",
  joinTemplate:
    "without `sessionToken` it opens another session; the one whose token was lost ends by itself when nothing renews it.",
  leaveTemplate: "changes nothing.",
  undo: "under the same `batchId` it is answered as the first time and takes no second step; without one it takes another step.",
  redo: "under the same `batchId` it is answered as the first time and takes no second step; without one it takes another step.",
};

/** Adds the rule of each mutation to its description. */
export function stateRetryRules(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const rule = Object.hasOwn(retryRules, field.name) ? retryRules[field.name] : undefined;
    if (rule === undefined) throw new Error(`the mutation ${field.name} has no retry rule`);
    field.description = `${field.description ?? ""} Sent again: ${rule}`;
  }
  return schema;
}

/** What the inputs of mutations that make something say of their key. */
export const IDEMPOTENCY_KEY =
  "An idempotency key: an id chosen by the client, new for each object to create. The same request repeated under it creates nothing and returns the first result. Without it the client cannot know the outcome of a request whose response was lost.";
