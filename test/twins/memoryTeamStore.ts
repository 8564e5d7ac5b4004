/** The twin of the teams' store, in memory. */
import { noticesOfInvitation } from "../../src/domain/notifications/notices.js";
import { teamRoleOf } from "../../src/domain/access/teamAccess.js";
import type { MemoryTeam, MemoryTeamData } from "./memoryTeamData.js";
import type {
  ChangeOutcome,
  Decided,
  InvitationKey,
  LockedTeam,
  NewTeam,
  TeamChange,
  TeamStore,
} from "../../src/storage/teams/teamStore.js";
import type { UserStore } from "../../src/storage/accounts/userStore.js";

type NewService = Extract<TeamChange, { kind: "addService" }>["account"];
type Written = "written" | "full" | "missing";

export class MemoryTeamStore implements TeamStore {
  constructor(
    private readonly data: MemoryTeamData,
    private readonly users: Pick<UserStore, "findById" | "findAtAddress" | "servicesOf"> & {
      readonly addService?: (account: NewService, teamId: string) => void;
    },
  ) {}

  async create(team: NewTeam, ownedMax: number): Promise<"created" | "full"> {
    if (this.data.teams.has(team.id)) return "created";
    const owned = [...this.data.teams.values()].filter(({ ownerId }) => ownerId === team.ownerId);
    if (owned.length >= ownedMax) return "full";
    this.data.teams.set(team.id, { ...team, members: new Map(), invitations: new Map() });
    return "created";
  }

  async change<R>(
    teamId: string,
    about: { readonly userIds: readonly string[]; readonly email?: string },
    decide: (team: LockedTeam) => Decided<TeamChange, R>,
  ): Promise<ChangeOutcome<R>> {
    const { email } = about;
    const atAddress = email === undefined ? [] : await this.users.findAtAddress(email);
    const person = atAddress.find(({ isEmailProven }) => isEmailProven);
    const team = this.data.teams.get(teamId);
    const standing = this.data.standingOfTeam(teamId);
    if (team === undefined || standing === undefined) return { kind: "gone" };
    const hasEmail = person !== undefined && teamRoleOf(person.id, standing) !== null;
    const change = decide({ ...standing, hasEmail });
    if (change.kind === "refused") return change;
    const reaches = ["delete", "setRole", "remove", "giveTo"].includes(change.kind);
    const templateIds = reaches ? this.data.templatesOfTeam(teamId) : [];
    const written =
      change.kind === "addService"
        ? await this.#addService(team, change)
        : write(this.data, team, change);
    if (written !== "written") return { kind: written };
    await this.data.raise(templateIds);
    if (change.kind === "invite") {
      const invited = person === undefined ? [] : [person.id];
      const notices = noticesOfInvitation(invited, change.invitation);
      await this.data.inboxes.add(notices, change.invitation.createdAt);
    }
    return { kind: "changed", templateIds };
  }

  async accept(key: InvitationKey) {
    const found = await this.#find(key);
    if (found === undefined) return undefined;
    const { team, invitation } = found;
    const { userId } = key;
    const present = teamRoleOf(userId, { ...team, hasAdmins: true });
    const same = { teamId: team.id, templateIds: [] };
    if (invitation.acceptedById !== null) return present === null ? undefined : same;
    invitation.acceptedById = userId;
    if (present === "OWNER" || present === "ADMIN" || present === invitation.role) return same;
    team.members.set(userId, invitation.role);
    const templateIds = this.data.templatesOfTeam(team.id);
    await this.data.raise(templateIds);
    return { teamId: team.id, templateIds };
  }

  async isInvited(by: Parameters<TeamStore["isInvited"]>[0], now: number): Promise<boolean> {
    const all = [...this.data.teams.values()].flatMap((team) => [...team.invitations.values()]);
    return all.some(
      ({ email, tokenHash, acceptedById, expiresAt }) =>
        acceptedById === null &&
        expiresAt > now &&
        ("email" in by ? email === by.email : tokenHash === by.tokenHash),
    );
  }

