/**
 * The rule of access of every field of the schema. A field that is added needs one here, or the walk fails: what guards
 * it is to be thought of, not assumed.
 */
import type { Action } from "../../src/domain/access/access.js";

/**
 * Who gets an answer from a root field:
 * - `anybody`, `signedIn`: as it says
 * - `own`: about the viewer's own accounts, sessions, invitations: what is another's is as what does not exist
 * - `administrators`: of the deployment
 * - `team`, `project`, `link`: what the thing under `teamId`, `projectId` or a secret lets the viewer do, as far as they see it
 * - an action: who may do that with the template under `templateId` or `id`
 */
export type RootRule =
  | "anybody"
  | "signedIn"
  | "own"
  | "administrators"
  | "team"
  | "project"
  | "link"
  | Action;

export const rootRules: Readonly<Record<string, Readonly<Record<string, RootRule>>>> = {
  Query: {
    operationTypes: "anybody",
    viewer: "own",
    template: "view",
    auditLog: "administrators",
    accounts: "administrators",
    account: "administrators",
    team: "team",
    project: "project",
    serverNodes: "administrators",
    templates: "signedIn",
  },
  Mutation: {
    signUp: "anybody",
    signIn: "anybody",
    refreshSession: "anybody",
    signOut: "anybody",
    signOutEverywhere: "own",
    changePassword: "own",
    deleteAccount: "own",
    updateProfile: "own",
    changeEmail: "own",
    resetPassword: "anybody",
    createAccount: "administrators",
    confirmEmail: "administrators",
    createPasswordReset: "administrators",
    disableAccount: "administrators",
    enableAccount: "administrators",
    signOutAccount: "administrators",
    eraseAccount: "administrators",
    createServiceAccount: "team",
    deleteServiceAccount: "team",
    createApiToken: "own",
    revokeApiToken: "own",
    applyOperations: "edit",
    createComment: "comment",
    replyToComment: "comment",
    editComment: "comment",
    deleteComment: "comment",
    resolveComment: "comment",
    reopenComment: "comment",
    markCommentsRead: "view",
    markNotificationsRead: "own",
    revertTemplate: "edit",
    createSnapshot: "describe",
    deleteSnapshot: "describe",
    createTeam: "signedIn",
    updateTeam: "team",
    deleteTeam: "team",
    setTeamMemberRole: "team",
    removeTeamMember: "team",
    leaveTeam: "team",
    transferTeam: "team",
    inviteToTeam: "team",
    revokeInvitation: "own",
    acceptInvitation: "own",
    declineInvitation: "own",
    acquireLock: "edit",
    releaseLock: "view",
    updateMergeRules: "govern",
    updatePresence: "own",
    setTemplatePermission: "share",
    acceptTemplatePermission: "link",
    createProject: "signedIn",
    updateProject: "project",
    deleteProject: "project",
    setProjectMember: "project",
    removeProjectMember: "project",
    transferProject: "project",
    resolveConflict: "edit",
    createTemplate: "signedIn",
    updateTemplate: "describe",
    deleteTemplate: "delete",
    restoreTemplate: "delete",
    duplicateTemplate: "duplicate",
    createShareLink: "share",
    revokeShareLink: "share",
    acceptShareLink: "link",
    openAsGuest: "link",
    moveTemplate: "share",
    transferTemplate: "transfer",
    joinTemplate: "view",
    leaveTemplate: "own",
    undo: "edit",
    redo: "edit",
  },
  Subscription: {
    commentChanged: "view",
    notificationsChanged: "own",
    templateChanged: "view",
    presenceChanged: "view",
    templateActivity: "signedIn",
  },
};

/**
 * Fields of a template: `details` are told with it, also in the bin; an action is asked for again, `view` refused with
 * NOT_FOUND in the bin, others empty for those who may not.
 */
