/** The twin of the permissions' store, in memory. Memberships of teams and projects are told to it as claims. */
import { effectiveGrant, noGrant, type Claim } from "../domain/access/grant.js";
import { copyOf } from "./memoryTemplateRow.js";
import type { MemoryTemplateStore } from "./memoryTemplateStore.js";
import type {
  GrantKey,
  Permission,
  PermissionChange,
  PermissionOutcome,
  Permissions,
  PermissionStore,
  StoredGrant,
} from "./permissionStore.js";
import { samePermission } from "./samePermission.js";

export interface MemoryMember {
  readonly teamId: string;
  readonly userId: string;
  readonly role: "OWNER" | "ADMIN" | "MEMBER";
}

export class MemoryPermissionStore implements PermissionStore {
  readonly #permissions = new Map<string, readonly Permission[]>();
  /** Whoever changes them tells the templates (`changeAccess`). */
  readonly teamMembers: MemoryMember[] = [];
  /** The team that a template is in. */
  readonly teamOf = new Map<string, string>();

  /** What teams, projects and share links give beside. */
  otherClaims: (key: GrantKey) => readonly Claim[] = () => [];

  /** Everybody is there for whom `exists` says so; `now` is the store's clock. */
  constructor(
    private readonly templates: Pick<MemoryTemplateStore, "changeAccess">,
    private readonly now: () => number,
    private readonly exists: (holderId: string) => boolean = () => true,
  ) {}

  async readGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]> {
    return keys.map((key) => {
      const claims = this.#claims(key);
      return { grant: claims.length === 0 ? noGrant : effectiveGrant(claims), validMs: null };
    });
  }

  async list(templateId: string): Promise<Permission[]> {
    return copyOf([...(this.#permissions.get(templateId) ?? [])]);
  }

  async change<R>(
    { templateId, holder, permission }: PermissionChange,
    refuse: (before: Permissions) => R | undefined,
  ): Promise<PermissionOutcome<R>> {
    let outcome: PermissionOutcome<R> = { kind: "gone" };
    await this.templates.changeAccess(templateId, ({ authorId }) => {
      const permissions = this.#permissions.get(templateId) ?? [];
      const hasPlace = this.teamOf.has(templateId);
      const reason = refuse({ permissions: copyOf([...permissions]), authorId, hasPlace });
      if (reason !== undefined) outcome = { kind: "refused", reason };
      if (reason !== undefined) return false;
      const id = idOf(holder);
      const before = permissions.find((held) => idOf(held.holder) === id);
      const isNews = !samePermission(before, permission);
      outcome = { kind: "set", isNews };
      if (!isNews) return false;
      if (permission !== null && !this.exists(id)) outcome = { kind: "noHolder" };
      if (outcome.kind === "noHolder") return false;
      const others = permissions.filter((held) => held !== before);
      const grantedAt = before?.grantedAt ?? this.now();
      const next = permission === null ? [] : [{ holder, ...permission, grantedAt }];
      this.#permissions.set(templateId, copyOf([...others, ...next]));
      return true;
    });
    return outcome;
  }

  /** It knows no links. */
  async endedLinks(): Promise<string[]> {
    return [];
  }

  async isInTeam(userId: string, teamId: string): Promise<boolean> {
    return this.teamMembers.some((member) => member.teamId === teamId && member.userId === userId);
  }

  #claims({ templateId, userId }: GrantKey): Claim[] {
    const memberships = this.teamMembers.filter((member) => member.userId === userId);
    const teamIds = new Set(memberships.map(({ teamId }) => teamId));
    const granted = (this.#permissions.get(templateId) ?? []).filter(({ holder }) =>
      holder.kind === "user" ? holder.userId === userId : teamIds.has(holder.teamId),
    );
    return [
      ...granted.map((permission): Claim => ({ source: "permission", ...permission })),
      ...memberships
        .filter(({ teamId }) => teamId === this.teamOf.get(templateId))
        .map(({ role }): Claim => ({ source: "team", role })),
      ...this.otherClaims({ templateId, userId }),
    ];
  }
}

function idOf(holder: Permission["holder"]): string {
  return holder.kind === "user" ? holder.userId : holder.teamId;
}
