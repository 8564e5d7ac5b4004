/** The twin of the guests' sessions' store, in memory. */
import type {
  GuestBounds,
  GuestKnows,
  GuestStore,
  NewGuestSession,
} from "../../src/storage/guests/guestStore.js";
import type { MemoryShareLink, MemoryTeamData } from "./memoryTeamData.js";

interface MemoryGuestSession extends NewGuestSession {
  readonly templateId: string;
  readonly shareLinkId: string | null;
}

export class MemoryGuestStore implements GuestStore {
  #sessions: MemoryGuestSession[] = [];

  constructor(private readonly data: MemoryTeamData) {}

  async open(session: NewGuestSession, by: GuestKnows, bounds: GuestBounds, renewsId?: string) {
    const link = "tokenHash" in by ? this.#linkOf(by.tokenHash) : undefined;
    const templateId = "tokenHash" in by ? link?.templateId : by.templateId;
    if (templateId === undefined) return undefined;
    const shareLinkId = link?.id ?? null;
    const [head] = (await this.data.templates.heads([templateId])).values();
    const isThere = head !== undefined && !head.deleted && (link !== undefined || head.isPublic);
    if (!isThere || !this.data.permissions.isOpenToGuests({ templateId, shareLinkId })) {
      return undefined;
    }
    const isBeside = (other: MemoryGuestSession) =>
      other.templateId === templateId && other.shareLinkId === shareLinkId;
    const all = this.#running(session.openedAt);
    const renewed = all.find((other) => other.id === renewsId && isBeside(other));
    if (renewsId !== undefined && renewed === undefined) return { kind: "notRunning" } as const;
    const running = all.filter((other) => other !== renewed);
    if (isFull(running, running.filter(isBeside), session, bounds)) {
      return { kind: "full" } as const;
    }
    this.#sessions = this.#sessions.filter((other) => other !== renewed);
    this.#sessions.push({ ...session, templateId, shareLinkId });
    if (link !== undefined && renewed === undefined) this.data.noteUse(link, "");
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

function isFull(
  running: readonly MemoryGuestSession[],
  beside: readonly MemoryGuestSession[],
  { originHash }: NewGuestSession,
  bounds: GuestBounds,
): boolean {
  const fromThere = (sessions: readonly MemoryGuestSession[]) =>
    sessions.filter((other) => other.originHash === originHash).length;
  return (
    beside.length >= bounds.guestSessionsPerLinkMax ||
    running.length >= bounds.guestSessionsMax ||
    fromThere(beside) >= bounds.addressGuestSessionsPerLinkMax ||
    fromThere(running) >= bounds.addressGuestSessionsMax
  );
}
