/** Invitations: as the team that sent them sees them, and as the person does whom they were sent to. */
import {
  acceptInvitation,
  declineInvitation,
  inviteToTeam,
  revokeInvitation,
  type InvitationAnswer,
} from "../../commands/teams/invitations.js";
import type { Ended, TeamInvited } from "../../commands/teams/teamServices.js";
import type { Prisma } from "../../storage/generated/prisma/client.js";
import { builder } from "../builder.js";
import { hasProvenAddress } from "../../commands/accounts/emailAddress.js";
import { linkOf } from "../../commands/access/linkTokens.js";
import type { GraphQLContext } from "../context.js";
import { RequestErrorObject } from "../errors.js";
import { mayInTeam, TeamObject } from "./team.js";
import { MemberRoleEnum, teamResult } from "./teamMutations.js";
import { older, timeConnection, timePageArgs, timePageOf, type TimePage } from "../timePage.js";
import { UserObject } from "../accounts/user.js";

interface InvitationRow {
  readonly id: string;
  readonly team: { readonly id: string; readonly name: string };
  readonly email: string;
  readonly role: "ADMIN" | "MEMBER";
  readonly invitedById: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const InvitationObject = builder.objectRef<InvitationRow>("TeamInvitation").implement({
  description:
    "An invitation to join a team, visible to the managers of the team and to the invited user.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    teamId: t.id({ description: "The team's id.", resolve: ({ team }) => team.id }),
    teamName: t.string({ description: "The team's name.", resolve: ({ team }) => team.name }),
    email: t.exposeString("email", { description: "The e-mail address it was sent to." }),
    role: t.expose("role", { type: MemberRoleEnum, description: "The role it grants." }),
    invitedBy: t.field({
      type: UserObject,
      nullable: true,
      description: "The user who sent it; null if the account was deleted.",
      resolve: ({ invitedById }) => invitedById,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "The time at which it expires.",
    }),
  }),
});

const InvitationConnection = builder.connectionObject(
  {
    type: InvitationObject,
    name: "TeamInvitationConnection",
    description: "A page of invitations.",
  },
  { name: "TeamInvitationEdge", description: "An invitation and its cursor." },
);

builder.objectField(TeamObject, "invitations", (t) =>
  t.field({
    type: InvitationConnection,
    nullable: true,
    description:
      "The open invitations of the team, newest first; null if the viewer does not manage the team. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: timePageArgs(t.arg),
    resolve: (team, args, context) =>
      mayInTeam(team, "manage", context)
        ? readInvitations({ teamId: team.id }, timePageOf(args), context)
        : null,
  }),
);

builder.objectField(UserObject, "invitations", (t) =>
  t.field({
    type: InvitationConnection,
    nullable: true,
    description:
      "The open invitations to the user's own e-mail address, newest first; empty if the address is not proven. Null for other users than the viewer. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    extensions: { viewerDependent: true },
    args: timePageArgs(t.arg),
    resolve: async ({ id, email }, args, context) => {
      const { viewer, services } = context;
      if (viewer.kind !== "user" || viewer.userId !== id || viewer.limits) return null;
      const account = await services.users.findById(id);
      const isProven = account !== undefined && hasProvenAddress(account);
      // Nobody was invited without an address.
      return readInvitations({ email: isProven ? email! : "" }, timePageOf(args), context);
    },
  }),
);

