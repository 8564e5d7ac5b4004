/**
 * What becomes of a mutation that is sent again because its answer was lost. Each mutation of the schema has a rule, which
 * its description tells; one without a rule ends the making of the schema, so that none is added unconsidered.
 */
import type { GraphQLSchema } from "graphql";

const SAME_STATE = "sets the same state again; a change made by others in between is overwritten.";
const ENDED = "has no effect; NOT_FOUND then means that it was applied.";
const KEYED =
  "under the same `idempotencyKey` and with the same content, it creates nothing and returns the first result; without a key it creates a second one.";
const LOGGED =
  "the log accepts each id once, so it returns the first result and applies nothing twice.";
const TOLD_ONCE =
  "cannot return the first result, since a token is returned only once and only its hash is stored: ";

const retryRules: { readonly [mutation: string]: string } = {
  signUp: "fails on path `email` if the first attempt created the account: sign in.",
  signIn:
    "opens another sign-in; the one whose token was lost ends when it expires or by `signOutEverywhere`.",
  refreshSession: "returns the same successor for 10 s, and ends the sign-in after that.",
  signOut: "has no effect and succeeds.",
  signOutEverywhere:
    "fails with UNAUTHENTICATED, because this sign-in has ended too; after a new sign-in it ends the sign-ins of that time.",
  changePassword: "fails, because the password has changed: sign in with the new one.",
  deleteAccount:
    "fails with UNAUTHENTICATED, because the account was deleted; an interrupted erasure is completed.",
  updateProfile: SAME_STATE,
  changeEmail: "has no effect.",
  resetPassword: "fails on path `token`: sign in with the new password.",
  createAccount:
    "fails on path `email` if the first attempt created the account: create a token with `createPasswordReset`.",
  confirmEmail: "has no effect.",
  createPasswordReset: `${TOLD_ONCE}it creates another token, which replaces the first.`,
  disableAccount: "has no effect.",
  enableAccount: "has no effect.",
  signOutAccount: "ends the sign-ins of that time.",
  eraseAccount:
    "returns NOT_FOUND, which then means that it was applied; an interrupted erasure is completed.",
  createServiceAccount: KEYED,
  deleteServiceAccount: ENDED,
  createApiToken: `${TOLD_ONCE}it creates another token; revoke the unused one.`,
  revokeApiToken: ENDED,
  applyOperations: LOGGED,
  createComment: "under the same `id` it returns the existing comment.",
  replyToComment: "under the same `id` it returns the existing reply.",
  editComment: "sets the same content and is no change.",
  deleteComment: "has no effect.",
  resolveComment: "has no effect.",
  reopenComment: "has no effect.",
  markCommentsRead: "has no effect: comments never become unread.",
  markNotificationsRead:
    "has no effect; without `throughSequence` it also marks later notifications.",
  revertTemplate:
    "under the same `batchId` it returns the first result and reverts nothing twice. Without one it reverts again, unless `headVersion` is given: then it fails with VERSION_CONFLICT, because the head has moved on.",
  createSnapshot: KEYED,
  deleteSnapshot:
    "fails with NOT_FOUND on path `snapshotId`, which then means that it was applied.",
  createTeam: KEYED,
  updateTeam: SAME_STATE,
  deleteTeam: ENDED,
  setTeamMemberRole: SAME_STATE,
  removeTeamMember: "has no effect; NOT_FOUND on path `userId` then means that it was applied.",
  leaveTeam: ENDED,
  transferTeam: "fails with FORBIDDEN if the first attempt transferred the team.",
  inviteToTeam: `${TOLD_ONCE}it replaces the first invitation, whose token becomes invalid.`,
  revokeInvitation: "has no effect.",
  acceptInvitation: "returns the same result while the viewer is a member of the team.",
  declineInvitation: ENDED,
  acquireLock: "renews the lock under its fence.",
  releaseLock: "has no effect.",
  updateMergeRules:
    "fails with VERSION_CONFLICT, because `expectedVersion` is outdated: read the rules.",
  updatePresence: "publishes the same presence again.",
  setTemplatePermission: `${SAME_STATE} For an e-mail address it returns another token, which replaces the first.`,
  acceptTemplatePermission: "has no effect.",
  createProject: KEYED,
  updateProject: SAME_STATE,
  deleteProject: ENDED,
  setProjectMember: SAME_STATE,
  removeProjectMember: "has no effect; NOT_FOUND on path `userId` then means that it was applied.",
  transferProject: "fails if the first attempt transferred the project: FORBIDDEN or NOT_FOUND.",
  resolveConflict: LOGGED,
  createTemplate: KEYED,
  updateTemplate: SAME_STATE,
  deleteTemplate: "has no effect.",
  restoreTemplate: "has no effect.",
  duplicateTemplate: KEYED,
  createShareLink: `${TOLD_ONCE}it creates another link; revoke the unused one.`,
  revokeShareLink: ENDED,
  acceptShareLink: "has no effect except on the number of uses of the link.",
  openAsGuest: `${TOLD_ONCE}it opens another session; the one whose token was lost ends when it expires.`,
  moveTemplate: SAME_STATE,
  transferTemplate: "fails with FORBIDDEN if the first attempt transferred the template.",
  joinTemplate:
    "without `sessionToken` it opens another session; the one whose token was lost ends when its heartbeat stops.",
  leaveTemplate: "has no effect.",
  undo: "under the same `batchId` it returns the first result and takes no second step; without one it takes another step.",
  redo: "under the same `batchId` it returns the first result and takes no second step; without one it takes another step.",
};

/** Adds the rule of each mutation to its description. */
export function stateRetryRules(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const rule = Object.hasOwn(retryRules, field.name) ? retryRules[field.name] : undefined;
    if (rule === undefined) throw new Error(`the mutation ${field.name} has no retry rule`);
    field.description = `${field.description ?? ""} On retry: ${rule}`;
  }
  return schema;
}

/** What the inputs of mutations that make something say of their key. */
export const IDEMPOTENCY_KEY =
  "An idempotency key: an id chosen by the client, new for each object to create. The same request repeated under it creates nothing and returns the first result. Without it the client cannot know the outcome of a request whose response was lost.";
