/**
 * The port to share links. Who opened one is granted what it is for, as long as it is there and not over. Instants are
 * milliseconds since the epoch; whether a link is over is told by the store's clock. Adapters (Prisma, memory) pass one
 * contract suite (test/contracts/teamStores.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { AccessRole } from "../../domain/access/grant.js";
import type { TemplateRevision } from "../teams/projectStore.js";

export interface NewShareLink {
  readonly id: string;
  readonly role: Exclude<AccessRole, "ADMIN">;
  /** SHA-256 of the token, as hex. */
  readonly tokenHash: string;
  readonly createdById: string;
  readonly createdAt: number;
  /** Null where it does not end by itself. */
  readonly expiresAt: number | null;
  /** Whether its template may be read with it without an account. */
  readonly openToGuests: boolean;
}

/** How often somebody opened a link. */
export interface ShareLinkUse {
  readonly id: string;
  readonly userId: string;
  readonly firstUsedAt: number;
  readonly lastUsedAt: number;
  readonly useCount: number;
}

/** How often guests opened a link, all together. */
export type GuestUse = Pick<ShareLinkUse, "lastUsedAt" | "useCount">;

export interface ShareLinkUsePage {
  readonly templateId: string;
  readonly shareLinkId: string;
  /** Only what comes after it in the list. */
  readonly after?: { readonly lastUsedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

export interface ShareLinkStore {
  /** "full" where the template has `linksMax` that are not over; "moved" where access to it changed since it was read. */
  add(
    template: TemplateRevision,
    link: NewShareLink,
    linksMax: number,
  ): Promise<"added" | "full" | "moved">;
  /** Ends the link and all that it granted; false where the template has no such. */
  revoke(templateId: string, id: string): Promise<boolean>;
  /**
   * Grants the person what the link is for, and notes that they used it; again grants nothing (`isNews`). Its author needs no
   * grant. Undefined where
   * there is no such link, it is over, or its template is in the bin.
   */
  open(
    tokenHash: string,
    userId: string,
  ): Promise<{ readonly templateId: string; readonly isNews: boolean } | undefined>;
  /** The people who used the link, who did so last first; of at most `LINK_USERS_MAX` something is known. */
  uses(page: ShareLinkUsePage): Promise<ShareLinkUse[]>;
  /** How guests used those of the template's links that they did. */
  guestUses(templateId: string): Promise<Map<string, GuestUse>>;
  /** Forgets who last used a link before the instant; how many. */
  dropUses(before: number): Promise<number>;
  /** Removes the links that have been over for a day, with what they granted; how many. */
  dropExpired(): Promise<number>;
}
