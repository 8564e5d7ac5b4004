/**
 * Who may do what, for every path that asks: the template's head, read anew, with what the viewer was granted. Grants
 * are remembered under the access revision that the head tells, so that they cost no round trip, and one that was taken
 * away is gone with the next head.
 */
import type { Guest, Viewer } from "../../domain/access/access.js";
import { noGrant, type Grant } from "../../domain/access/grant.js";
import { isWithinLimits, type Place } from "../../domain/access/tokenLimit.js";
import { groupReads } from "../postgres/groupReads.js";
import type { HeadReader } from "../templates/headReader.js";
import type { GrantKey, GuestKey, PermissionStore, StoredGrant } from "./permissionStore.js";
import type { TemplateHead } from "../templates/templateStore.js";

/** A head with the viewer's grant: what `decideAccess` asks for. */
export interface GrantedHead extends TemplateHead {
  readonly grant: Grant;
  /** Whether the viewer's token is limited to something that the template is not in. */
  readonly isBeyondToken?: boolean;
}

export interface AccessReader {
  /**
   * The template as of now or later, whether the viewer may see it or not. Whether there is none, or none for this
   * viewer, takes the same queries. Rejects with StorageUnavailable.
   */
  look(viewer: Viewer, templateId: string): Promise<GrantedHead | undefined>;
  /** The grant to a head that was just read, as of that head or later. Rejects with StorageUnavailable. */
  granted(viewer: Viewer, head: TemplateHead): Promise<GrantedHead>;
  /**
   * The same of somebody whom another person names: what an address was granted counts only where its person joined the
   * template or accepted, so that nobody learns whose an address is. Rejects with StorageUnavailable.
   */
  knownGrant(userId: string, head: TemplateHead): Promise<GrantedHead>;
}

export interface AccessReaderParts {
  readonly heads: HeadReader;
  readonly permissions: Pick<
    PermissionStore,
    "readGrants" | "readKnownGrants" | "readGuestGrants" | "readPlace"
  >;
  readonly clock: { monotonic(): number };
  /** Grants that are remembered, 50,000 where omitted; those longest not asked for go first. */
  readonly rememberedMax?: number;
}

interface Remembered {
  readonly revision: number;
  readonly grant: Grant;
  /** By the monotonic clock. */
  readonly until: number;
}

type ReadGrant = Omit<Remembered, "revision">;

/** Pairs in one query. */
const BATCH_MAX = 500;
const PLACES_MAX = 10_000;

export class RememberingAccessReader implements AccessReader {
  readonly #parts: AccessReaderParts;
  readonly #read: (key: GrantKey) => Promise<ReadGrant>;
  readonly #readGuest: (key: GuestKey) => Promise<ReadGrant>;
  readonly #readKnown: (key: GrantKey) => Promise<StoredGrant>;
  /** By template and user or link, the one longest not asked for first. */
  readonly #remembered = new Map<string, Remembered>();
  /** By template, for tokens that are limited; the one read longest ago first. */
  readonly #places = new Map<string, { readonly revision: number; readonly place: Place }>();

