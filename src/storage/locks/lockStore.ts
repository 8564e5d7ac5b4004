/**
 * The port to the locks of templates. Every change of who holds what raises the template's lock revision under its
 * row's lock, and a commit names the revision it was decided under: so none is decided under locks that changed. Only
 * that a lease runs out changes nothing there: it runs by the store's clock, and what ran out is never renewed.
 * Reading is the template store's. Adapters (Prisma, memory) pass one contract suite (test/contracts/lockStore.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { Editor, Lock, LockSet } from "../../domain/locks/lock.js";
import type { NodePath } from "../../domain/operations/footprint.js";

/** What a session wants to lock, and for how long. */
export interface LockRequest {
  readonly templateId: string;
  readonly path: NodePath;
  readonly sessionId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly leaseMs: number;
  /** How long it may be held with all renewals. */
  readonly holdMsMax: number;
}

export type LockOutcome<R> =
  | { readonly kind: "acquired"; readonly lock: Lock; readonly isNew: boolean }
  | { readonly kind: "refused"; readonly reason: R }
  /** The session is over, or the template is gone or in the bin. */
  | { readonly kind: "gone" };

/** A session with its template: the key of its row. */
export interface LockingSession {
  readonly templateId: string;
  readonly id: string;
}

export interface LockStore {
  /**
   * Takes the lock, unless `refuse` gives a reason on the locks of the moment, which nobody else can change before this
   * is done. What the same editor holds on that very node is renewed and keeps its fence.
   */
  acquire<R>(
    request: LockRequest,
    refuse: (held: LockSet) => R | undefined,
  ): Promise<LockOutcome<R>>;
  /** Starts the leases of all the sessions' locks anew, in one statement. */
  renew(sessions: readonly LockingSession[], leaseMs: number): Promise<void>;
  /** Ends the lock on the node if the editor holds it, whoever does where none is named; gives it. */
  release(templateId: string, path: NodePath, holder: Editor | null): Promise<Lock | undefined>;
  /** Removes locks whose lease ran out; the templates that had some. */
  dropExpired(): Promise<string[]>;
}
