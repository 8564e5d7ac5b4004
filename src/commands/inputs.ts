/** What commands take: the contract's inputs after GraphQL's own type check, everything else still unchecked. */

import type { AccessRole } from "../domain/access/grant.js";
import type { OperationType } from "../domain/operations/operation.js";

/** The contract's ConflictPolicy. */
export type ConflictPolicy = "REJECT" | "MERGE" | "LAST_WRITER_WINS" | "FORCE";

export interface OperationInput {
  readonly id: string;
  readonly type: OperationType;
  readonly target: {
    readonly pageId?: string | null;
    readonly elementId?: string | null;
    readonly audioLayerId?: string | null;
    readonly clipId?: string | null;
  };
  readonly payload?: unknown;
  readonly timestamp?: number | null;
}

export interface ApplyOperationsInput {
  readonly templateId: string;
  readonly baseVersion: number;
  readonly operations: readonly OperationInput[];
  readonly clientId?: string | null;
  readonly sessionSequence?: number | null;
  readonly batchId?: string | null;
  /** Apply only while this client's lock with the fence is there. */
  readonly fence?: number | null;
  readonly onConflict: ConflictPolicy;
}

export interface CreateTemplateInput {
  readonly name: string;
  readonly description?: string | null;
  readonly category?: string | null;
  readonly tags?: readonly string[] | null;
  readonly isPublic?: boolean | null;
  readonly designData?: unknown;
  /** At most one of team and project, as where a template is moved. */
  readonly teamId?: string | null;
  readonly projectId?: string | null;
  readonly idempotencyKey?: string | null;
}

/** What is absent stays; null removes description and category. */
export interface UpdateTemplateInput {
  readonly templateId: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly category?: string | null;
  readonly tags?: readonly string[] | null;
  readonly isPublic?: boolean | null;
  readonly openToGuests?: boolean | null;
}

export interface DuplicateTemplateInput {
  readonly templateId: string;
  readonly name?: string | null;
  /** Where the copy shall belong, as with a new template. */
  readonly teamId?: string | null;
  readonly projectId?: string | null;
  readonly idempotencyKey?: string | null;
}

export interface RevertTemplateInput {
  readonly templateId: string;
  readonly targetVersion: number;
  readonly reason?: string | null;
  readonly clientId?: string | null;
  /** The batch to commit it as: sent again under the same one it is answered as the first time. */
  readonly batchId?: string | null;
  /** The head that was seen: where it moved on nothing is reverted. */
  readonly headVersion?: number | null;
}

export interface JoinTemplateInput {
  readonly templateId: string;
  readonly clientId: string;
  /** The version of the document that the client holds. */
  readonly lastKnownVersion?: number | null;
  readonly sessionToken?: string | null;
}

export interface UndoInput {
  readonly templateId: string;
  readonly clientId?: string | null;
  /** The batch to commit the step as: sent again under the same one it is answered as the first time. */
  readonly batchId?: string | null;
  /** Whether nothing is undone where not all of the step can be. */
  readonly allOrNothing?: boolean | null;
}

export interface ResolveConflictInput {
  readonly templateId: string;
  readonly baseVersion: number;
  readonly headVersion: number;
  readonly resolution: "CLIENT_WINS" | "SERVER_WINS" | "MANUAL";
  readonly clientOperations?: readonly OperationInput[] | null;
  readonly manualState?: unknown;
  readonly clientId?: string | null;
}

export interface AcquireLockInput {
  readonly templateId: string;
  readonly sessionToken: string;
  /** The whole template where absent. */
  readonly target?: OperationInput["target"] | null;
  readonly leaseMs?: number | null;
}

export interface ReleaseLockInput {
  readonly templateId: string;
  readonly sessionToken?: string | null;
  /** The whole template where absent. */
  readonly target?: OperationInput["target"] | null;
  /** Whoever holds it. */
  readonly force?: boolean | null;
}

export interface UpdateMergeRulesInput {
  readonly templateId: string;
  /** The version of the rules that the change was made on: that of another change in between is refused. */
  readonly expectedVersion: number;
  readonly rules: readonly {
    readonly elementType: string;
    readonly property: string;
    readonly policy: "REJECT" | "LAST_WRITER" | "CLIENT" | "SERVER";
  }[];
}

/** Of one person, one team or one e-mail address; no role takes away what they had. */
export interface SetTemplatePermissionInput {
  readonly templateId: string;
  readonly userId?: string | null;
  readonly teamId?: string | null;
  readonly email?: string | null;
  readonly role?: AccessRole | null;
  /** With EDIT: only what is on these pages. */
  readonly pageIds?: readonly string[] | null;
  /** With EDIT: only elements of these types. */
  readonly elementTypes?: readonly string[] | null;
  readonly elementIds?: readonly string[] | null;
  readonly operationTypes?: readonly OperationType[] | null;
}

export interface DeleteSnapshotInput {
  readonly templateId: string;
  readonly snapshotId: string;
}

export interface CreateSnapshotInput {
  readonly templateId: string;
  readonly name: string;
  readonly reason?: string | null;
  readonly idempotencyKey?: string | null;
}

export interface SignUpInput {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  /** The token of an invitation to a team, or of a permission at an address. */
  readonly invitation?: string | null;
}

export interface SignInInput {
  readonly email: string;
  readonly password: string;
}

/** What a client shows of itself: what is absent stays, null takes it back. */
export interface UpdatePresenceInput {
  readonly sessionToken: string;
  readonly status?: string | null;
  readonly pageId?: string | null;
  readonly cursor?: { readonly x: number; readonly y: number } | null;
  readonly selection?: readonly string[] | null;
  readonly viewport?: {
    readonly pageId: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  /** As it is in the document at `version`, which must be there. */
  readonly textSelection?: {
    readonly pageId: string;
    readonly elementId: string;
    readonly index: number;
    readonly length?: number | null;
  } | null;
  /** The newest version that the client has. */
  readonly version?: number | null;
}
