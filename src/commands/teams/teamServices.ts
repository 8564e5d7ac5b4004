/** What commands on teams, projects and share links work with, and what they answer. */
import type { ProjectStore } from "../../storage/teams/projectStore.js";
import type { ShareLinkStore } from "../../storage/access/shareLinkStore.js";
import type { TeamStore } from "../../storage/teams/teamStore.js";

export interface TeamServices {
  readonly teams: TeamStore;
  readonly projects: ProjectStore;
  readonly shareLinks: ShareLinkStore;
  readonly limits: TeamLimits;
}

/** How many there may be and how long they last; the names carry the unit. */
export interface TeamLimits {
  readonly teamsPerOwnerMax: number;
  /** Open at a time. */
  readonly invitationsPerTeamMax: number;
  /** How long an invitation can be accepted. */
  readonly invitationLifetimeMs: number;
  /** Of one team, and of one person's own. */
  readonly projectsMax: number;
  readonly membersPerProjectMax: number;
  readonly shareLinksPerTemplateMax: number;
  readonly serviceAccountsPerTeamMax: number;
}

export const defaultTeamLimits: TeamLimits = {
  teamsPerOwnerMax: 100,
  invitationsPerTeamMax: 1_000,
  invitationLifetimeMs: 604_800_000,
  projectsMax: 1_000,
  membersPerProjectMax: 1_000,
  shareLinksPerTemplateMax: 100,
  serviceAccountsPerTeamMax: 100,
};

/** What commands on teams, projects and share links answer. */
export interface TeamChanged {
  readonly kind: "teamChanged";
  readonly teamId: string;
}

/** The token is told here and never again. */
export interface TeamInvited {
  readonly kind: "teamInvited";
  readonly invitationId: string;
  readonly token: string;
}

export interface ProjectChanged {
  readonly kind: "projectChanged";
  readonly projectId: string;
}

/** The token is told here and never again. */
export interface ShareLinkCreated {
  readonly kind: "shareLinkCreated";
  readonly templateId: string;
  readonly shareLinkId: string;
  readonly token: string;
}

/** Something that went: an invitation, a share link. */
export interface Ended {
  readonly kind: "ended";
  readonly id: string;
}
