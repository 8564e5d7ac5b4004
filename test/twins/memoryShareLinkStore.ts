/** The twin of the share links' store, in memory. */
import type { MemoryTeamData } from "./memoryTeamData.js";
import type { TemplateRevision } from "../../src/storage/teams/projectStore.js";
import type {
  GuestUse,
  NewShareLink,
  ShareLinkStore,
  ShareLinkUse,
  ShareLinkUsePage,
} from "../../src/storage/access/shareLinkStore.js";

const DAY_MS = 86_400_000;

export class MemoryShareLinkStore implements ShareLinkStore {
  constructor(private readonly data: MemoryTeamData) {}

  async add(
    { templateId, accessRevision }: TemplateRevision,
    link: NewShareLink,
    linksMax: number,
  ): Promise<"added" | "full" | "moved"> {
    let outcome: "added" | "full" | "moved" = "moved";
    await this.data.templates.changeAccess(templateId, (row) => {
      if (row.accessRevision !== accessRevision || row.deletedAt !== null) return false;
      const beside = [...this.data.links.values()].filter(
        (other) => other.templateId === templateId && !this.data.isOver(other),
      );
      outcome = beside.length >= linksMax ? "full" : "added";
      if (outcome === "added") {
        this.data.links.set(link.id, { ...link, templateId, openedBy: new Set(), uses: new Map() });
      }
      return false;
    });
    return outcome;
  }

  async revoke(templateId: string, id: string): Promise<boolean> {
    const link = this.data.links.get(id);
    if (link?.templateId !== templateId) return false;
    this.data.links.delete(id);
    await this.data.raise([templateId]);
    return true;
  }

  async open(tokenHash: string, userId: string) {
    const link = [...this.data.links.values()].find((other) => other.tokenHash === tokenHash);
    if (link === undefined || this.data.isOver(link)) return undefined;
    const { templateId, openedBy } = link;
    const [head] = (await this.data.templates.heads([templateId])).values();
    if (head === undefined || head.deleted) return undefined;
    this.data.noteUse(link, userId);
    const isNews = head.authorId !== userId && !openedBy.has(userId);
    if (isNews) openedBy.add(userId);
    if (isNews) await this.data.raise([templateId]);
    return { templateId, isNews };
  }

  async uses({ templateId, shareLinkId, after, limit }: ShareLinkUsePage) {
    const link = this.data.links.get(shareLinkId);
    if (link?.templateId !== templateId) return [];
    return [...link.uses]
      .filter(([userId]) => userId !== "")
      .map(([userId, use]): ShareLinkUse => ({ ...use, userId }))
      .toSorted((a, b) => b.lastUsedAt - a.lastUsedAt || (a.id < b.id ? 1 : -1))
      .filter(
        ({ lastUsedAt, id }) =>
          after === undefined ||
          lastUsedAt < after.lastUsedAt ||
          (lastUsedAt === after.lastUsedAt && id < after.id),
      )
      .slice(0, limit);
  }

  async guestUses(templateId: string) {
    const uses = new Map<string, GuestUse>();
    for (const link of this.data.links.values()) {
      const ofGuests = link.templateId === templateId ? link.uses.get("") : undefined;
      if (ofGuests === undefined) continue;
      const { lastUsedAt, useCount } = ofGuests;
      uses.set(link.id, { lastUsedAt, useCount });
    }
    return uses;
  }

  async dropUses(before: number): Promise<number> {
    let dropped = 0;
    for (const { uses } of this.data.links.values()) {
      for (const [userId, { lastUsedAt }] of uses) {
        if (lastUsedAt < before && uses.delete(userId)) dropped += 1;
      }
    }
    return dropped;
  }

  async dropExpired(): Promise<number> {
    const yesterday = this.data.now() - DAY_MS;
    const over = [...this.data.links.values()].filter(
      ({ expiresAt }) => expiresAt !== null && expiresAt <= yesterday,
    );
    for (const { id } of over) this.data.links.delete(id);
    await this.data.raise([...new Set(over.map(({ templateId }) => templateId))]);
    return over.length;
  }
}
