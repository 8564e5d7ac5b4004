/** What commands work with; wired once in server.ts, replaced by twins in tests and simulation. */
import type { AuditTrail } from "../audit/auditTrail.js";
import type { Nodes } from "../cluster/membership.js";
import type { Sha256 } from "../domain/hashing.js";
import type { DomainLimits } from "../domain/limits.js";
import type { FarHistory } from "../live/farHistory.js";
import type { EditQuota } from "../limits/editQuota.js";
import type { Quotas } from "../domain/quotas.js";
import type { Rates } from "../limits/rates/rateLimiter.js";
import type { Clock } from "../platform/clock.js";
import type { LiveTemplates } from "../live/liveTemplates.js";
import type { Session, Sessions } from "../sessions/sessions.js";
import type { AccessReader } from "../storage/access/accessReader.js";
import type { PermissionStore } from "../storage/access/permissionStore.js";
import type { TemplateHead, TemplateStore } from "../storage/templates/templateStore.js";
import type { CommentStore } from "../storage/comments/commentStore.js";
import type { AuditStore } from "../storage/audit/auditStore.js";
import type { ConflictStore } from "../storage/conflicts/conflictStore.js";
import type { LockStore } from "../storage/locks/lockStore.js";
import type { AccountServices, TokenProof } from "./accounts/accountServices.js";
import type { CommentLimits } from "./comments/commentLimits.js";
import type { Paced } from "../live/pace.js";
import type { GuestServices } from "./guests/guestServices.js";
import type { NotificationServices } from "./notifications/notificationServices.js";
import type { LockLimits } from "./locks/lockLimits.js";
import type { TeamServices } from "./teams/teamServices.js";
import type { UserStore } from "../storage/accounts/userStore.js";
import type { ChangeBus, PresenceState, ShownPresence } from "../bus/changeBus.js";

export interface Services {
  readonly templates: TemplateStore;
  readonly users: UserStore;
  readonly conflicts: ConflictStore;
  readonly comments: CommentStore;
  readonly live: LiveTemplates;
  readonly sessions: Sessions;
  readonly presence: Presence;
  readonly locks: LockStore;
  readonly permissions: PermissionStore;
  /** Follows the mutations of the API. */
  readonly audit: Pick<AuditTrail, "follow">;
  readonly auditLog: AuditStore;
  readonly bus: ChangeBus;
  readonly clock: Clock;
  /** Large work of this node, in turns with everything else. */
  readonly pace: Paced;
  readonly sha256: Sha256;
  /** A new id for a row of ours: a UUID, ordered by time. */
  readonly newId: () => string;
  /** 128 random bits in hex. */
  readonly newSalt: () => string;
  readonly rates: Rates;
  /** History that is too long to be held. */
  readonly farHistory: FarHistory;
  readonly limits: DomainLimits & RequestLimits & LockLimits & CommentLimits & Quotas;
  /** Whether templates may still grow. */
  readonly editQuota: EditQuota;
  /** The head as of now or later, read together with the other lookups of the moment. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  /** Heads as they are now or later, with what the viewer was granted. */
  readonly access: AccessReader;
  readonly nodes: Nodes;
  readonly passwords: Passwords;
  readonly tokens: Tokens;
  readonly accounts: AccountServices;
  readonly team: TeamServices;
  readonly guests: GuestServices;
  readonly notifications: NotificationServices;
}

/** Bounds on the fields of requests; the names carry the unit. */
export interface RequestLimits {
  readonly nameUnitsMax: number;
  readonly descriptionUnitsMax: number;
  readonly tagsMax: number;
  readonly passwordUnitsMin: number;
  readonly passwordUnitsMax: number;
  readonly avatarUrlUnitsMax: number;
  /** Ids in the selection that a client shows to others. */
  readonly presenceSelectionIdsMax: number;
  readonly presenceStatusUnitsMax: number;
  /** UTF-8 bytes of all that a client shows of itself, as JSON. */
  readonly presenceBytesMax: number;
  /** Templates whose activity one subscription follows. */
  readonly activityTemplatesMax: number;
  /** Operations told to a client that comes back; beyond it reads the document. */
  readonly missedOperationsMax: number;
}

/** Who is where on which template now: in memory and in Redis, never in PostgreSQL. */
export interface Presence {
  /**
   * Shows to others what a live session's client says of itself; what it does not mention stays. Answers all it shows
   * now. Rejects with `ShuttingDown`.
   */
  update(session: Session, change: Partial<PresenceState>): Promise<ShownPresence>;
  /** Somebody did something on a template with a client of theirs: where it is shown, it is active. */
  acted(templateId: string, userId: string, clientId: string): void;
  /** Everyone who has the template open, on any node; whoever asks has checked that the viewer may know. */
  collaborators(templateId: string): Promise<readonly ShownPresence[]>;
}

/** Slow, salted password hashes in PHC string format. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time whether there is a hash or not, so that timing does not tell which accounts exist. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
}

/** Signed, short-lived proofs of who somebody is. Instants are milliseconds since the epoch. */
export interface Tokens {
  /** A token that ends with the sign-in it belongs to; without one, when its person signs out everywhere. */
  issue(userId: string, signInId?: string): Promise<{ token: string; expiresAt: number }>;
  /** What it proves; undefined for a token that is not ours, changed or expired. */
  verify(token: string): Promise<TokenProof | undefined>;
}
