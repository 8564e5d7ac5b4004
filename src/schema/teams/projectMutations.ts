/** The mutations that make and change projects. */
import type { ObjectRef } from "@pothos/core";
import {
  deleteProject,
  removeProjectMember,
  setProjectMember,
  transferProject,
  updateProject,
  type TransferProjectInput,
  createProject,
  type CreateProjectInput,
} from "../../commands/teams/projects.js";
import type { ProjectChanged } from "../../commands/teams/teamServices.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { IDEMPOTENCY_KEY } from "../retryRules.js";
import { ProjectObject } from "./project.js";
import { AccessRoleEnum } from "../access/templatePermission.js";

const projectId = "The project.";

/** The outcome of a mutation whose success is the project as it is now. */
function projectResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<ProjectChanged>(name).implement({
    description,
    fields: (t) => ({
      project: t.field({
        type: ProjectObject,
        nullable: true,
        description: "The project as it is now; null where the viewer has no role on it any more.",
        resolve: (outcome) => outcome.projectId,
      }),
    }),
  });
  return unionOf(`${mutation}Result`, success);
}

function unionOf(
  name: string,
  success: ObjectRef<typeof builder.$inferSchemaTypes, ProjectChanged>,
) {
  return builder.unionType(name, {
    description: "The outcome or a refusal.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const CreateProjectInputType = builder
  .inputRef<CreateProjectInput, false>("CreateProjectInput")
  .implement({
    description: "A new project.",
    fields: (t) => ({
      name: t.string({ required: true, description: "What people call it." }),
      teamId: t.id({ description: "The team it shall belong to; the viewer's own where omitted." }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });
const UpdateProjectInput = builder.inputType("UpdateProjectInput", {
  description: "New details of a project.",
  fields: (t) => ({
    projectId: t.id({ required: true, description: projectId }),
    name: t.string({ required: true, description: "What people call it." }),
  }),
});
const ProjectInput = builder.inputType("ProjectInput", {
  description: "Which project.",
  fields: (t) => ({ projectId: t.id({ required: true, description: projectId }) }),
});
const SetProjectMemberInput = builder.inputType("SetProjectMemberInput", {
  description: "Somebody and what they may do in a project.",
  fields: (t) => ({
    projectId: t.id({ required: true, description: projectId }),
    userId: t.id({ required: true, description: "Who; need not be in its team." }),
    role: t.field({ type: AccessRoleEnum, required: true, description: "What they may do." }),
  }),
});
const RemoveProjectMemberInput = builder.inputType("RemoveProjectMemberInput", {
  description: "Somebody who shall be out of a project.",
  fields: (t) => ({
    projectId: t.id({ required: true, description: projectId }),
    userId: t.id({ required: true, description: "Who; also oneself." }),
  }),
});
const TransferProjectInputType = builder
  .inputRef<TransferProjectInput, false>("TransferProjectInput")
  .implement({
    description: "Whose a project shall be: exactly one of the two.",
    fields: (t) => ({
      projectId: t.id({ required: true, description: projectId }),
      userId: t.id({ description: "Its next owner, who is in it or in its team." }),
      teamId: t.id({ description: "The team that it shall belong to." }),
    }),
  });

const created = projectResult(
  "CreateProject",
  "ProjectCreated",
  "The project is there, and the viewer owns it.",
);
const updated = projectResult("UpdateProject", "ProjectUpdated", "The details are stored.");
const memberSet = projectResult(
  "SetProjectMember",
  "ProjectMemberSet",
  "They are in the project with this role.",
);
const memberRemoved = projectResult(
  "RemoveProjectMember",
  "ProjectMemberRemoved",
  "They are out of the project.",
);
const transferred = projectResult(
  "TransferProject",
  "ProjectTransferred",
  "The project has its next owner or team.",
);
const Deleted = builder.objectRef<ProjectChanged>("ProjectDeleted").implement({
  description: "The project is gone, its templates are personal.",
  fields: (t) => ({ projectId: t.exposeID("projectId", { description: "The project's id." }) }),
});
const deleted = unionOf("DeleteProjectResult", Deleted);

builder.mutationFields((t) => ({
  createProject: t.field({
    type: created,
    description:
      "Makes a project of the viewer's own, or of a team that they manage. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many projects).",
    args: {
      input: t.arg({ type: CreateProjectInputType, required: true, description: "The project." }),
    },
    resolve: (_root, { input }, { services, viewer }) => createProject(services, viewer, input),
  }),
  updateProject: t.field({
    type: updated,
    description:
      "Renames a project that the viewer manages. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT.",
    args: {
      input: t.arg({ type: UpdateProjectInput, required: true, description: "The details." }),
    },
    resolve: (_root, { input }, { services, viewer }) => updateProject(services, viewer, input),
  }),
  deleteProject: t.field({
    type: deleted,
    description:
      "Deletes a project; its templates stay and become personal to their authors. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: { input: t.arg({ type: ProjectInput, required: true, description: "The project." }) },
    resolve: (_root, { input }, { services, viewer }) => deleteProject(services, viewer, input),
  }),
  setProjectMember: t.field({
    type: memberSet,
    description:
      "Adds somebody to a project that the viewer manages, or changes their role. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (the owner), PAYLOAD_TOO_LARGE (too many members).",
    args: {
      input: t.arg({ type: SetProjectMemberInput, required: true, description: "Who and what." }),
    },
    resolve: (_root, { input }, { services, viewer }) => setProjectMember(services, viewer, input),
  }),
  removeProjectMember: t.field({
    type: memberRemoved,
    description:
      "Takes somebody out of a project that the viewer manages, or the viewer out of any. What they may do as members of its team stays. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (the owner).",
    args: {
      input: t.arg({ type: RemoveProjectMemberInput, required: true, description: "Who." }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      removeProjectMember(services, viewer, input),
  }),
  transferProject: t.field({
    type: transferred,
    description:
      "Gives a project to somebody who is in it or in its team, or to a team that the viewer manages, where the viewer owns it then. Who owned one of no team stays its administrator. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (also on path `userId` for a service account that does not reach it), QUOTA_EXCEEDED (of the team).",
    args: {
      input: t.arg({ type: TransferProjectInputType, required: true, description: "To whom." }),
    },
    resolve: (_root, { input }, { services, viewer }) => transferProject(services, viewer, input),
  }),
}));
