/** What the memory twins of teams, projects and share links share, as tables of one database do. */
import { randomUUID } from "node:crypto";
import { unrestricted } from "../../src/domain/access/grant.js";
import type { AccessRole, Claim } from "../../src/domain/access/grant.js";
import type { ProjectStanding } from "../../src/domain/access/projectAccess.js";
import {
  decideTeamAccess,
  teamRoleOf,
  type TeamStanding,
} from "../../src/domain/access/teamAccess.js";
import { exceeded, type QuotaFull, type Quotas } from "../../src/domain/quotas.js";
import type { MemoryPermissionStore } from "./memoryPermissionStore.js";
import { MemoryNotificationStore } from "./memoryNotificationStore.js";
import type { MemoryTemplateStore } from "./memoryTemplateStore.js";
import type { NotificationStore } from "../../src/storage/notifications/notificationStore.js";
import type { GrantKey, GuestKey } from "../../src/storage/access/permissionStore.js";
import type { NewProject, Place } from "../../src/storage/teams/projectStore.js";
import type { NewShareLink } from "../../src/storage/access/shareLinkStore.js";
import { LINK_USERS_MAX } from "../../src/storage/access/shareLinkUses.js";
import type { MemberRole, NewInvitation, NewTeam } from "../../src/storage/teams/teamStore.js";

export interface MemoryTeam extends Omit<NewTeam, "ownerId"> {
  name: string;
  ownerId: string | null;
  readonly members: Map<string, MemberRole>;
  readonly invitations: Map<string, NewInvitation & { acceptedById: string | null }>;
}

export interface MemoryProject extends Omit<NewProject, "ownerId"> {
  name: string;
  teamId: string | null;
  ownerId: string | null;
  readonly members: Map<string, AccessRole>;
}

export interface MemoryShareLink extends NewShareLink {
  readonly templateId: string;
  readonly openedBy: Set<string>;
  /** By person; by the empty string of guests. */
  readonly uses: Map<string, MemoryLinkUse>;
}

export interface MemoryLinkUse {
  readonly id: string;
  readonly firstUsedAt: number;
  lastUsedAt: number;
  useCount: number;
}

export class MemoryTeamData {
  readonly teams = new Map<string, MemoryTeam>();
  readonly projects = new Map<string, MemoryProject>();
  readonly links = new Map<string, MemoryShareLink>();
  inboxes: Pick<NotificationStore, "add"> = new MemoryNotificationStore();
  /** Where templates are; those that are not here are personal. */
  readonly places = new Map<string, Place>();

  /** `now` is the store's clock; `permissions` counts what is here from now on. */
  constructor(
    readonly templates: MemoryTemplateStore,
    readonly permissions: MemoryPermissionStore,
    readonly now: () => number,
  ) {
    permissions.otherClaims = (key) => this.#claims(key);
    permissions.isOpenToGuests = (key) => this.#isOpenToGuests(key);
    permissions.placeOf = (templateId) => {
      const place = this.places.get(templateId) ?? {};
      return { teamId: this.teamAt(place), projectId: place.projectId ?? null };
    };
    templates.teamOf = (templateId) => this.teamAt(this.places.get(templateId) ?? {});
  }

  standingOfTeam(teamId: string): TeamStanding | undefined {
    const team = this.teams.get(teamId);
    if (team === undefined) return undefined;
    const { ownerId, members } = team;
    return { ownerId, members, hasAdmins: [...members.values()].includes("ADMIN") };
  }

  standingOfProject(projectId: string): ProjectStanding | undefined {
    const project = this.projects.get(projectId);
    if (project === undefined) return undefined;
    const { ownerId, members, teamId } = project;
    const team = teamId === null ? undefined : this.standingOfTeam(teamId);
    return { ownerId, members, team: team ?? null };
  }

  /** The team that what is at the place belongs to. */
  teamAt({ teamId, projectId }: Place): string | null {
    if (projectId === undefined) return teamId ?? null;
    return this.projects.get(projectId)?.teamId ?? null;
  }

  /** The team's quota where it has no room for the templates that come to it. */
  withoutRoom(
    teamId: string | null,
    templateIds: readonly string[],
    quotas: Quotas | undefined,
  ): QuotaFull | undefined {
    if (teamId === null || quotas === undefined) return undefined;
    const { quotas: stored, teamOf } = this.templates;
    const added = stored.ofTemplates(templateIds.filter((id) => teamOf(id) !== teamId));
    return exceeded(quotas, "team", stored.ofTeam(teamId), added);
  }

  /** Templates in the team and its projects. */
  templatesOfTeam(teamId: string): string[] {
    const isOfTeam = ({ teamId: id, projectId }: Place) =>
      (id ?? (projectId && this.projects.get(projectId)?.teamId)) === teamId;
    return [...this.places].filter(([, place]) => isOfTeam(place)).map(([id]) => id);
  }

  templatesOfProject(projectId: string): string[] {
    return [...this.places].filter(([, place]) => place.projectId === projectId).map(([id]) => id);
  }

  /** Lets every grant on the templates be read again. */
  async raise(templateIds: readonly string[]): Promise<void> {
    for (const id of templateIds) await this.templates.changeAccess(id, () => true);
  }

  #claims({ templateId, userId }: GrantKey): Claim[] {
    const { teamId, projectId } = this.places.get(templateId) ?? {};
    const project = projectId === undefined ? undefined : this.projects.get(projectId);
    const team = this.standingOfTeam(teamId ?? project?.teamId ?? "");
    const teamRole =
      team && decideTeamAccess(userId, "view", team).allowed && teamRoleOf(userId, team);
    const projectRole = project?.ownerId === userId ? "OWNER" : project?.members.get(userId);
    const opened = [...this.links.values()].filter(
      (link) => link.templateId === templateId && link.openedBy.has(userId) && !this.isOver(link),
    );
    return [
      ...(teamRole ? [{ source: "team", role: teamRole } as const] : []),
      ...(projectRole === undefined ? [] : [{ source: "project", role: projectRole } as const]),
      ...opened.map(({ role }) => ({ source: "permission", role, ...unrestricted }) as const),
    ];
  }

  #isOpenToGuests({ templateId, shareLinkId }: GuestKey): boolean {
    if (shareLinkId === null) return this.templates.isOpenToGuests(templateId);
    const link = this.links.get(shareLinkId);
    return link?.templateId === templateId && link.openToGuests && !this.isOver(link);
  }

  /** Counts one more use of a link. */
  noteUse({ uses }: MemoryShareLink, userId: string): void {
    const now = this.now();
    const known = uses.get(userId);
    uses.delete(userId);
    uses.set(userId, {
      ...{ id: known?.id ?? randomUUID(), firstUsedAt: known?.firstUsedAt ?? now },
      ...{ lastUsedAt: now, useCount: (known?.useCount ?? 0) + 1 },
    });
    const people = [...uses.keys()].filter((id) => id !== "");
    for (const id of people.slice(0, -LINK_USERS_MAX)) uses.delete(id);
  }

  isOver({ expiresAt }: NewShareLink): boolean {
    return expiresAt !== null && expiresAt <= this.now();
  }
}
