/** The twin of the permissions' store, in memory. Memberships of teams and projects are told to it as claims. */
import { randomUUID } from "node:crypto";
import type { Place } from "../../src/domain/access/tokenLimit.js";
import {
  effectiveGrant,
  noGrant,
  unrestricted,
  type Claim,
} from "../../src/domain/access/grant.js";
import { noticesOfGrant } from "../../src/domain/notifications/notices.js";
import { MemoryNotificationStore } from "./memoryNotificationStore.js";
import { copyOf } from "./memoryTemplateRow.js";
import type { MemoryTemplateStore } from "./memoryTemplateStore.js";
import type { NotificationStore } from "../../src/storage/notifications/notificationStore.js";
import type {
  AcceptanceToken,
  GrantKey,
  GuestKey,
  Holder,
  Permission,
  PermissionChange,
  PermissionOutcome,
  Permissions,
  PermissionsSize,
  PermissionStore,
  StoredGrant,
} from "../../src/storage/access/permissionStore.js";
import {
  restrictionBytes,
  idOf,
  isHeldBy,
  samePermission,
} from "../../src/storage/access/samePermission.js";

export interface MemoryMember {
  readonly teamId: string;
  readonly userId: string;
  readonly role: "OWNER" | "ADMIN" | "MEMBER";
}

/** A row. Of an address: its last token, and whose it is once its person joined the template or accepted. */
interface Held extends Permission {
  readonly token?: AcceptanceToken;
}

export class MemoryPermissionStore implements PermissionStore {
  readonly #permissions = new Map<string, readonly Held[]>();
  /** Whoever changes them tells the templates (`changeAccess`). */
  readonly teamMembers: MemoryMember[] = [];
  /** The team that a template is in. */
  readonly teamOf = new Map<string, string>();

  /** What teams, projects and share links give beside. */
  otherClaims: (key: GrantKey) => readonly Claim[] = () => [];

  /** What lets guests in, which links and templates tell. */
  isOpenToGuests: (key: GuestKey) => boolean = () => false;

  /** The team and project that a template is in, by whoever knows them. */
  placeOf: (templateId: string) => Omit<Place, "templateId"> = () => ({
    ...{ teamId: null, projectId: null },
  });

  /** Everybody is there for whom `exists` says so; `now` is the store's clock. */
  constructor(
    private readonly templates: Pick<MemoryTemplateStore, "changeAccess" | "heads">,
    private readonly now: () => number,
    private readonly exists: (holderId: string) => boolean = () => true,
    /** The account whose address it provably is. */
    private readonly accountOf: (email: string) => string | undefined = () => undefined,
    private readonly inboxes: Pick<NotificationStore, "add"> = new MemoryNotificationStore(),
  ) {}

