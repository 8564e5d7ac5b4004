/** How many teams, projects, invitations and share links there may be, and how long things wait. */
import { defaultTeamLimits } from "../../commands/teams/teamServices.js";
import { numberSettings } from "../numberSettings.js";

const DAY_MS = 86_400_000;

export const teamSettings = numberSettings(
  {
    ...defaultTeamLimits,
    templateBinDaysMax: 30,
    shareLinkUseDaysMax: 90,
    notificationDaysMax: 90,
  },
  {
    teamsPerOwnerMax: { description: "teams owned by one user" },
    invitationsPerTeamMax: { description: "open invitations of a team" },
    invitationLifetimeMs: {
      description: "lifetime of an invitation, in milliseconds",
      min: 60_000,
      max: 366 * DAY_MS,
    },
    projectsMax: { description: "projects of a team, and personal projects of one user" },
    membersPerProjectMax: { description: "members of a project, without those of its team" },
    shareLinksPerTemplateMax: { description: "share links of a template" },
    shareLinkUseDaysMax: {
      description: "days after its last use that a use of a share link is kept",
      max: 3_650,
    },
    notificationDaysMax: {
      description: "days that a notification is kept, read or not",
      max: 3_650,
    },
    serviceAccountsPerTeamMax: { description: "service accounts of a team" },
    templateBinDaysMax: {
      description: "days that a deleted template can be restored; after that it is erased",
      max: 36_500,
    },
  },
);
