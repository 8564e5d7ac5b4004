/** What the memory twin stores for people and teams, measured from its rows. */
import { jsonBytes } from "../../src/domain/document/bytes.js";
import type { Json } from "../../src/domain/json.js";
import { exceeded, type QuotaFull, type Quotas, type StoredUse } from "../../src/domain/quotas.js";
import type { MemoryRow } from "./memoryTemplateRow.js";
import { rowBytes } from "./memorySizes.js";
import type { NewSnapshot } from "../../src/storage/templates/templateStore.js";

type TeamOf = (templateId: string) => string | null;

/** The bytes of a JSON value of ours. */
export function bytesOfJson(value: unknown): number {
  return jsonBytes(value as Json);
}

function useOf(rows: readonly MemoryRow[]): StoredUse {
  let bytes = 0;
  for (const { checkpoint, initialDesign, snapshots, log } of rows) {
    bytes += bytesOfJson(checkpoint.design);
    if (initialDesign !== null && checkpoint.version > 1) bytes += bytesOfJson(initialDesign);
    for (const { design } of snapshots) bytes += bytesOfJson(design);
    for (const operation of log) bytes += rowBytes(operation);
  }
  return { templates: rows.length, bytes };
}

/** What is stored for a person and a team. */
export class MemoryQuotas {
  constructor(
    private readonly rows: ReadonlyMap<string, MemoryRow>,
    private readonly teamOf: TeamOf,
  ) {}

  ofPerson(userId: string): StoredUse {
    return useOf([...this.rows.values()].filter(({ authorId }) => authorId === userId));
  }

  ofTeam(teamId: string): StoredUse {
    return useOf([...this.rows.values()].filter((row) => this.teamOf(row.templateId) === teamId));
  }

  ofHolders(templateId: string) {
    const authorId = this.rows.get(templateId)?.authorId;
    if (authorId === undefined) return undefined;
    const team = this.teamOf(templateId);
    return { person: this.ofPerson(authorId), team: team === null ? null : this.ofTeam(team) };
  }

  ofTemplates(ids: readonly string[]): StoredUse {
    return useOf(ids.flatMap((id) => this.rows.get(id) ?? []));
  }

  /** Who has no room for what is added. */
  exceeded(
    quotas: Quotas,
    holders: { readonly person: string | null; readonly team: string | null },
    added: StoredUse,
  ): QuotaFull | undefined {
    const { person, team } = holders;
    return (
      (person === null ? undefined : exceeded(quotas, "person", this.ofPerson(person), added)) ??
      (team === null ? undefined : exceeded(quotas, "team", this.ofTeam(team), added))
    );
  }

  /** Who has no room for another named version. */
  exceededBySnapshot(quotas: Quotas, snapshot: NewSnapshot): QuotaFull | undefined {
    const row = this.rows.get(snapshot.templateId)!;
    const max = quotas.namedVersionsPerTemplateMax;
    if (row.snapshots.filter(({ kind }) => kind === "MANUAL").length >= max) {
      return { kind: "quotaFull", holder: "template", what: "namedVersions", max };
    }
    const holders = { person: row.authorId, team: this.teamOf(row.templateId) };
    return this.exceeded(quotas, holders, { templates: 0, bytes: bytesOfJson(snapshot.design) });
  }
}