  async readGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]> {
    return keys.map((key) => grantOf(this.#claims(key)));
  }

  async readKnownGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]> {
    return keys.map((key) => grantOf(this.#claims(key, isKnown)));
  }

  async readGuestGrants(keys: readonly GuestKey[]): Promise<StoredGrant[]> {
    const claim = { source: "permission", role: "VIEW", ...unrestricted } as const;
    return keys.map((key) => grantOf(this.isOpenToGuests(key) ? [claim] : []));
  }

  async sizes(templateIds: readonly string[]): Promise<Map<string, PermissionsSize>> {
    const read = await this.list(templateIds, true);
    return new Map([...read].map(([id, permissions]) => [id, sizeOf(permissions)]));
  }

  async list(templateIds: readonly string[], withRestrictions: boolean) {
    const lists = withRestrictions ? {} : unrestricted;
    return new Map(
      templateIds.flatMap((id): [string, readonly Permission[]][] => {
        const held = this.#permissions.get(id) ?? [];
        const told = copyOf(held.map((one) => ({ ...shown(one), ...lists })));
        return held.length === 0 ? [] : [[id, told]];
      }),
    );
  }

  async change<R>(
    { templateId, holder, permission, token, granted }: PermissionChange,
    refuse: (before: Permissions) => R | undefined,
  ): Promise<PermissionOutcome<R>> {
    let outcome: PermissionOutcome<R> = { kind: "gone" };
    await this.templates.changeAccess(templateId, ({ authorId }) => {
      const permissions = this.#permissions.get(templateId) ?? [];
      const hasPlace = this.teamOf.has(templateId);
      const before = permissions.find((held) => isHeldBy(held, holder));
      const others = permissions.filter((held) => held !== before);
      const isAdministered = others.some((held) => held.role === "ADMIN" && isKnown(held));
      const reason = refuse({
        own: before && copyOf(shown(before)),
        others: { ...sizeOf(others), isAdministered },
        ...{ authorId, hasPlace },
      });
      if (reason !== undefined) outcome = { kind: "refused", reason };
      if (reason !== undefined) return false;
      const isNews = !samePermission(before, permission);
      const id = before?.id ?? randomUUID();
      const isThere = before !== undefined || permission !== null;
      outcome = { kind: "set", isNews, permissionId: isThere ? id : null };
      if (!isNews && token === undefined) return false;
      const mayBeNobody = holder.kind !== "address" && permission !== null;
      if (mayBeNobody && !this.exists(idOf(holder))) outcome = { kind: "noHolder" };
      if (outcome.kind === "noHolder") return false;
      const grantedAt = before?.grantedAt ?? this.now();
      const held = {
        id,
        ...holderOf(holder, before),
        ...permission,
        grantedAt,
        ...(token && { token }),
      };
      this.#permissions.set(
        templateId,
        copyOf([...others, ...(permission === null ? [] : [held as Held])]),
      );
      return isNews;
    });
    const isSet = (outcome as PermissionOutcome<R>).kind === "set";
    if (isSet && permission !== null && granted !== undefined && holder.kind !== "team") {
      const userId = holder.kind === "user" ? holder.userId : this.accountOf(holder.email);
      const by = { templateId, grantedById: granted.byId };
      await this.inboxes.add(noticesOfGrant(userId ?? null, permission.role, by), granted.at);
    }
    return outcome;
  }

  async accept(tokenHash: string, userId: string, now: number) {
    for (const [templateId, permissions] of this.#permissions) {
      const found = permissions.find(({ token }) => token?.hash === tokenHash);
      if (found?.holder.kind !== "address") continue;
      const [head] = (await this.templates.heads([templateId])).values();
      if (head === undefined || head.deleted) return undefined;
      const { userId: acceptedBy } = found.holder;
      if (acceptedBy === userId) return { templateId, isNews: false };
      if (acceptedBy !== null || found.token!.expiresAt <= now) return undefined;
      this.#open(templateId, found, userId);
      await this.templates.changeAccess(templateId, () => true);
      return { templateId, isNews: true };
    }
    return undefined;
  }

  async isAwaited(by: Parameters<PermissionStore["isAwaited"]>[0], now: number): Promise<boolean> {
    for (const [templateId, permissions] of this.#permissions) {
      const isMeant = permissions.some(({ holder, token }) => {
        if (holder.kind !== "address" || holder.userId !== null) return false;
        if ("email" in by) return holder.email === by.email;
        return token?.hash === by.tokenHash && token.expiresAt > now;
      });
      const [head] = (await this.templates.heads([templateId])).values();
      if (isMeant && head?.deleted === false) return true;
    }
    return false;
  }

  async joined({ templateId, userId }: GrantKey): Promise<void> {
    for (const held of this.#permissions.get(templateId) ?? []) {
      if (!isKnown(held) && this.#isOf(held, userId, new Set())) {
        this.#open(templateId, held, userId);
      }
    }
  }

  #open(templateId: string, { holder, ...rest }: Held, userId: string): void {
    const others = this.#permissions.get(templateId)!.filter((held) => held.holder !== holder);
    const opened = { ...rest, holder: { ...holder, userId } } as Held;
    this.#permissions.set(templateId, [...others, opened]);
  }

  /** It knows no links. */
  async endedLinks(): Promise<string[]> {
    return [];
  }

  async readPlace(templateId: string): Promise<Place | undefined> {
    const here = this.placeOf(templateId);
    return { templateId, ...here, teamId: here.teamId ?? this.teamOf.get(templateId) ?? null };
  }

  async isInTeam(userId: string, teamId: string): Promise<boolean> {
    return this.teamMembers.some((member) => member.teamId === teamId && member.userId === userId);
  }

  #isOf({ holder }: Held, userId: string, teamIds: ReadonlySet<string>): boolean {
    switch (holder.kind) {
      case "user":
        return holder.userId === userId;
      case "team":
        return teamIds.has(holder.teamId);
      case "address":
        return (holder.userId ?? this.accountOf(holder.email)) === userId;
    }
  }

  #claims({ templateId, userId }: GrantKey, counts: (held: Held) => boolean = () => true): Claim[] {
    const memberships = this.teamMembers.filter((member) => member.userId === userId);
    const teamIds = new Set(memberships.map(({ teamId }) => teamId));
    const granted = (this.#permissions.get(templateId) ?? []).filter(
      (held) => counts(held) && this.#isOf(held, userId, teamIds),
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

function grantOf(claims: readonly Claim[]): StoredGrant {
  return { grant: claims.length === 0 ? noGrant : effectiveGrant(claims), validMs: null };
}

/** Whether others may know whose it is. */
function isKnown({ holder }: Held): boolean {
  return holder.kind !== "address" || holder.userId !== null;
}

function sizeOf(permissions: readonly Permission[]): PermissionsSize {
  const bytes = permissions.reduce((sum, held) => sum + restrictionBytes(held), 0);
  return { count: permissions.length, restrictionBytes: bytes };
}

function shown({ token: _token, ...permission }: Held): Permission {
  return permission;
}

/** Whose it is once it is set: who joined or accepted under the address keeps it. */
function holderOf(holder: Holder, before: Held | undefined): Pick<Held, "holder" | "token"> {
  if (holder.kind !== "address") return { holder };
  const { holder: known, token } = before ?? {};
  const userId = known?.kind === "address" ? known.userId : null;
  return { holder: { ...holder, userId }, ...(token && { token }) };
}
