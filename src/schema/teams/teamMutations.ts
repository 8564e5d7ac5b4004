/** The mutations that make and change teams. */
import type { ObjectRef } from "@pothos/core";
import {
  createTeam,
  deleteTeam,
  leaveTeam,
  removeTeamMember,
  setTeamMemberRole,
  transferTeam,
  updateTeam,
} from "../../commands/teams/teams.js";
import type { TeamChanged } from "../../commands/teams/teamServices.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { IDEMPOTENCY_KEY } from "../retryRules.js";
import { TeamObject } from "./team.js";

export const MemberRoleEnum = builder.enumType("TeamMemberRole", {
  description: "The role of a team member who is not the owner; see `TeamRole`.",
  values: {
    ADMIN: { description: "Manage members, invitations and projects." },
    MEMBER: { description: "See the team and its projects, edit their templates, add templates." },
  } as const,
});

const teamId = "The team.";
const userId = "The user id of the member.";

/** The outcome of a mutation whose success is the team as it is now. */
export function teamResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<TeamChanged>(name).implement({
    description,
    fields: (t) => ({
      team: t.field({
        type: TeamObject,
        nullable: true,
        description: "The current team; null if the viewer is no longer a member.",
        resolve: (outcome) => outcome.teamId,
      }),
    }),
  });
  return unionOf(`${mutation}Result`, success);
}

/** The outcome of one that leaves nothing to see but the id. */
function goneResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<TeamChanged>(name).implement({
    description,
    fields: (t) => ({ teamId: t.exposeID("teamId", { description: "The team's id." }) }),
  });
  return unionOf(`${mutation}Result`, success);
}

function unionOf(name: string, success: ObjectRef<typeof builder.$inferSchemaTypes, TeamChanged>) {
  return builder.unionType(name, {
    description: "The result or an error.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const CreateTeamInput = builder.inputType("CreateTeamInput", {
  description: "A new team.",
  fields: (t) => ({
    name: t.string({ required: true, description: "The name of the team." }),
    idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
  }),
});
const UpdateTeamInput = builder.inputType("UpdateTeamInput", {
  description: "New details of a team.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: teamId }),
    name: t.string({ required: true, description: "The name of the team." }),
  }),
});
const TeamInput = builder.inputType("TeamInput", {
  description: "The team to act on.",
  fields: (t) => ({ teamId: t.id({ required: true, description: teamId }) }),
});
const TeamMemberInput = builder.inputType("TeamMemberInput", {
  description: "The team member to act on.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: teamId }),
    userId: t.id({ required: true, description: userId }),
  }),
});
const SetTeamMemberRoleInput = builder.inputType("SetTeamMemberRoleInput", {
  description: "The new role of a team member.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: teamId }),
    userId: t.id({ required: true, description: userId }),
    role: t.field({ type: MemberRoleEnum, required: true, description: "The role." }),
  }),
});

const created = teamResult(
  "CreateTeam",
  "TeamCreated",
  "The team was created, with the viewer as owner.",
);
const updated = teamResult("UpdateTeam", "TeamUpdated", "The details were changed.");
const memberSet = teamResult("SetTeamMemberRole", "TeamMemberRoleSet", "The member has the role.");
const memberRemoved = teamResult(
  "RemoveTeamMember",
  "TeamMemberRemoved",
  "The user is no longer a member of the team.",
);
const transferred = teamResult("TransferTeam", "TeamTransferred", "The team has a new owner.");
const deleted = goneResult(
  "DeleteTeam",
  "TeamDeleted",
  "The team and its projects were deleted; its templates are personal.",
);
const left = goneResult("LeaveTeam", "TeamLeft", "The viewer is no longer a member of the team.");

builder.mutationFields((t) => ({
  createTeam: t.field({
    type: created,
    description:
      "Creates a team owned by the viewer. Errors: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many teams).",
    args: { input: t.arg({ type: CreateTeamInput, required: true, description: "The team." }) },
    resolve: (_root, { input }, { services, viewer }) => createTeam(services, viewer, input),
  }),
  updateTeam: t.field({
    type: updated,
    description:
      "Renames a team that the viewer manages. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT.",
    args: { input: t.arg({ type: UpdateTeamInput, required: true, description: "The details." }) },
    resolve: (_root, { input }, { services, viewer }) => updateTeam(services, viewer, input),
  }),
  deleteTeam: t.field({
    type: deleted,
    description:
      "Deletes a team owned by the viewer, with its projects; their templates stay and become personal to their authors. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: { input: t.arg({ type: TeamInput, required: true, description: "The team." }) },
    resolve: (_root, { input }, { services, viewer }) => deleteTeam(services, viewer, input),
  }),
  setTeamMemberRole: t.field({
    type: memberSet,
    description:
      "Sets the role of a member of a team that the viewer manages. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner).",
    args: {
      input: t.arg({
        type: SetTeamMemberRoleInput,
        required: true,
        description: "The member and the role.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => setTeamMemberRole(services, viewer, input),
  }),
  removeTeamMember: t.field({
    type: memberRemoved,
    description:
      "Removes a member from a team that the viewer manages, and from its projects; projects the member owned go to the team. Grants on single templates stay. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner).",
    args: { input: t.arg({ type: TeamMemberInput, required: true, description: "The member." }) },
    resolve: (_root, { input }, { services, viewer }) => removeTeamMember(services, viewer, input),
  }),
  leaveTeam: t.field({
    type: left,
    description:
      "Removes the viewer from a team, as `removeTeamMember` does. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT (the owner must transfer the team first).",
    args: { input: t.arg({ type: TeamInput, required: true, description: "The team." }) },
    resolve: (_root, { input }, { services, viewer }) => leaveTeam(services, viewer, input),
  }),
  transferTeam: t.field({
    type: transferred,
    description:
      "Transfers a team owned by the viewer to a member; the previous owner becomes ADMIN. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN.",
    args: {
      input: t.arg({
        type: TeamMemberInput,
        required: true,
        description: "The team and the new owner.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => transferTeam(services, viewer, input),
  }),
}));
