/** The API's schema, put together from the files of this folder, one per noun. */
import type { GraphQLSchema } from "graphql";
import { auditMutations } from "./audited.js";
import { logMutations } from "./logMutations.js";
import { builder } from "./builder.js";
import { countMutations } from "./countMutations.js";
import { guardTokenLimits } from "./guardTokenLimits.js";
import { guardCredentials } from "./guardCredentials.js";
import { guardGuests } from "./guardGuests.js";
import { stateRetryRules } from "./retryRules.js";
import "./scalars.js";
import "./access/acceptTemplatePermission.js";
import "./accounts/account.js";
import "./accounts/accountAdministration.js";
import "./accounts/accountMutations.js";
import "./credentials/apiToken.js";
import "./editing/applyOperations.js";
import "./audit/auditLog.js";
import "./comments/comment.js";
import "./comments/commentChange.js";
import "./comments/commentList.js";
import "./comments/commentMutations.js";
import "./conflicts/conflictRecord.js";
import "./guests/guest.js";
import "./history/history.js";
import "./history/operationList.js";
import "./history/historyMutations.js";
import "./teams/invitation.js";
import "./locks/lock.js";
import "./locks/lockMutations.js";
import "./conflicts/mergeRules.js";
import "./notifications/notification.js";
import "./notifications/notificationChange.js";
import "./editing/operationType.js";
import "./presence/presence.js";
import "./presence/presenceChange.js";
import "./accounts/profile.js";
import "./teams/project.js";
import "./teams/projectMutations.js";
import "./quotas/quota.js";
import "./conflicts/resolveConflict.js";
import "./cluster/serverNode.js";
import "./accounts/serviceAccount.js";
import "./access/shareLink.js";
import "./access/shareLinkUse.js";
import "./history/snapshot.js";
import "./teams/team.js";
import "./teams/teamMutations.js";
import "./templates/template.js";
import "./templates/templateActivity.js";
import "./templates/templateChange.js";
import "./templates/templateList.js";
import "./templates/templateMutations.js";
import "./templates/templatePlace.js";
import "./access/templatePermission.js";
import "./sessions/templateSession.js";
import "./history/undo.js";
import "./accounts/user.js";

let schema: GraphQLSchema | undefined;

/** The executable schema; it holds no state and is made once. */
export function buildSchema(): GraphQLSchema {
  const made = () =>
    guardGuests(
      guardCredentials(guardTokenLimits(stateRetryRules(builder.toSchema({ sortSchema: false })))),
    );
  // Outermost: what is refused for its number is not written down one by one.
  schema ??= logMutations(countMutations(auditMutations(made())));
  return schema;
}
