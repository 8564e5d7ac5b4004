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
    teamsPerOwnerMax: { description: "teams that one person owns" },
    invitationsPerTeamMax: { description: "open invitations of a team" },
    invitationLifetimeMs: {
      description: "milliseconds that an invitation can be accepted",
      min: 60_000,
      max: 366 * DAY_MS,
    },
    projectsMax: { description: "projects of a team, and of one person's own" },
    membersPerProjectMax: { description: "members of a project, those of its team not counted" },
    shareLinksPerTemplateMax: { description: "share links of a template" },
    shareLinkUseDaysMax: {
      description: "days after its last use that it is known who used a share link",
      max: 3_650,
    },
    notificationDaysMax: {
      description: "days that a notification stays in a person's inbox, read or not",
      max: 3_650,
    },
    serviceAccountsPerTeamMax: { description: "service accounts of a team" },
    templateBinDaysMax: {
      description: "days that a template can be restored from the bin; then it is removed for good",
      max: 36_500,
    },
  },
);
