/** Teams as those who are in them see them. Whoever is not is told of none: fields answer with an id, and it is null. */
import type { Viewer } from "../../domain/access/access.js";
import { coversTeam } from "../../domain/access/tokenLimit.js";
import { decideTeamAccess, type TeamAction } from "../../domain/access/teamAccess.js";
import type { TeamRole } from "../../domain/access/grant.js";
import { readTeamMembers, type TeamMemberRow } from "../../storage/teams/teamMembers.js";
import { readVisibleTeams, type VisibleTeam } from "../../storage/teams/visibleTeams.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { older, timeConnection, timePageArgs, timePageOf } from "../timePage.js";
import { UserObject } from "../accounts/user.js";

const TeamRoleEnum = builder.enumType("TeamRole", {
  description: "A user's rights in a team; each role includes the ones after it.",
  values: {
    OWNER: { description: "Transfer and delete the team. One user." },
    ADMIN: {
      description:
        "Manage members, invitations and projects. Administers the team's templates, including those in its projects.",
    },
    MEMBER: { description: "See the team and its projects, edit their templates, add templates." },
  } satisfies Record<TeamRole, { description: string }>,
});

export const TeamObject = builder.loadableObject("Team", {
  description: "Users who share projects and templates. Only its members can see it.",
  load: async (
    ids: string[],
    { viewer, prisma }: GraphQLContext,
  ): Promise<(VisibleTeam | Error)[]> => {
    const visible =
      viewer.kind === "user"
        ? await readVisibleTeams(prisma, viewer.userId, coveredTeams(viewer, ids))
        : new Map();
    // The plugin's types know no null, but its loader passes it on: what may not be seen is not there.
    return ids.map((id) => visible.get(id) ?? (null as unknown as VisibleTeam));
  },
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    name: t.exposeString("name", { description: "The name of the team." }),
    owner: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The owner; null if the account was deleted. Then its admins may transfer it, or its members if there is no admin.",
      resolve: ({ ownerId }) => ownerId,
    }),
    viewerRole: t.expose("role", {
      type: TeamRoleEnum,
      description: "The viewer's role.",
      extensions: { viewerDependent: true },
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
  }),
});

function coveredTeams(viewer: Viewer, ids: readonly string[]): string[] {
  return ids.filter((id) => coversTeam(viewer, id));
}

/** Whether the viewer may do the action; whoever sees a team is signed in. */
export function mayInTeam(
  { standing }: VisibleTeam,
  action: TeamAction,
  { viewer }: GraphQLContext,
): boolean {
  return viewer.kind === "user" && decideTeamAccess(viewer.userId, action, standing).allowed;
}

const TeamMemberObject = builder
  .objectRef<TeamMemberRow & { readonly isTold: boolean }>("TeamMember")
  .implement({
    description: "A member of a team.",
    fields: (t) => ({
      user: t.field({
        type: UserObject,
        description: "The user.",
        resolve: ({ userId }) => userId,
      }),
      email: t.string({
        nullable: true,
        description:
          "The member's e-mail address; null if the viewer does not manage the team, and if the account has none.",
        extensions: { viewerDependent: true },
        resolve: ({ email, isTold }) => (isTold ? email : null),
      }),
      isEmailProven: t.boolean({
        nullable: true,
        description:
          "Whether the address is proven to be the member's. Null if the viewer does not manage the team.",
        extensions: { viewerDependent: true },
        resolve: ({ isEmailProven, isTold }) => (isTold ? isEmailProven : null),
      }),
      role: t.expose("role", { type: TeamRoleEnum, description: "The member's role." }),
      joinedAt: t.expose("joinedAt", {
        type: "DateTime",
        description: "The time at which the member joined.",
      }),
    }),
  });

const TeamMemberConnection = builder.connectionObject(
  {
    type: TeamMemberObject,
    name: "TeamMemberConnection",
    description: "A page of a team's members.",
  },
  { name: "TeamMemberEdge", description: "A member of a team and its cursor." },
);

builder.objectField(TeamObject, "members", (t) =>
  t.field({
    type: TeamMemberConnection,
    description:
      "All members, the owner first, then in the order of joining. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: timePageArgs(t.arg),
    resolve: async (team, args, context) => {
      const page = timePageOf(args);
      const rows = await readTeamMembers(context.prisma, team.id, page);
      const isTold = mayInTeam(team, "manage", context);
      return timeConnection(
        page,
        rows,
        ({ place, userId }) => ({ at: place, id: userId }),
        (row) => ({ ...row, isTold }),
      );
    },
  }),
);

const TeamConnection = builder.connectionObject(
  { type: TeamObject, name: "TeamConnection", description: "A page of teams." },
  { name: "TeamEdge", description: "A team and its cursor." },
);

builder.objectField(UserObject, "teams", (t) =>
  t.field({
    type: TeamConnection,
    nullable: true,
    description:
      "The teams that the user is a member of, newest first; null for other users than the viewer. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: timePageArgs(t.arg),
    resolve: async ({ id }, args, { viewer, prisma }) => {
      if (viewer.kind !== "user" || viewer.userId !== id) return null;
      const page = timePageOf(args);
      const rows = await prisma.team.findMany({
        select: { id: true, createdAt: true },
        where: {
          AND: [{ OR: [{ ownerId: id }, { members: { some: { userId: id } } }] }, older(page)],
        },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        take: page.take,
      });
      const visible = await readVisibleTeams(
        prisma,
        id,
        coveredTeams(
          viewer,
          rows.map((row) => row.id),
        ),
      );
      return timeConnection(
        page,
        rows,
        (row) => ({ at: row.createdAt, id: row.id }),
        (row) => visible.get(row.id),
      );
    },
  }),
);

builder.queryField("team", (t) =>
  t.field({
    type: TeamObject,
    nullable: true,
    description: "One team; null if it does not exist, and if the viewer is not a member.",
    args: { id: t.arg.id({ required: true, description: "The team's id, a UUID." }) },
    resolve: (_root, { id }) => id,
  }),
);
