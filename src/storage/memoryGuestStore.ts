/** The twin of the guests' sessions' store, in memory. */
import type { GuestBounds, GuestKnows, GuestStore, NewGuestSession } from "./guestStore.js";
import type { MemoryShareLink, MemoryTeamData } from "./memoryTeamData.js";

interface MemoryGuestSession extends NewGuestSession {
  readonly templateId: string;
  readonly shareLinkId: string | null;
}

export class MemoryGuestStore implements GuestStore {
  #sessions: MemoryGuestSession[] = [];

  constructor(private readonly data: MemoryTeamData) {}

  async open(session: NewGuestSession, by: GuestKnows, bounds: GuestBounds) {
    const link = "tokenHash" in by ? this.#linkOf(by.tokenHash) : undefined;
    const templateId = "tokenHash" in by ? link?.templateId : by.templateId;
    if (templateId === undefined) return undefined;
    const shareLinkId = link?.id ?? null;
    const [head] = (await this.data.templates.heads([templateId])).values();
    const isThere = head !== undefined && !head.deleted && (link !== undefined || head.isPublic);
    if (!isThere || !this.data.permissions.isOpenToGuests({ templateId, shareLinkId })) {
      return undefined;
    }
    const running = this.#running(session.openedAt);
    const beside = running.filter(
      (other) => other.templateId === templateId && other.shareLinkId === shareLinkId,
    );
    const { guestSessionsPerLinkMax, guestSessionsMax } = bounds;
    if (beside.length >= guestSessionsPerLinkMax || running.length >= guestSessionsMax) {
      return { kind: "full" } as const;
    }
    this.#sessions.push({ ...session, templateId, shareLinkId });
    if (link !== undefined) this.data.noteUse(link, "");
    return { kind: "opened", templateId, shareLinkId } as const;
  }

  async countByTemplate(templateIds: readonly string[], now: number) {
    const counts = new Map<string, number>();
    for (const { templateId } of this.#running(now)) {
      if (!templateIds.includes(templateId)) continue;
      counts.set(templateId, (counts.get(templateId) ?? 0) + 1);
    }
    return counts;
  }

  async countByLink(templateId: string, now: number) {
    const counts = new Map<string, number>();
    for (const session of this.#running(now)) {
      const { shareLinkId } = session;
      if (session.templateId !== templateId || shareLinkId === null) continue;
      counts.set(shareLinkId, (counts.get(shareLinkId) ?? 0) + 1);
    }
    return counts;
  }

  async dropExpired(now: number): Promise<number> {
    const before = this.#sessions.length;
    this.#sessions = this.#running(now);
    return before - this.#sessions.length;
  }

  #linkOf(tokenHash: string): MemoryShareLink | undefined {
    return [...this.data.links.values()].find((link) => link.tokenHash === tokenHash);
  }

  /** Those of a link go with it. */
  #running(now: number): MemoryGuestSession[] {
    return this.#sessions.filter(
      ({ expiresAt, shareLinkId }) =>
        expiresAt > now && (shareLinkId === null || this.data.links.has(shareLinkId)),
    );
  }
}
