/** What clients of the failure tests ask, in GraphQL, and the shapes of the answers. */
import type { Design } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";

/** An operation as the API shows it. */
export interface ShownOperation extends OperationContent {
  readonly id: string;
  readonly resultingVersion: number;
  readonly undoes: string | null;
  readonly redoes: string | null;
}

const SHOWN = /* GraphQL */ `
  id type payload resultingVersion undoes redoes
  target { pageId elementId audioLayerId clipId }
`;

const REFUSED = /* GraphQL */ `
  ... on VersionConflict { currentVersion }
  ... on RequestError { code message operationId retryAfterMs }
`;

export interface Outcome {
  readonly __typename:
    | "OperationsApplied"
    | "ConflictResolved"
    | "LockAcquired"
    | "VersionConflict"
    | "RequestError";
  readonly newVersion?: number;
  readonly operations?: readonly ShownOperation[];
  readonly currentVersion?: number;
  readonly code?: string;
  readonly message?: string;
}

export const SIGN_UP = /* GraphQL */ `
  mutation ($input: SignUpInput!) {
    outcome: signUp(input: $input) {
      ... on Session {
        token
      }
    }
  }
`;

export const CREATE_TEMPLATE = /* GraphQL */ `
  mutation ($input: CreateTemplateInput!) {
    outcome: createTemplate(input: $input) {
      ... on TemplateCreated {
        template {
          id
        }
      }
    }
  }
`;

export const APPLY_OPERATIONS = /* GraphQL */ `
  mutation ($input: ApplyOperationsInput!) {
    outcome: applyOperations(input: $input) {
      __typename
      ... on OperationsApplied { newVersion operations { ${SHOWN} } }
      ${REFUSED}
    }
  }
`;

export const RESOLVE_CONFLICT = /* GraphQL */ `
  mutation ($input: ResolveConflictInput!) {
    outcome: resolveConflict(input: $input) {
      __typename
      ... on ConflictResolved { newVersion operations { ${SHOWN} } }
      ${REFUSED}
    }
  }
`;

export const moveAlongLine = (direction: "undo" | "redo") => /* GraphQL */ `
  mutation ($input: UndoInput!) {
    outcome: ${direction}(input: $input) {
      __typename
      ... on OperationsApplied { newVersion operations { ${SHOWN} } }
      ${REFUSED}
    }
  }
`;

export const ACQUIRE_LOCK = /* GraphQL */ `
  mutation ($input: AcquireLockInput!) {
    outcome: acquireLock(input: $input) {
      __typename
      ... on RequestError {
        code
        message
      }
    }
  }
`;

export const READ_STATE = /* GraphQL */ `
  query ($id: ID!) {
    template(id: $id) {
      version
      designData
    }
  }
`;

/** Opens a template, or comes back to it with what one had. */
export const JOIN_TEMPLATE = /* GraphQL */ `
  mutation ($input: JoinTemplateInput!, $isNew: Boolean!) {
    outcome: joinTemplate(input: $input) {
      __typename
      ... on TemplateJoined {
        template { version designData @include(if: $isNew) }
        session { id token color }
        resumed
        missedOperations @skip(if: $isNew) { ${SHOWN} }
      }
      ... on RequestError { code message }
    }
  }
`;

export const LEAVE_TEMPLATE = /* GraphQL */ `
  mutation ($input: LeaveTemplateInput!) {
    outcome: leaveTemplate(input: $input) {
      __typename
    }
  }
`;

export interface Session {
  readonly id: string;
  readonly token: string;
  readonly color: string;
}

export interface Joined {
  readonly __typename: "TemplateJoined" | "RequestError";
  readonly template: State;
  readonly session: Session;
  readonly resumed: boolean;
  readonly missedOperations?: readonly ShownOperation[] | null;
}

export interface State {
  readonly version: number;
  readonly designData: Design;
}

export const READ_VERSION = /* GraphQL */ `
  query ($id: ID!) {
    template(id: $id) {
      version
    }
  }
`;

export const READ_LOG = /* GraphQL */ `
  query ($id: ID!, $from: Int!, $to: Int!, $first: Int!) {
    template(id: $id) {
      operations(fromVersion: $from, toVersion: $to, first: $first) { nodes { ${SHOWN} } }
    }
  }
`;

export interface TemplateChange {
  readonly kind: "OPERATIONS" | "RESYNC" | "DELETED" | "ACCESS_REVOKED";
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly operations: readonly ShownOperation[];
}

export const TEMPLATE_CHANGED = /* GraphQL */ `
  subscription ($templateId: ID!, $fromVersion: Int!) {
    templateChanged(templateId: $templateId, fromVersion: $fromVersion) {
      kind fromVersion toVersion
      operations { ${SHOWN} }
    }
  }
`;

/** Who came and who left; holds the session meanwhile. */
export const PRESENCE_CHANGED = /* GraphQL */ `
  subscription ($templateId: ID!, $sessionToken: String!) {
    presenceChanged(templateId: $templateId, sessionToken: $sessionToken) {
      joined {
        sessionId
      }
      left {
        sessionId
      }
    }
  }
`;

export interface PresenceChange {
  readonly joined: readonly { readonly sessionId: string }[];
  readonly left: readonly { readonly sessionId: string }[];
}

export const READ_COLLABORATORS = /* GraphQL */ `
  query ($id: ID!) {
    template(id: $id) {
      collaborators {
        sessionId
      }
    }
  }
`;
