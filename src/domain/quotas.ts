/** How much may be stored: templates and bytes of a person and of a team, and named versions of a template. */

/** What is stored for somebody: their templates, those in the bin among them, and the bytes of these. */
export interface StoredUse {
  readonly templates: number;
  readonly bytes: number;
}

/** What is stored for those against whom a template counts. */
export interface HoldersUse {
  readonly person: StoredUse | null;
  readonly team: StoredUse | null;
}

/** Bounds on what is stored; the configuration overrides them. */
export interface Quotas {
  /** Templates of which one person is the author, those in the bin among them. */
  readonly templatesPerPersonMax: number;
  /** Templates in one team and its projects, those in the bin among them. */
  readonly templatesPerTeamMax: number;
  /** Bytes of a person's templates, beyond which no template or version is added. */
  readonly storedBytesPerPersonMax: number;
  readonly storedBytesPerTeamMax: number;
  /** Bytes of a person's templates, beyond which these are not edited either. */
  readonly editedBytesPerPersonMax: number;
  readonly editedBytesPerTeamMax: number;
  readonly namedVersionsPerTemplateMax: number;
}

export const defaultQuotas: Quotas = {
  templatesPerPersonMax: 5_000,
  templatesPerTeamMax: 20_000,
  storedBytesPerPersonMax: 20_000_000_000,
  storedBytesPerTeamMax: 100_000_000_000,
  editedBytesPerPersonMax: 40_000_000_000,
  editedBytesPerTeamMax: 200_000_000_000,
  namedVersionsPerTemplateMax: 1_000,
};

export type QuotaHolder = "person" | "team";

/** A quota that has no room for what was asked. */
export interface QuotaFull {
  readonly kind: "quotaFull";
  readonly holder: QuotaHolder | "template";
  readonly what: "templates" | "bytes" | "namedVersions";
  readonly max: number;
}

/** The quota that what is stored and what is added would exceed together; undefined where there is room. */
export function exceeded(
  quotas: Quotas,
  holder: QuotaHolder,
  stored: StoredUse,
  added: StoredUse,
): QuotaFull | undefined {
  const isTeam = holder === "team";
  const templatesMax = isTeam ? quotas.templatesPerTeamMax : quotas.templatesPerPersonMax;
  const bytesMax = isTeam ? quotas.storedBytesPerTeamMax : quotas.storedBytesPerPersonMax;
  if (added.templates > 0 && stored.templates + added.templates > templatesMax) {
    return { kind: "quotaFull", holder, what: "templates", max: templatesMax };
  }
  if (added.bytes > 0 && stored.bytes + added.bytes > bytesMax) {
    return { kind: "quotaFull", holder, what: "bytes", max: bytesMax };
  }
  return undefined;
}

/** Whether a person or a team stores so much that their templates are not edited any more. */
export function isBeyondEditing(quotas: Quotas, holder: QuotaHolder, { bytes }: StoredUse) {
  return (
    bytes >= (holder === "team" ? quotas.editedBytesPerTeamMax : quotas.editedBytesPerPersonMax)
  );
}
