/** The twin of the share links' store, in memory. */
import type { MemoryTeamData } from "./memoryTeamData.js";
import type { TemplateRevision } from "./projectStore.js";
import type { NewShareLink, ShareLinkStore } from "./shareLinkStore.js";

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
        this.data.links.set(link.id, { ...link, templateId, openedBy: new Set() });
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
    const isNews = head.authorId !== userId && !openedBy.has(userId);
    if (isNews) openedBy.add(userId);
    if (isNews) await this.data.raise([templateId]);
    return { templateId, isNews };
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
