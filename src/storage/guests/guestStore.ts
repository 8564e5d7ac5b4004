/**
 * The port to sessions of guests, who read one template without an account: as long as they run, they are counted. What a
 * guest may do is told by the link or the template alone (`readGuestGrants`). Instants are milliseconds since the epoch.
 * Adapters (Prisma, memory) pass one contract suite (test/contracts/guestStore.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */

/** What a guest shows: the secret of a share link, as its SHA-256 in hex, or the name of a template that is open to guests. */
export type GuestKnows = { readonly tokenHash: string } | { readonly templateId: string };

export interface NewGuestSession {
  readonly id: string;
  /** A hash of the address that it comes from. */
  readonly originHash: string;
  readonly openedAt: number;
  readonly expiresAt: number;
}

export interface GuestBounds {
  /** Of one link, and of one template that is open itself. */
  readonly guestSessionsPerLinkMax: number;
  /** On all templates. */
  readonly guestSessionsMax: number;
  /** The same of those from one address. */
  readonly addressGuestSessionsPerLinkMax: number;
  readonly addressGuestSessionsMax: number;
}

export interface OpenedGuestSession {
  readonly kind: "opened";
  readonly templateId: string;
  /** Null where the template itself is open to guests. */
  readonly shareLinkId: string | null;
}

export interface GuestStore {
  /**
   * Opens a session, and counts it as a use of the link. Undefined where there is no such link or template, it is over, not
   * open to guests, or the template is in the bin or, without a link, not public.
   *
   * With `renewsId` the session takes the place of that one, which is no use of the link; where that one does not run or
   * came another way, nothing is opened.
   */
  open(
    session: NewGuestSession,
    by: GuestKnows,
    bounds: GuestBounds,
    renewsId?: string,
  ): Promise<
    OpenedGuestSession | { readonly kind: "full" } | { readonly kind: "notRunning" } | undefined
  >;
  /** Sessions that run at the instant, of each template that has any. */
  countByTemplate(templateIds: readonly string[], now: number): Promise<Map<string, number>>;
  /** The same of each share link of a template. */
  countByLink(templateId: string, now: number): Promise<Map<string, number>>;
  /** Removes sessions that ran out before the instant; how many. */
  dropExpired(now: number): Promise<number>;
}
