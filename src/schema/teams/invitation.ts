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
    "Somebody is asked to join a team. It is seen by who manages the team and by whom it was sent to.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    teamId: t.id({ description: "The team's id.", resolve: ({ team }) => team.id }),
    teamName: t.string({ description: "The team's name.", resolve: ({ team }) => team.name }),
    email: t.exposeString("email", { description: "The address it was sent to." }),
    role: t.expose("role", { type: MemberRoleEnum, description: "What they will be there." }),
    invitedBy: t.field({
      type: UserObject,
      nullable: true,
      description: "Who sent it; null where the account is gone.",
      resolve: ({ invitedById }) => invitedById,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was sent." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When it runs out." }),
  }),
});

const InvitationConnection = builder.connectionObject(
  {
    type: InvitationObject,
    name: "TeamInvitationConnection",
    description: "A page of invitations.",
  },
  { name: "TeamInvitationEdge", description: "An invitation and its place in the list." },
);

builder.objectField(TeamObject, "invitations", (t) =>
  t.field({
    type: InvitationConnection,
    nullable: true,
    description:
      "Invitations that can be accepted still, newest first; null for who does not manage the team. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
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
      "Invitations to the person's own address that can be accepted still, newest first; none where no identity provider proved that address. Null for everyone but oneself. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
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
  description: "The invitation can be accepted.",
  fields: (t) => ({
    invitationId: t.exposeID("invitationId", { description: "The invitation's id." }),
    token: t.exposeString("token", {
      description:
        "For `acceptInvitation`, to be sent to the address: whoever has it may join. Told here and never again.",
    }),
    link: t.string({
      description:
        "The link to the server's page where the person accepts it, with the token in its fragment. It begins with `PUBLIC_URL`; where that is not set, with the path, to be put after the server's address.",
      resolve: ({ token }, _args, { services }) =>
        linkOf(token, services.accounts.settings.publicUrl),
    }),
  }),
});
const InviteResult = builder.unionType("InviteToTeamResult", {
  description: "The invitation or a refusal.",
  types: [TeamInvitedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TeamInvitedObject),
});

function endedResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<Ended>(name).implement({
    description,
    fields: (t) => ({
      invitationId: t.id({
        nullable: true,
        description: "The invitation's id; null where only its token was given.",
        resolve: ({ id }) => id || null,
      }),
    }),
  });
  return builder.unionType(`${mutation}Result`, {
    description: "The outcome or a refusal.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const InviteInput = builder.inputType("InviteToTeamInput", {
  description: "Whom to invite.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: "The team." }),
    email: t.string({ required: true, description: "Their e-mail address." }),
    role: t.field({ type: MemberRoleEnum, required: true, description: "What they will be." }),
  }),
});
const RevokeInput = builder.inputType("RevokeInvitationInput", {
  description: "Which invitation of which team.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: "The team." }),
    invitationId: t.id({ required: true, description: "The invitation." }),
  }),
});
const AnswerInput = builder.inputRef<InvitationAnswer, false>("InvitationAnswerInput").implement({
  description: "Which invitation: exactly one of the two.",
  fields: (t) => ({
    token: t.string({ description: "Its token, whoever it was sent to." }),
    invitationId: t.id({
      description:
        "Its id, where it was sent to the viewer's address and an identity provider proved that to be theirs.",
    }),
  }),
});

const joined = teamResult("AcceptInvitation", "TeamJoined", "The viewer is in the team.");
const revoked = endedResult(
  "RevokeInvitation",
  "InvitationRevoked",
  "The invitation cannot be accepted any more.",
);
const declined = endedResult("DeclineInvitation", "InvitationDeclined", "The invitation is gone.");

builder.mutationFields((t) => ({
  inviteToTeam: t.field({
    type: InviteResult,
    description:
      "Invites somebody to a team that the viewer manages, in place of any other invitation to the address. Tells nothing about whether the address has an account. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (also who is in the team), PAYLOAD_TOO_LARGE (too many open invitations).",
    args: { input: t.arg({ type: InviteInput, required: true, description: "Whom." }) },
    resolve: (_root, { input }, { services, viewer }) => inviteToTeam(services, viewer, input),
  }),
  revokeInvitation: t.field({
    type: revoked,
    description:
      "Ends an invitation of a team that the viewer manages. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: { input: t.arg({ type: RevokeInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => revokeInvitation(services, viewer, input),
  }),
  acceptInvitation: t.field({
    type: joined,
    description:
      "Lets the viewer into the team; who is in it already keeps the stronger role. Again answers the same as long as they are. Refusals: UNAUTHENTICATED, NOT_FOUND (also run out, revoked, accepted by another), INVALID_INPUT.",
    args: { input: t.arg({ type: AnswerInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => acceptInvitation(services, viewer, input),
  }),
  declineInvitation: t.field({
    type: declined,
    description:
      "Ends an invitation of the viewer's. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT.",
    args: { input: t.arg({ type: AnswerInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => declineInvitation(services, viewer, input),
  }),
}));
