/**
 * Who may do what, for every path that asks: the template's head, read anew, with what the viewer was granted. Grants
 * are remembered under the access revision that the head tells, so that they cost no round trip, and one that was taken
 * away is gone with the next head.
 */
import type { Viewer } from "../domain/access/access.js";
import { noGrant, type Grant } from "../domain/access/grant.js";
import { groupReads } from "./groupReads.js";
import type { HeadReader } from "./headReader.js";
import type { GrantKey, PermissionStore, StoredGrant } from "./permissionStore.js";
import type { TemplateHead } from "./templateStore.js";

/** A head with the viewer's grant: what `decideAccess` asks for. */
export interface GrantedHead extends TemplateHead {
  readonly grant: Grant;
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
  readonly permissions: Pick<PermissionStore, "readGrants" | "readKnownGrants">;
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

/** Pairs in one query. */
const BATCH_MAX = 500;

export class RememberingAccessReader implements AccessReader {
  readonly #parts: AccessReaderParts;
  readonly #read: (key: GrantKey) => Promise<Omit<Remembered, "revision">>;
  readonly #readKnown: (key: GrantKey) => Promise<StoredGrant>;
  /** By template and user, the one longest not asked for first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(parts: AccessReaderParts) {
    this.#parts = parts;
    this.#read = groupReads((keys) => this.#readAll(keys));
    this.#readKnown = groupReads((keys) => parts.permissions.readKnownGrants(keys));
  }

  async look(viewer: Viewer, templateId: string): Promise<GrantedHead | undefined> {
    const head = await this.#parts.heads.head(templateId);
    if (head !== undefined) return this.granted(viewer, head);
    if (viewer.kind === "user") await this.#read({ templateId, userId: viewer.userId });
    return undefined;
  }

  async granted(viewer: Viewer, head: TemplateHead): Promise<GrantedHead> {
    if (viewer.kind === "anonymous" || viewer.userId === head.authorId) {
      return { ...head, grant: noGrant };
    }
    return { ...head, grant: await this.#grant(viewer.userId, head) };
  }

  async knownGrant(userId: string, head: TemplateHead): Promise<GrantedHead> {
    if (userId === head.authorId) return { ...head, grant: noGrant };
    const { grant } = await this.#readKnown({ templateId: head.templateId, userId });
    return { ...head, grant };
  }

  async #grant(userId: string, head: TemplateHead): Promise<Grant> {
    const { templateId, accessRevision: revision } = head;
    const key = `${templateId} ${userId}`;
    const known = this.#remembered.get(key);
    this.#remembered.delete(key);
    if (known !== undefined && known.revision === revision && this.#isValid(known)) {
      this.#remembered.set(key, known);
      return known.grant;
    }
    const read = await this.#read({ templateId, userId });
    // What is not there for somebody is asked for each time, as what does not exist is.
    if (read.grant.role !== null || (head.isPublic && !head.deleted)) {
      this.#remembered.set(key, { revision, ...read });
      this.#dropOldest();
    }
    return read.grant;
  }

  async #readAll(keys: readonly GrantKey[]): Promise<Omit<Remembered, "revision">[]> {
    const { permissions, clock } = this.#parts;
    const answers: Omit<Remembered, "revision">[] = [];
    for (let start = 0; start < keys.length; start += BATCH_MAX) {
      const askedAt = clock.monotonic();
      const stored = await permissions.readGrants(keys.slice(start, start + BATCH_MAX));
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
