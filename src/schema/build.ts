/** The API's schema, put together from the files of this folder, one per noun. */
import type { GraphQLSchema } from "graphql";
import { auditMutations } from "./audited.js";
import { tellMutations } from "./toldMutations.js";
import { builder } from "./builder.js";
import { countMutations } from "./countMutations.js";
import { guardTokenLimits } from "./guardTokenLimits.js";
import { guardCredentials } from "./guardCredentials.js";
import { guardGuests } from "./guardGuests.js";
import { stateRetryRules } from "./retryRules.js";
import "./scalars.js";
import "./acceptTemplatePermission.js";
import "./account.js";
import "./accountAdministration.js";
import "./accountMutations.js";
import "./apiToken.js";
import "./applyOperations.js";
import "./auditLog.js";
import "./comment.js";
import "./commentChange.js";
import "./commentList.js";
import "./commentMutations.js";
import "./conflictRecord.js";
import "./guest.js";
import "./history.js";
import "./operationList.js";
import "./historyMutations.js";
import "./invitation.js";
import "./lock.js";
import "./lockMutations.js";
import "./mergeRules.js";
import "./notification.js";
import "./notificationChange.js";
import "./operationType.js";
import "./presence.js";
import "./presenceChange.js";
import "./profile.js";
import "./project.js";
import "./projectMutations.js";
import "./quota.js";
import "./resolveConflict.js";
import "./serverNode.js";
import "./serviceAccount.js";
import "./shareLink.js";
import "./shareLinkUse.js";
import "./snapshot.js";
import "./team.js";
import "./teamMutations.js";
import "./template.js";
import "./templateActivity.js";
import "./templateChange.js";
import "./templateList.js";
import "./templateMutations.js";
import "./templatePlace.js";
import "./templatePermission.js";
import "./templateSession.js";
import "./undo.js";
import "./user.js";

let schema: GraphQLSchema | undefined;

/** The executable schema; it holds no state and is made once. */
export function buildSchema(): GraphQLSchema {
  const made = () =>
    guardGuests(
      guardCredentials(guardTokenLimits(stateRetryRules(builder.toSchema({ sortSchema: false })))),
    );
  // Outermost: what is refused for its number is not written down one by one.
  schema ??= tellMutations(countMutations(auditMutations(made())));
  return schema;
}
