/** The twin of the projects' store, in memory. */
import { noticesOfMembership } from "../../src/domain/notifications/notices.js";
import { unrestricted } from "../../src/domain/access/grant.js";
import { projectRoleOf } from "../../src/domain/access/projectAccess.js";
import type { TeamStanding } from "../../src/domain/access/teamAccess.js";
import type { Quotas } from "../../src/domain/quotas.js";
import { bytesOfJson } from "./memoryQuotas.js";
import type { MemoryProject, MemoryTeamData } from "./memoryTeamData.js";
import type {
  LockedPlace,
  LockedProject,
  NewProject,
  Place,
  ProjectChange,
  ProjectStore,
  TemplateRevision,
} from "../../src/storage/teams/projectStore.js";
import type { ChangeOutcome, Decided } from "../../src/storage/teams/teamStore.js";
import type { NewTemplate } from "../../src/storage/templates/templateStore.js";

type Written = "written" | "full" | "missing";

export class MemoryProjectStore implements ProjectStore {
  /** Everybody is there for whom `exists` says so. */
  constructor(
    private readonly data: MemoryTeamData,
    private readonly exists: (userId: string) => Promise<boolean>,
  ) {}

  async create<R>(
    project: NewProject,
    projectsMax: number,
    refuse: (team: TeamStanding | null) => R | undefined,
  ) {
    const { teamId, ownerId } = project;
    const reason = refuse((teamId !== null && this.data.standingOfTeam(teamId)) || null);
    if (reason !== undefined) return { kind: "refused", reason } as const;
    if (this.data.projects.has(project.id)) return "created" as const;
    const beside = [...this.data.projects.values()].filter(
      (other) => other.teamId === teamId && (teamId !== null || other.ownerId === ownerId),
    );
    if (beside.length >= projectsMax) return "full" as const;
    this.data.projects.set(project.id, { ...project, members: new Map() });
    return "created" as const;
  }

  async find(projectId: string, userId: string) {
    const standing = this.data.standingOfProject(projectId);
    if (standing === undefined || projectRoleOf(userId, standing) === null) return undefined;
    return { teamId: this.data.projects.get(projectId)?.teamId ?? null };
  }

  async change<R>(
    projectId: string,
    about: { readonly userIds: readonly string[]; readonly teamId?: string },
    decide: (project: LockedProject) => Decided<ProjectChange, R>,
  ): Promise<ChangeOutcome<R>> {
    const here = new Set<string>();
    for (const id of about.userIds) if (await this.exists(id)) here.add(id);
    const project = this.data.projects.get(projectId);
    const standing = this.data.standingOfProject(projectId);
    if (project === undefined || standing === undefined) return { kind: "gone" };
    const target = (about.teamId !== undefined && this.data.standingOfTeam(about.teamId)) || null;
    const change = decide({ ...standing, target });
    if (change.kind === "refused") return change;
    const templateIds = change.kind === "rename" ? [] : this.data.templatesOfProject(projectId);
    const written = write(this.data, project, change, here);
    if (written !== "written") return { kind: written };
    await this.data.raise(templateIds);
    if (change.kind === "setMember" && change.byId !== undefined) {
      const by = { projectId, grantedById: change.byId };
      const notices = noticesOfMembership(change.userId, change.role, by);
      await this.data.inboxes.add(notices, change.joinedAt);
    }
    return { kind: "changed", templateIds };
  }

  async createTemplate<R>(
    template: NewTemplate,
    place: Place,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ) {
    const reason = refuse(this.#at(place));
    if (reason !== undefined) return { kind: "refused", reason } as const;
    if ((await this.data.templates.readDetails(template.templateId)) !== undefined) {
      return "created" as const;
    }
    const { quotas: stored } = this.data.templates;
    const holders = { person: template.authorId, team: this.data.teamAt(place) };
    const added = { templates: 1, bytes: bytesOfJson(template.design) };
    const full = quotas && stored.exceeded(quotas, holders, added);
    if (full !== undefined) return full;
    await this.data.templates.create(template);
    this.data.places.set(template.templateId, place);
    return "created" as const;
  }

  async place<R>(
    { templateId, accessRevision }: TemplateRevision,
    place: Place,
    _userId: string,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ) {
    const isSomewhere = place.teamId !== undefined || place.projectId !== undefined;
    const reason = isSomewhere ? refuse(this.#at(place)) : undefined;
    if (reason !== undefined) return { kind: "refused", reason } as const;
    const full = this.data.withoutRoom(this.data.teamAt(place), [templateId], quotas);
    if (full !== undefined) return full;
    let isPlaced = false;
    await this.data.templates.changeAccess(templateId, (row) => {
      isPlaced = row.accessRevision === accessRevision && row.deletedAt === null;
      if (isPlaced) this.data.places.set(templateId, place);
      return isPlaced;
    });
    return isPlaced ? ("placed" as const) : ("moved" as const);
  }

  async give({ templateId, accessRevision }: TemplateRevision, authorId: string, quotas?: Quotas) {
    if (!(await this.exists(authorId))) return "noPerson";
    const { quotas: stored } = this.data.templates;
    const holders = { person: authorId, team: null };
    const full = quotas && stored.exceeded(quotas, holders, stored.ofTemplates([templateId]));
    if (full !== undefined) return full;
    let formerId: string | undefined;
    await this.data.templates.changeAccess(templateId, (row) => {
      if (row.accessRevision !== accessRevision || row.deletedAt !== null) return false;
      formerId = row.authorId;
      row.authorId = authorId;
      return true;
    });
    if (formerId === undefined) return "moved";
    if (formerId === authorId) return "given";
    const holder = { kind: "user", userId: formerId } as const;
    const permission = { role: "ADMIN", ...unrestricted } as const;
    await this.data.permissions.change({ templateId, holder, permission }, () => undefined);
    return "given";
  }

  #at({ teamId, projectId }: Place): LockedPlace | undefined {
    if (teamId !== undefined) {
      const team = this.data.standingOfTeam(teamId);
      return team && { kind: "team", team };
    }
    const project = projectId === undefined ? undefined : this.data.standingOfProject(projectId);
    return project && { kind: "project", project };
  }
}

function write(
  data: MemoryTeamData,
  project: MemoryProject,
  change: ProjectChange,
  here: ReadonlySet<string>,
): Written {
  const { id, members } = project;
  switch (change.kind) {
    case "rename":
      project.name = change.name;
      return "written";
    case "delete":
      for (const templateId of data.templatesOfProject(id)) data.places.delete(templateId);
      data.projects.delete(id);
      return "written";
    case "setMember":
      if (!here.has(change.userId)) return "missing";
      if (members.size - Number(members.has(change.userId)) >= change.membersMax) return "full";
      members.set(change.userId, change.role);
      return "written";
    case "remove":
      return members.delete(change.userId) ? "written" : "missing";
    case "giveTo": {
      const { ownerId, teamId } = project;
      members.delete(change.userId);
      project.ownerId = change.userId;
      const keepsPlace = ownerId !== null && ownerId !== change.userId && teamId === null;
      if (keepsPlace) members.set(ownerId, "ADMIN");
      return "written";
    }
    case "moveTo":
      if (data.withoutRoom(change.teamId, data.templatesOfProject(id), change.quotas))
        return "full";
      project.teamId = change.teamId;
      project.ownerId = change.userId;
      return "written";
  }
}