async function readInvitations(
  which: Prisma.TeamInvitationWhereInput,
  page: TimePage,
  { prisma, services }: GraphQLContext,
) {
  const expiresAt = { gt: new Date(services.clock.now()) };
  const rows = await prisma.teamInvitation.findMany({
    select: {
      ...{ id: true, email: true, role: true, invitedById: true, createdAt: true, expiresAt: true },
      team: { select: { id: true, name: true } },
    },
    where: { ...which, acceptedById: null, expiresAt, ...older(page) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: page.take,
  });
  return timeConnection(
    page,
    rows,
    ({ createdAt, id }) => ({ at: createdAt, id }),
    (row) => row,
  );
}

const TeamInvitedObject = builder.objectRef<TeamInvited>("TeamInvited").implement({
  description: "The invitation was created.",
  fields: (t) => ({
    invitationId: t.exposeID("invitationId", { description: "The invitation's id." }),
    token: t.exposeString("token", {
      description:
        "The token for `acceptInvitation`, to be sent to the address: any holder can join. Returned only once.",
    }),
    link: t.string({
      description:
        "The link to the server's page for accepting, with the token in its fragment. It starts with `PUBLIC_URL`; if that is not set, it is a path to append to the server's address.",
      resolve: ({ token }, _args, { services }) =>
        linkOf(token, services.accounts.settings.publicUrl),
    }),
  }),
});
const InviteResult = builder.unionType("InviteToTeamResult", {
  description: "The invitation or an error.",
  types: [TeamInvitedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TeamInvitedObject),
});

function endedResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<Ended>(name).implement({
    description,
    fields: (t) => ({
      invitationId: t.id({
        nullable: true,
        description: "The invitation's id; null if only its token was given.",
        resolve: ({ id }) => id || null,
      }),
    }),
  });
  return builder.unionType(`${mutation}Result`, {
    description: "The result or an error.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const InviteInput = builder.inputType("InviteToTeamInput", {
  description: "The invitation to create.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: "The team." }),
    email: t.string({ required: true, description: "The e-mail address to invite." }),
    role: t.field({ type: MemberRoleEnum, required: true, description: "The role to grant." }),
  }),
});
const RevokeInput = builder.inputType("RevokeInvitationInput", {
  description: "The invitation to revoke.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: "The team." }),
    invitationId: t.id({ required: true, description: "The invitation." }),
  }),
});
const AnswerInput = builder.inputRef<InvitationAnswer, false>("InvitationAnswerInput").implement({
  description: "The invitation to answer: exactly one of the two.",
  fields: (t) => ({
    token: t.string({
      description: "The invitation's token, regardless of the address it was sent to.",
    }),
    invitationId: t.id({
      description: "The invitation's id, if it was sent to the viewer's proven address.",
    }),
  }),
});

const joined = teamResult("AcceptInvitation", "TeamJoined", "The viewer is a member of the team.");
const revoked = endedResult("RevokeInvitation", "InvitationRevoked", "The invitation was revoked.");
const declined = endedResult(
  "DeclineInvitation",
  "InvitationDeclined",
  "The invitation was declined.",
);

builder.mutationFields((t) => ({
  inviteToTeam: t.field({
    type: InviteResult,
    description:
      "Invites a user to a team that the viewer manages; replaces any other invitation to the address. The result does not reveal whether the address has an account. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (also for a member), PAYLOAD_TOO_LARGE (too many open invitations).",
    args: {
      input: t.arg({ type: InviteInput, required: true, description: "The address and the role." }),
    },
    resolve: (_root, { input }, { services, viewer }) => inviteToTeam(services, viewer, input),
  }),
  revokeInvitation: t.field({
    type: revoked,
    description:
      "Revokes an invitation of a team that the viewer manages. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: { input: t.arg({ type: RevokeInput, required: true, description: "The invitation." }) },
    resolve: (_root, { input }, { services, viewer }) => revokeInvitation(services, viewer, input),
  }),
  acceptInvitation: t.field({
    type: joined,
    description:
      "Adds the viewer to the team; a member keeps the stronger role. Repeating it returns the same result while the viewer is a member. Errors: UNAUTHENTICATED, NOT_FOUND (also: expired, revoked, accepted by another user), INVALID_INPUT.",
    args: { input: t.arg({ type: AnswerInput, required: true, description: "The invitation." }) },
    resolve: (_root, { input }, { services, viewer }) => acceptInvitation(services, viewer, input),
  }),
  declineInvitation: t.field({
    type: declined,
    description:
      "Declines an invitation to the viewer. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT.",
    args: { input: t.arg({ type: AnswerInput, required: true, description: "The invitation." }) },
    resolve: (_root, { input }, { services, viewer }) => declineInvitation(services, viewer, input),
  }),
}));