export const templateFields: Readonly<Record<string, "details" | Action>> = {
  ...told(
    "details",
    "id name description category tags isPublic openToGuests version versionHash author createdAt updatedAt deletedAt team project viewerRole viewerMay viewerRestrictions",
  ),
  ...told(
    "view",
    "designData locks comments commentThread commentSequence unreadCommentCount at operations snapshots mergeRules collaborators guestCount",
  ),
  conflicts: "audit",
  storage: "edit",
  permissions: "share",
  shareLinks: "share",
  shareLinkUses: "share",
};

/** Told to the very person alone; null or empty on all others. */
export const ownFields: Readonly<Record<string, string>> = {
  User: "quota email role apiTokens teams invitations projects notifications unreadNotificationCount notificationSequence",
};

/** Everything else: told with what it is a part of, to whoever got that. Connections and edges are so by their form. */
export const carriedFields: Readonly<Record<string, string>> = {
  OperationTypeInfo: "type description targetSchema payloadSchema example",
  User: "id name avatarUrl kind",
  OperationTarget: "pageId elementId audioLayerId clipId",
  Operation:
    "id type target payload hasPayload baseVersion resultingVersion batchId user clientId sessionSequence clientTimestamp serverTimestamp transformedFrom requested undoes redoes",
  Lock: "target sessionId user clientId fence acquiredAt expiresAt",
  RequestError: "code message operationId path retryAfterMs lock problems",
  InputProblem: "message path",
  Session: "token user expiresAt refreshToken refreshExpiresAt",
  Account: "id user email isEmailProven hasPassword role kind serviceTeamId createdAt disabledAt",
  AccountCreated: "account token link expiresAt",
  AccountDisabled: "account",
  AccountEnabled: "account",
  AccountSignedOut: "account",
  EmailConfirmed: "account",
  AccountErased: "userId",
  PasswordResetCreated: "userId token link expiresAt",
  ProfileUpdated: "user",
  EmailChanged: "user",
  SignedOut: "everywhere",
  AccountDeleted: "userId",
  ApiToken: "id name scopes createdAt expiresAt lastUsedAt teamId projectId templateId",
  ApiTokenCreated: "token apiToken",
  ApiTokenRevoked: "id",
  Conflict: "kind clientOperation serverOperation target properties",
  AutoMerge: "available reason preview",
  ResolutionStrategy: "strategy description warning discardedOps overriddenOps",
  ResolutionOptions: "autoMerge strategies",
  VersionConflict:
    "code message currentVersion requestedVersion serverState serverOperations serverOperationsThrough conflictingOps conflicts suggestedResolution resolutionOptions",
  OperationsApplied:
    "template appliedOps duplicateOps supersededOps operations newVersion serverTimestamp skipped passedOver",
  SkippedOperation: "operationId batchId type target properties attributes reason causes",
  SkipCause: "operationId user",
  AuditEntry:
    "id at actorKind actorId actor address clientId action resourceKind resourceIds templateId teamId result code details",
  CommentAnchor: "pageId elementId x y elementX elementY isGone",
  Comment: "id threadId replyToId depth body author mentions createdAt editedAt isDeleted sequence",
  CommentThread:
    "id anchor isResolved resolvedBy resolvedAt createdAt commentCount unreadCount comments",
  CommentChange: "templateId kind sequence comment thread",
  CommentSaved: "comment thread",
  CommentsRead: "template",
  Notification:
    "id kind sequence at occurrences isRead actor template project invitationId threadId commentId role decidedBy operationIds",
  NotificationsRead: "user",
  NotificationsChange: "added unreadCount sequence",
  SentOperation: "id type target payload hasPayload timestamp",
  ConflictRecord:
    "id user clientId baseVersion headVersion clientOperations serverOperations collisions decidedBy decisions decisionCount createdAt resolution resolvedAt resolvedBy durationMs",
  ConflictDecision: "collision decidedBy winner winningOperation losingOperation lost",
  TemplateVersion: "version designData designHash createdAt",
  Snapshot: "id version kind name reason designHash createdBy createdAt designData",
  TemplateReverted: "template revertedFrom revertedTo operationsRolledBack newVersion",
  SnapshotCreated: "snapshot created",
  SnapshotDeleted: "template snapshotId",
  Team: "id name owner viewerRole createdAt members invitations projects templates quota serviceAccounts",
  ServiceAccount: "id name user createdAt apiTokens",
  ServiceAccountCreated: "serviceAccount",
  ServiceAccountDeleted: "userId",
  Quota: "templates templatesMax bytes bytesMax editedBytesMax",
  TemplateStorage: "bytes documentBytes logBytes snapshotBytes namedVersions namedVersionsMax",
  TeamMember: "user email isEmailProven role joinedAt",
  TeamCreated: "team",
  TeamUpdated: "team",
  TeamMemberRoleSet: "team",
  TeamMemberRemoved: "team",
  TeamTransferred: "team",
  TeamDeleted: "teamId",
  TeamLeft: "teamId",
  TeamInvitation: "id teamId teamName email role invitedBy createdAt expiresAt",
  TeamInvited: "invitationId token link",
  TeamJoined: "team",
  InvitationRevoked: "invitationId",
  InvitationDeclined: "invitationId",
  LockAcquired: "acquired",
  LockReleased: "released",
  MergeRule: "elementType property policy",
  MergeRules: "rules version",
  MergeRulesUpdated: "template",
  TemplateChange:
    "templateId kind fromVersion toVersion operations designData serverTimestamp viewport",
  EnteredElement: "element afterElementId",
  Point: "x y",
  Viewport: "pageId x y width height",
  ViewportChange: "complete entered left",
  TextSelection: "pageId elementId index length version",
  Presence:
    "sessionId clientId user color status pageId cursor selection viewport textSelection joinedAt updatedAt connectionId connection lastKnownVersion lastActiveAt activity",
  PresenceUpdated: "presence",
  PresenceChange: "templateId joined moved left locks serverTimestamp",
  EditRestriction: "pageIds elementTypes elementIds operationTypes",
  TemplatePermission:
    "id user teamId email role pageIds elementTypes elementIds operationTypes grantedAt",
  TemplatePermissionSet: "template changed permissionId token link",
  TemplatePermissionAccepted: "template",
  Project: "id name team owner viewerRole createdAt members templates",
  ProjectMember: "user role joinedAt",
  ProjectCreated: "project",
  ProjectUpdated: "project",
  ProjectMemberSet: "project",
  ProjectMemberRemoved: "project",
  ProjectTransferred: "project",
  ProjectDeleted: "projectId",
  ConflictResolved: "template resolution newVersion discardedOps operations resolvedAt",
  ServerNodeLoad: "eventLoop cpu memoryBytes connections subscriptions liveTemplates",
  ServerNodeLag: "eventLoopMs deliveryMs hearsOtherNodes",
  ServerNode:
    "id name address status statusReason version startedAt reportedAt lastContactAt silentMs isSelf load lag",
  TemplateCreated: "template",
  TemplateUpdated: "template",
  TemplateDeleted: "template",
  TemplateRestored: "template",
  TemplateDuplicated: "template",
  ShareLink:
    "id role createdBy createdAt expiresAt openToGuests guestCount guestUseCount lastGuestUseAt",
  ShareLinkUse: "user firstUsedAt lastUsedAt useCount",
  GuestSession: "token templateId expiresAt",
  ShareLinkCreated: "shareLinkId token",
  ShareLinkRevoked: "shareLinkId",
  ShareLinkAccepted: "template",
  TemplateActivity: "templateId kind user at",
  TemplateMoved: "template",
  TemplateTransferred: "template",
  TemplateSession: "id token user clientId color joinedAt lastKnownVersion lastActiveAt expiresAt",
  TemplateJoined: "template session resumed locks collaborators missedOperations",
  TemplateLeft: "ended",
};

function told<R>(rule: R, names: string): Record<string, R> {
  return Object.fromEntries(names.split(" ").map((name) => [name, rule]));
}
