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
  description: "What somebody who is not its owner may do in a team; see `TeamRole`.",
  values: {
    ADMIN: { description: "Members, invitations and projects." },
    MEMBER: { description: "See team and projects, edit their templates, put templates there." },
  } as const,
});

const teamId = "The team.";
const userId = "The member.";

/** The outcome of a mutation whose success is the team as it is now. */
export function teamResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<TeamChanged>(name).implement({
    description,
    fields: (t) => ({
      team: t.field({
        type: TeamObject,
        nullable: true,
        description: "The team as it is now; null where the viewer is not in it any more.",
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
    description: "The outcome or a refusal.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const CreateTeamInput = builder.inputType("CreateTeamInput", {
  description: "A new team.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What people call it." }),
    idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
  }),
});
const UpdateTeamInput = builder.inputType("UpdateTeamInput", {
  description: "New details of a team.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: teamId }),
    name: t.string({ required: true, description: "What people call it." }),
  }),
});
const TeamInput = builder.inputType("TeamInput", {
  description: "Which team.",
  fields: (t) => ({ teamId: t.id({ required: true, description: teamId }) }),
});
const TeamMemberInput = builder.inputType("TeamMemberInput", {
  description: "Which member of which team.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: teamId }),
    userId: t.id({ required: true, description: userId }),
  }),
});
const SetTeamMemberRoleInput = builder.inputType("SetTeamMemberRoleInput", {
  description: "What a member of a team may do from now on.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: teamId }),
    userId: t.id({ required: true, description: userId }),
    role: t.field({ type: MemberRoleEnum, required: true, description: "The role." }),
  }),
});

const created = teamResult(
  "CreateTeam",
  "TeamCreated",
  "The team is there, and the viewer owns it.",
);
const updated = teamResult("UpdateTeam", "TeamUpdated", "The details are stored.");
const memberSet = teamResult("SetTeamMemberRole", "TeamMemberRoleSet", "The member has the role.");
const memberRemoved = teamResult(
  "RemoveTeamMember",
  "TeamMemberRemoved",
  "The member is out of the team.",
);
const transferred = teamResult("TransferTeam", "TeamTransferred", "The team has its next owner.");
const deleted = goneResult(
  "DeleteTeam",
  "TeamDeleted",
  "Team and projects are gone, its templates personal.",
);
const left = goneResult("LeaveTeam", "TeamLeft", "The viewer is out of the team.");

builder.mutationFields((t) => ({
  createTeam: t.field({
    type: created,
    description:
      "Makes a team that the viewer owns. Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many teams).",
    args: { input: t.arg({ type: CreateTeamInput, required: true, description: "The team." }) },
    resolve: (_root, { input }, { services, viewer }) => createTeam(services, viewer, input),
  }),
  updateTeam: t.field({
    type: updated,
    description:
      "Renames a team that the viewer manages. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT.",
    args: { input: t.arg({ type: UpdateTeamInput, required: true, description: "The details." }) },
    resolve: (_root, { input }, { services, viewer }) => updateTeam(services, viewer, input),
  }),
  deleteTeam: t.field({
    type: deleted,
    description:
      "Deletes the viewer's team with its projects; their templates stay and become personal to their authors. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: { input: t.arg({ type: TeamInput, required: true, description: "The team." }) },
    resolve: (_root, { input }, { services, viewer }) => deleteTeam(services, viewer, input),
  }),
  setTeamMemberRole: t.field({
    type: memberSet,
    description:
      "Gives a member of a team that the viewer manages a role. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner).",
    args: {
      input: t.arg({ type: SetTeamMemberRoleInput, required: true, description: "Who and what." }),
    },
    resolve: (_root, { input }, { services, viewer }) => setTeamMemberRole(services, viewer, input),
  }),
  removeTeamMember: t.field({
    type: memberRemoved,
    description:
      "Takes somebody out of a team that the viewer manages, and out of its projects; those they owned are the team's. What they were granted on single templates stays. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner).",
    args: { input: t.arg({ type: TeamMemberInput, required: true, description: "Who." }) },
    resolve: (_root, { input }, { services, viewer }) => removeTeamMember(services, viewer, input),
  }),
  leaveTeam: t.field({
    type: left,
    description:
      "Takes the viewer out of a team, as `removeTeamMember` does. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT (the owner, who gives the team away first).",
    args: { input: t.arg({ type: TeamInput, required: true, description: "The team." }) },
    resolve: (_root, { input }, { services, viewer }) => leaveTeam(services, viewer, input),
  }),
  transferTeam: t.field({
    type: transferred,
    description:
      "Gives the viewer's team to a member; who owned it becomes ADMIN. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN.",
    args: { input: t.arg({ type: TeamMemberInput, required: true, description: "To whom." }) },
    resolve: (_root, { input }, { services, viewer }) => transferTeam(services, viewer, input),
  }),
}));
