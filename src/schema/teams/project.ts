/** Projects as those who have a role on them see them; nobody else is told that they are there. */
import type { AccessRole } from "../../domain/access/grant.js";
import { coversProject } from "../../domain/access/tokenLimit.js";
import { decideProjectAccess, type ProjectRole } from "../../domain/access/projectAccess.js";
import type { Prisma } from "../../storage/generated/prisma/client.js";
import { readVisibleProjects, type VisibleProject } from "../../storage/teams/visibleTeams.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { TeamObject } from "./team.js";
import { AccessRoleEnum } from "../access/templatePermission.js";
import { older, timeConnection, timePageArgs, timePageOf, type TimePage } from "../timePage.js";
import { UserObject } from "../accounts/user.js";

const ProjectRoleEnum = builder.enumType("ProjectRole", {
  description: "A user's rights on a project and its templates.",
  values: {
    VIEW: { description: "See the project, view its templates." },
    COMMENT: { description: "Also comment on them." },
    EDIT: { description: "Also edit them, and add templates to the project." },
    ADMIN: { description: "Also administer them, and manage the project's name and members." },
    OWNER: {
      description: "Also transfer and delete the project; so may managers of its team.",
    },
  } satisfies Record<ProjectRole, { description: string }>,
});

export const ProjectObject = builder.loadableObject("Project", {
  description: "A group of templates, of a team or of one person.",
  load: async (
    ids: string[],
    { viewer, prisma }: GraphQLContext,
  ): Promise<(VisibleProject | Error)[]> => {
    const visible =
      viewer.kind === "user" ? await readVisibleProjects(prisma, viewer.userId, ids) : new Map();
    // As with teams: what may not be seen is not there.
    return ids.map((id) => {
      const project = visible.get(id);
      const isCovered = project !== undefined && coversProject(viewer, project);
      return isCovered ? project : (null as unknown as VisibleProject);
    });
  },
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    name: t.exposeString("name", { description: "The name of the project." }),
    team: t.field({
      type: TeamObject,
      nullable: true,
      description:
        "The team it belongs to; null for a personal project, and if the viewer is not a member of the team.",
      extensions: { viewerDependent: true },
      resolve: ({ teamId }) => teamId,
    }),
    owner: t.field({
      type: UserObject,
      nullable: true,
      description: "The owner; null if only its team owns it, and if the account was deleted.",
      resolve: ({ ownerId }) => ownerId,
    }),
    viewerRole: t.expose("role", {
      type: ProjectRoleEnum,
      description: "The viewer's role, the strongest of all grants.",
      extensions: { viewerDependent: true },
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
  }),
});

interface MemberRow {
  readonly userId: string;
  readonly role: AccessRole;
  readonly joinedAt: Date;
}

const ProjectMemberObject = builder.objectRef<MemberRow>("ProjectMember").implement({
  description: "A member of a project, besides its owner and its team.",
  fields: (t) => ({
    user: t.field({ type: UserObject, description: "The user.", resolve: ({ userId }) => userId }),
    role: t.expose("role", { type: AccessRoleEnum, description: "The member's role." }),
    joinedAt: t.expose("joinedAt", {
      type: "DateTime",
      description: "The time at which the member was added.",
    }),
  }),
});

const ProjectMemberConnection = builder.connectionObject(
  {
    type: ProjectMemberObject,
    name: "ProjectMemberConnection",
    description: "A page of a project's members.",
  },
  { name: "ProjectMemberEdge", description: "A member of a project and its cursor." },
);

builder.objectField(ProjectObject, "members", (t) =>
  t.field({
    type: ProjectMemberConnection,
    nullable: true,
    description:
      "The members added to the project, latest first; null if the viewer does not manage it. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: timePageArgs(t.arg),
    resolve: async ({ id, standing }, args, { viewer, prisma }) => {
      const isManaging =
        viewer.kind === "user" && decideProjectAccess(viewer.userId, "manage", standing).allowed;
      if (!isManaging) return null;
      const page = timePageOf(args);
      const { after } = page;
      const rows = await prisma.projectMember.findMany({
        where: {
          projectId: id,
          ...(after && {
            joinedAt: { lte: after.at },
            OR: [{ joinedAt: { lt: after.at } }, { userId: { lt: after.id } }],
          }),
        },
        orderBy: [{ joinedAt: "desc" }, { userId: "desc" }],
        take: page.take,
      });
      const keyOf = ({ joinedAt, userId }: MemberRow) => ({ at: joinedAt, id: userId });
      return timeConnection(page, rows, keyOf, (row) => row);
    },
  }),
);

const ProjectConnection = builder.connectionObject(
  { type: ProjectObject, name: "ProjectConnection", description: "A page of projects." },
  { name: "ProjectEdge", description: "A project and its cursor." },
);

builder.objectField(TeamObject, "projects", (t) =>
  t.field({
    type: ProjectConnection,
    description:
      "The team's projects, newest first. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: timePageArgs(t.arg),
    resolve: ({ id }, args, context) => readProjects({ teamId: id }, timePageOf(args), context),
  }),
);

builder.objectField(UserObject, "projects", (t) =>
  t.field({
    type: ProjectConnection,
    nullable: true,
    description:
      "The projects that the user owns or was added to, newest first; null for other users than the viewer. `Team.projects` lists those of teams. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: timePageArgs(t.arg),
    resolve: async ({ id }, args, context) => {
      const { viewer } = context;
      if (viewer.kind !== "user" || viewer.userId !== id) return null;
      const own = { OR: [{ ownerId: id }, { members: { some: { userId: id } } }] };
      return readProjects(own, timePageOf(args), context);
    },
  }),
);

builder.queryField("project", (t) =>
  t.field({
    type: ProjectObject,
    nullable: true,
    description: "One project; null if it does not exist, and if the viewer has no role on it.",
    args: { id: t.arg.id({ required: true, description: "The project's id, a UUID." }) },
    resolve: (_root, { id }) => id,
  }),
);

/** Those of the projects that the viewer has a role on. */
async function readProjects(
  which: Prisma.ProjectWhereInput,
  page: TimePage,
  { viewer, prisma }: GraphQLContext,
) {
  const rows = await prisma.project.findMany({
    select: { id: true, createdAt: true },
    where: { AND: [which, older(page)] },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: page.take,
  });
  const ids = rows.map(({ id }) => id);
  const visible =
    viewer.kind === "user"
      ? await readVisibleProjects(prisma, viewer.userId, ids)
      : new Map<string, VisibleProject>();
  return timeConnection(
    page,
    rows,
    ({ createdAt, id }) => ({ at: createdAt, id }),
    ({ id }) => {
      const project = visible.get(id);
      return project !== undefined && coversProject(viewer, project) ? project : undefined;
    },
  );
}
