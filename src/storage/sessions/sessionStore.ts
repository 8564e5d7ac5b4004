/**
 * The port to the sessions of templates: who has which template open with which client. A session is there until its
 * row is removed, and each removal is told to exactly one caller, so that its end is announced once however many
 * nodes look. Leases run by the store's clock. Adapters (Prisma, memory) pass one contract suite
 * (test/contracts/sessionStore.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */

import type { TokenLimit } from "../../domain/access/viewer.js";

/** One client that has a template open. Instants are milliseconds since the epoch. */
export interface Session {
  readonly id: string;
  readonly templateId: string;
  readonly userId: string;
  /** What the client calls itself. */
  readonly clientId: string;
  /** The node that it last joined on. */
  readonly nodeId: string;
  /** `#rrggbb`: the same for as long as the session lives. */
  readonly color: string;
  /** The newest version the client is known to have. */
  readonly lastKnownVersion: number;
  /** What the API token is limited to that opened it or took it over; absent where it is not. */
  readonly limits?: readonly TokenLimit[];
  readonly joinedAt: number;
  readonly lastActiveAt: number;
  /** When it ends without another sign of life. */
  readonly expiresAt: number;
}

/** A session to be: the store gives it a colour and the instants. */
export interface NewSession extends Pick<
  Session,
  "id" | "templateId" | "userId" | "clientId" | "nodeId" | "lastKnownVersion" | "limits"
> {
  /** SHA-256 of the token, as hex. */
  readonly tokenHash: string;
  readonly leaseMs: number;
  /** The colours to choose from; the first of those least used among the template's sessions is taken. */
  readonly palette: readonly string[];
  readonly bounds: SessionBounds;
}

/** How many sessions there may be at once. */
export interface SessionBounds {
  readonly sessionsPerTemplateMax: number;
  /** Of one person, on all templates together; sessions opened at the same moment may pass it. */
  readonly sessionsPerUserMax: number;
  readonly sessionsPerUserAndTemplateMax: number;
}

export type SessionOpening =
  | { readonly kind: "opened"; readonly session: Session }
  /** One of the bounds is reached. */
  | { readonly kind: "full" };

/** Who comes back with a token, from where. */
export interface Resumption extends Pick<
  Session,
  "templateId" | "userId" | "clientId" | "nodeId" | "lastKnownVersion" | "limits"
> {
  readonly tokenHash: string;
  readonly leaseMs: number;
}

/** A sign of life of one session. */
export interface Renewal {
  readonly templateId: string;
  readonly id: string;
  /** Raises what is stored, never lowers it. */
  readonly lastKnownVersion: number;
  /** Whether its person did something, beside being connected. */
  readonly isActive: boolean;
}

export interface SessionStore {
  /** Two that open at once on one template get different colours as long as the palette has some. */
  open(session: NewSession): Promise<SessionOpening>;
  /** Takes a session over again, if it is this person's, of this template and client, and its lease still runs. */
  resume(resumption: Resumption): Promise<Session | undefined>;
  /** The person's session under the token, renewed by this sign of life, if its lease still runs. */
  touch(tokenHash: string, userId: string, leaseMs: number): Promise<Session | undefined>;
  /** The sessions of a template whose lease runs, oldest first. */
  list(templateId: string): Promise<Session[]>;
  /**
   * Starts the leases anew, all in one statement, also of those that ran out while nobody removed them; gives those
   * that are there, as they are now.
   */
  renew(renewals: readonly Renewal[], leaseMs: number): Promise<Session[]>;
  /** Removes sessions of one template with their locks; gives those that this call removed. */
  end(templateId: string, ids: readonly string[]): Promise<Session[]>;
  /** Removes a person's sessions on all templates, with their locks; gives those that this call removed. */
  endAllOf(userId: string): Promise<Session[]>;
  /** Removes sessions whose lease ran out, at most so many; gives those that this call removed. */
  endExpired(limit: number): Promise<Session[]>;
}
