/**
 * The sessions of one node: who has which template open with which client, as everything above sees it. A session
 * lives in PostgreSQL and moves between nodes with its client; a node holds in memory those that it serves.
 */
import type { TokenLimit } from "../domain/access/viewer.js";
import type { Viewer } from "../domain/access/access.js";
import type { Session } from "../storage/sessions/sessionStore.js";

export type { Session };

/** Why a session ended: its client left, gave no sign of life, or the template is no longer there for its person. */
export type SessionEnd = "LEFT" | "TIMEOUT" | "ACCESS_REVOKED" | "DELETED";

export interface SessionListener {
  /** Opened on this node, or taken over again after a reconnect (`resumed`). */
  started?(session: Session, resumed: boolean): void;
  /**
   * It is over, and its locks went with it: the removal raised the template's lock revision where there were any.
   * Told on one node only, the one that ended it; whoever shows sessions carries it to the others.
   */
  ended?(session: Session, reason: SessionEnd): void;
  /** Who may do what with a template of this node's sessions changed, and those of whom it shuts out were ended. */
  accessChanged?(templateId: string): void;
  /**
   * This node served it and found that it is over. Whoever ended it told so, unless that was a command beside the servers,
   * which reaches the database alone.
   */
  gone?(session: Session): void;
  /** The heartbeat of this node renewed these. */
  renewed?(sessions: readonly Session[]): void;
}

export interface JoinRequest {
  readonly templateId: string;
  readonly userId: string;
  readonly clientId: string;
  /** The version that the client has, or will have with the answer. */
  readonly version: number;
  /** What the viewer's API token is limited to: the session ends where the template is no longer within. */
  readonly limits?: readonly TokenLimit[] | undefined;
  /** The token of the session to take over again. */
  readonly token: string | null;
}

export type Joining =
  | {
      readonly kind: "joined";
      readonly session: Session;
      /** Takes the session over again; told to its client only. */
      readonly token: string;
      readonly resumed: boolean;
    }
  /** There are as many sessions as may be. */
  | { readonly kind: "full"; readonly retryAfterMs: number };

export interface Sessions {
  /** Opens a session, or takes over the one of the token. Whether the person may is the caller's to decide. */
  join(request: JoinRequest): Promise<Joining>;
  /**
   * The viewer's session under the token, from memory where this node serves it; undefined for a token that is not
   * theirs or whose session is over. Asking is a sign of life.
   */
  find(token: string, viewer: Viewer): Promise<Session | undefined>;
  /** Keeps the session alive until the returned function is called. */
  hold(session: Session): () => void;
  /** Whether this node serves the session: a connection holds it, or it was asked for since the last heartbeat but one. */
  serves(sessionId: string): boolean;
  /** The client has this version; it is stored with the next heartbeat. */
  acknowledge(session: Session, version: number): void;
  /** Ends the session; false where it was over already. */
  leave(session: Session): Promise<boolean>;
  /** Ends all sessions of a person, on all templates and nodes. */
  leaveAll(userId: string): Promise<void>;
  /** Those who have the template open now, on all nodes, oldest first. */
  list(templateId: string): Promise<Session[]>;
  /** Listens until the returned function is called. */
  listen(listener: SessionListener): () => void;
}