  async decline(key: InvitationKey): Promise<boolean> {
    const found = await this.#find(key);
    if (found === undefined || found.invitation.acceptedById !== null) return false;
    return found.team.invitations.delete(found.invitation.id);
  }

  async dropExpiredInvitations(now: number): Promise<number> {
    let count = 0;
    for (const { invitations } of this.data.teams.values()) {
      for (const { id, expiresAt } of invitations.values()) {
        if (expiresAt <= now) count += Number(invitations.delete(id));
      }
    }
    return count;
  }

  async #addService(
    { id: teamId, members }: MemoryTeam,
    { account, accountsMax }: Extract<TeamChange, { kind: "addService" }>,
  ): Promise<Written> {
    if ((await this.users.findById(account.id)) !== undefined) return "written";
    if ((await this.users.servicesOf(teamId)).length >= accountsMax) return "full";
    this.users.addService?.(account, teamId);
    members.set(account.id, "MEMBER");
    return "written";
  }

  async #find({ userId, by, now }: InvitationKey) {
    const email = (await this.users.findById(userId))?.email;
    for (const team of this.data.teams.values()) {
      for (const invitation of team.invitations.values()) {
        const { acceptedById } = invitation;
        const isMeant =
          "id" in by
            ? invitation.id === by.id && invitation.email === email
            : invitation.tokenHash === by.tokenHash;
        const holds = invitation.expiresAt > now && (acceptedById ?? userId) === userId;
        if (isMeant && holds) return { team, invitation };
      }
    }
    return undefined;
  }
}

function write(
  data: MemoryTeamData,
  team: MemoryTeam,
  change: Exclude<TeamChange, { kind: "addService" }>,
): Written {
  switch (change.kind) {
    case "nothing":
      return "written";
    case "rename":
      team.name = change.name;
      return "written";
    case "delete":
      remove(data, team.id);
      return "written";
    case "setRole":
      if (!team.members.has(change.userId)) return "missing";
      team.members.set(change.userId, change.role);
      return "written";
    case "remove":
      return removeMember(data, team, change.userId);
    case "giveTo":
      if (!team.members.delete(change.userId)) return "missing";
      if (team.ownerId !== null) team.members.set(team.ownerId, "ADMIN");
      team.ownerId = change.userId;
      return "written";
    case "invite":
      return invite(team, change);
    case "withdraw": {
      const isOpen = team.invitations.get(change.invitationId)?.acceptedById === null;
      if (isOpen) team.invitations.delete(change.invitationId);
      return isOpen ? "written" : "missing";
    }
  }
}

function invite(
  { invitations }: MemoryTeam,
  { invitation, openMax }: Extract<TeamChange, { kind: "invite" }>,
): Written {
  for (const { id, email, expiresAt } of invitations.values()) {
    if (email === invitation.email || expiresAt <= invitation.createdAt) invitations.delete(id);
  }
  const open = [...invitations.values()].filter(({ acceptedById }) => acceptedById === null);
  if (open.length >= openMax) return "full";
  invitations.set(invitation.id, { ...invitation, acceptedById: null });
  return "written";
}

function removeMember(data: MemoryTeamData, team: MemoryTeam, userId: string): Written {
  if (!team.members.delete(userId)) return "missing";
  for (const { id, acceptedById } of team.invitations.values()) {
    if (acceptedById === userId) team.invitations.delete(id);
  }
  for (const project of data.projects.values()) {
    if (project.teamId !== team.id) continue;
    project.members.delete(userId);
    if (project.ownerId === userId) project.ownerId = null;
  }
  return "written";
}

function remove(data: MemoryTeamData, teamId: string): void {
  for (const templateId of data.templatesOfTeam(teamId)) data.places.delete(templateId);
  for (const { id, teamId: of } of data.projects.values()) {
    if (of === teamId) data.projects.delete(id);
  }
  data.teams.delete(teamId);
}
