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
  description: "What somebody may do with a project and the templates in it.",
  values: {
    VIEW: { description: "See the project, view its templates." },
    COMMENT: { description: "Also comment on them." },
    EDIT: { description: "Also edit them, and put templates into the project." },
    ADMIN: { description: "Also administer them; name and members of the project." },
    OWNER: {
      description: "Also give the project away and delete it; so may who manages its team.",
    },
  } satisfies Record<ProjectRole, { description: string }>,
});

export const ProjectObject = builder.loadableObject("Project", {
  description: "Templates that belong together, of a team or of one person.",
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
    name: t.exposeString("name", { description: "What people call it." }),
    team: t.field({
      type: TeamObject,
      nullable: true,
      description:
        "The team it belongs to; null where it is a person's own, and where the viewer is not in the team.",
      extensions: { viewerDependent: true },
      resolve: ({ teamId }) => teamId,
    }),
    owner: t.field({
      type: UserObject,
      nullable: true,
      description: "Who owns it; null where that is its team alone, or the account is gone.",
      resolve: ({ ownerId }) => ownerId,
    }),
    viewerRole: t.expose("role", {
      type: ProjectRoleEnum,
      description: "What the viewer may do, of all reasons the strongest.",
      extensions: { viewerDependent: true },
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
  }),
});

interface MemberRow {
  readonly userId: string;
  readonly role: AccessRole;
  readonly joinedAt: Date;
}

const ProjectMemberObject = builder.objectRef<MemberRow>("ProjectMember").implement({
  description: "Somebody in a project, beside its owner and its team.",
  fields: (t) => ({
    user: t.field({ type: UserObject, description: "Who.", resolve: ({ userId }) => userId }),
    role: t.expose("role", { type: AccessRoleEnum, description: "What they may do there." }),
    joinedAt: t.expose("joinedAt", { type: "DateTime", description: "When they were added." }),
  }),
});

const ProjectMemberConnection = builder.connectionObject(
  {
    type: ProjectMemberObject,
    name: "ProjectMemberConnection",
    description: "A page of a project's people.",
  },
  { name: "ProjectMemberEdge", description: "Somebody in a project and their place in the list." },
);

builder.objectField(ProjectObject, "members", (t) =>
  t.field({
    type: ProjectMemberConnection,
    nullable: true,
    description:
      "Who was added to the project, last ones first; null for who does not manage it. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
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
  { name: "ProjectEdge", description: "A project and its place in the list." },
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
      "Projects that the person owns or was added to, newest first; null for everyone but oneself. Those of teams are in `Team.projects`. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
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
    description: "One project; null where there is none, and where the viewer has no role on it.",
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