  constructor(parts: AccessReaderParts) {
    this.#parts = parts;
    const { permissions } = parts;
    this.#read = groupReads((keys) =>
      this.#inBatches(keys, (some) => permissions.readGrants(some)),
    );
    this.#readGuest = groupReads((keys) =>
      this.#inBatches(keys, (some) => permissions.readGuestGrants(some)),
    );
    this.#readKnown = groupReads((keys) => permissions.readKnownGrants(keys));
  }

  async look(viewer: Viewer, templateId: string): Promise<GrantedHead | undefined> {
    const head = await this.#parts.heads.head(templateId);
    if (head !== undefined) return this.granted(viewer, head);
    if (viewer.kind === "user") await this.#read({ templateId, userId: viewer.userId });
    return undefined;
  }

  async granted(viewer: Viewer, head: TemplateHead): Promise<GrantedHead> {
    if (viewer.kind === "anonymous") return { ...head, grant: noGrant };
    if (viewer.kind === "guest") return { ...head, grant: await this.#guestGrant(viewer, head) };
    const isAuthor = viewer.userId === head.authorId;
    const grant = isAuthor ? noGrant : await this.#grant(viewer.userId, head);
    if (viewer.limits === undefined) return { ...head, grant };
    // Asked last, and only where there is something to see: what is foreign takes the queries of what does not exist.
    const isSeen = isAuthor || grant.role !== null || head.isPublic;
    const isBeyondToken = isSeen && !isWithinLimits(viewer.limits, await this.#place(head));
    return { ...head, grant, isBeyondToken };
  }

  /** Where the template is, as of the head: whatever moves it raises its access revision. */
  async #place({ templateId, accessRevision: revision }: TemplateHead): Promise<Place> {
    const known = this.#places.get(templateId);
    if (known?.revision === revision) return known.place;
    const nowhere = { templateId, teamId: null, projectId: null };
    const place = (await this.#parts.permissions.readPlace(templateId)) ?? nowhere;
    this.#places.delete(templateId);
    this.#places.set(templateId, { revision, place });
    const [oldest] = this.#places.keys();
    if (this.#places.size > PLACES_MAX && oldest !== undefined) this.#places.delete(oldest);
    return place;
  }

  async knownGrant(userId: string, head: TemplateHead): Promise<GrantedHead> {
    if (userId === head.authorId) return { ...head, grant: noGrant };
    const { grant } = await this.#readKnown({ templateId: head.templateId, userId });
    return { ...head, grant };
  }

  #grant(userId: string, head: TemplateHead): Promise<Grant> {
    const { templateId } = head;
    return this.#remembering(`${templateId} ${userId}`, head, () =>
      this.#read({ templateId, userId }),
    );
  }

  async #guestGrant(guest: Guest, head: TemplateHead): Promise<Grant> {
    const { templateId, shareLinkId } = guest;
    if (templateId !== head.templateId) return noGrant;
    return this.#remembering(`${templateId} guest ${shareLinkId ?? ""}`, head, () =>
      this.#readGuest({ templateId, shareLinkId }),
    );
  }

  async #remembering(
    key: string,
    head: TemplateHead,
    read: () => Promise<ReadGrant>,
  ): Promise<Grant> {
    const { accessRevision: revision } = head;
    const known = this.#remembered.get(key);
    this.#remembered.delete(key);
    if (known !== undefined && known.revision === revision && this.#isValid(known)) {
      this.#remembered.set(key, known);
      return known.grant;
    }
    const found = await read();
    // What is not there for somebody is asked for each time, as what does not exist is.
    if (found.grant.role !== null || (head.isPublic && !head.deleted)) {
      this.#remembered.set(key, { revision, ...found });
      this.#dropOldest();
    }
    return found.grant;
  }

  async #inBatches<K>(
    keys: readonly K[],
    read: (keys: readonly K[]) => Promise<StoredGrant[]>,
  ): Promise<ReadGrant[]> {
    const answers: ReadGrant[] = [];
    for (let start = 0; start < keys.length; start += BATCH_MAX) {
      const askedAt = this.#parts.clock.monotonic();
      const stored = await read(keys.slice(start, start + BATCH_MAX));
      answers.push(
        ...stored.map(({ grant, validMs }) => ({ grant, until: askedAt + (validMs ?? Infinity) })),
      );
    }
    return answers;
  }

  #isValid({ until }: Remembered): boolean {
    return until > this.#parts.clock.monotonic();
  }

  #dropOldest(): void {
    const [oldest] = this.#remembered.keys();
    const { rememberedMax = 50_000 } = this.#parts;
    if (this.#remembered.size > rememberedMax && oldest !== undefined) {
      this.#remembered.delete(oldest);
    }
  }
}
