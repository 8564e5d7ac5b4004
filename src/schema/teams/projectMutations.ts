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
        description: "The current project; null if the viewer no longer has a role on it.",
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
    description: "The result or an error.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const CreateProjectInputType = builder
  .inputRef<CreateProjectInput, false>("CreateProjectInput")
  .implement({
    description: "A new project.",
    fields: (t) => ({
      name: t.string({ required: true, description: "The name of the project." }),
      teamId: t.id({ description: "The team it belongs to. Default: the viewer's own project." }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });
const UpdateProjectInput = builder.inputType("UpdateProjectInput", {
  description: "New details of a project.",
  fields: (t) => ({
    projectId: t.id({ required: true, description: projectId }),
    name: t.string({ required: true, description: "The name of the project." }),
  }),
});
const ProjectInput = builder.inputType("ProjectInput", {
  description: "The project to act on.",
  fields: (t) => ({ projectId: t.id({ required: true, description: projectId }) }),
});
const SetProjectMemberInput = builder.inputType("SetProjectMemberInput", {
  description: "A member of a project and the member's role.",
  fields: (t) => ({
    projectId: t.id({ required: true, description: projectId }),
    userId: t.id({ required: true, description: "The user; need not be in the project's team." }),
    role: t.field({ type: AccessRoleEnum, required: true, description: "The role." }),
  }),
});
const RemoveProjectMemberInput = builder.inputType("RemoveProjectMemberInput", {
  description: "The member to remove from a project.",
  fields: (t) => ({
    projectId: t.id({ required: true, description: projectId }),
    userId: t.id({ required: true, description: "The user; may be the viewer." }),
  }),
});
const TransferProjectInputType = builder
  .inputRef<TransferProjectInput, false>("TransferProjectInput")
  .implement({
    description: "The new owner of a project: exactly one of the two.",
    fields: (t) => ({
      projectId: t.id({ required: true, description: projectId }),
      userId: t.id({ description: "The new owner, a member of the project or of its team." }),
      teamId: t.id({ description: "The new team." }),
    }),
  });

const created = projectResult(
  "CreateProject",
  "ProjectCreated",
  "The project was created, with the viewer as owner.",
);
const updated = projectResult("UpdateProject", "ProjectUpdated", "The details were changed.");
const memberSet = projectResult(
  "SetProjectMember",
  "ProjectMemberSet",
  "The user is a member of the project with this role.",
);
const memberRemoved = projectResult(
  "RemoveProjectMember",
  "ProjectMemberRemoved",
  "The user is no longer a member of the project.",
);
const transferred = projectResult(
  "TransferProject",
  "ProjectTransferred",
  "The project has a new owner or team.",
);
const Deleted = builder.objectRef<ProjectChanged>("ProjectDeleted").implement({
  description: "The project was deleted; its templates are personal.",
  fields: (t) => ({ projectId: t.exposeID("projectId", { description: "The project's id." }) }),
});
const deleted = unionOf("DeleteProjectResult", Deleted);

builder.mutationFields((t) => ({
  createProject: t.field({
    type: created,
    description:
      "Creates a project of the viewer, or of a team that the viewer manages. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many projects).",
    args: {
      input: t.arg({ type: CreateProjectInputType, required: true, description: "The project." }),
    },
    resolve: (_root, { input }, { services, viewer }) => createProject(services, viewer, input),
  }),
  updateProject: t.field({
    type: updated,
    description:
      "Renames a project that the viewer manages. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT.",
    args: {
      input: t.arg({ type: UpdateProjectInput, required: true, description: "The details." }),
    },
    resolve: (_root, { input }, { services, viewer }) => updateProject(services, viewer, input),
  }),
  deleteProject: t.field({
    type: deleted,
    description:
      "Deletes a project; its templates stay and become personal to their authors. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: { input: t.arg({ type: ProjectInput, required: true, description: "The project." }) },
    resolve: (_root, { input }, { services, viewer }) => deleteProject(services, viewer, input),
  }),
  setProjectMember: t.field({
    type: memberSet,
    description:
      "Adds a member to a project that the viewer manages, or changes a member's role. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (the owner), PAYLOAD_TOO_LARGE (too many members).",
    args: {
      input: t.arg({
        type: SetProjectMemberInput,
        required: true,
        description: "The member and the role.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => setProjectMember(services, viewer, input),
  }),
  removeProjectMember: t.field({
    type: memberRemoved,
    description:
      "Removes a member from a project that the viewer manages, or the viewer from any project. Rights as a member of its team stay. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (the owner).",
    args: {
      input: t.arg({ type: RemoveProjectMemberInput, required: true, description: "The member." }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      removeProjectMember(services, viewer, input),
  }),
  transferProject: t.field({
    type: transferred,
    description:
      "Transfers a project to a member of it or of its team, or to a team that the viewer manages; in the latter case the viewer becomes its owner. The previous owner of a personal project stays its administrator. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (also on path `userId` for a service account without access), QUOTA_EXCEEDED (of the team).",
    args: {
      input: t.arg({
        type: TransferProjectInputType,
        required: true,
        description: "The project and the new owner.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => transferProject(services, viewer, input),
  }),
}));
