/** Invitations to a team: sent to an e-mail address, answered by who has the token or the address. */
import type { Viewer } from "../../domain/access/access.js";
import type { InvitationKey, MemberRole } from "../../storage/teams/teamStore.js";
import { unauthenticated } from "../authorize.js";
import { hasProvenAddress, parseEmailAddress } from "../accounts/emailAddress.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { changeTeam, no } from "./teams.js";
import { linkTokenHash, newLinkToken } from "../access/linkTokens.js";
import { publishAccessChanges } from "../access/accessChanges.js";
import type { Ended, TeamChanged, TeamInvited } from "./teamServices.js";

export interface InviteInput {
  readonly teamId: string;
  readonly email: string;
  readonly role: MemberRole;
}

/** Exactly one of the two. */
export interface InvitationAnswer {
  readonly token?: string | null;
  readonly invitationId?: string | null;
}

/**
 * Says nothing about whether anybody has an account with the address. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN,
 * INVALID_INPUT (also who is in the team), PAYLOAD_TOO_LARGE (too many open invitations).
 */
export async function inviteToTeam(
  services: Services,
  viewer: Viewer,
  { teamId, email: address, role }: InviteInput,
): Promise<TeamInvited | RequestError> {
  const { clock, newId, team } = services;
  const email = parseEmailAddress(address);
  const { token, tokenHash } = newLinkToken("invitation");
  const id = newId();
  const asked = { teamId, action: "manage", ...(email !== undefined && { email }) } as const;
  const changed = await changeTeam(services, viewer, asked, ({ hasEmail }, invitedById) => {
    if (email === undefined) return no(invalidInput("email must be an e-mail address", "email"));
    if (hasEmail) return no(invalidInput("this address already belongs to a member", "email"));
    const createdAt = clock.now();
    const expiresAt = createdAt + team.limits.invitationLifetimeMs;
    const invitation = { id, email, role, tokenHash, invitedById, createdAt, expiresAt };
    return { kind: "invite", invitation, openMax: team.limits.invitationsPerTeamMax };
  });
  return changed.kind === "refused" ? changed : { kind: "teamInvited", invitationId: id, token };
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function revokeInvitation(
  services: Services,
  viewer: Viewer,
  { teamId, invitationId }: { readonly teamId: string; readonly invitationId: string },
): Promise<Ended | RequestError> {
  const changed = await changeTeam(services, viewer, { teamId, action: "manage" }, () => ({
    kind: "withdraw",
    invitationId,
  }));
  return changed.kind === "refused" ? changed : { kind: "ended", id: invitationId };
}

/** Accepting again answers the same while one is in the team. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT. */
export async function acceptInvitation(
  services: Services,
  viewer: Viewer,
  input: InvitationAnswer,
): Promise<TeamChanged | RequestError> {
  const key = await keyOf(services, viewer, input);
  if ("kind" in key) return key;
  const accepted = await services.team.teams.accept(key);
  if (accepted === undefined) return invitationNotFound();
  publishAccessChanges(services, accepted.templateIds);
  return { kind: "teamChanged", teamId: accepted.teamId };
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT. */
export async function declineInvitation(
  services: Services,
  viewer: Viewer,
  input: InvitationAnswer,
): Promise<Ended | RequestError> {
  const key = await keyOf(services, viewer, input);
  if ("kind" in key) return key;
  if (!(await services.team.teams.decline(key))) return invitationNotFound();
  return { kind: "ended", id: input.invitationId ?? "" };
}

async function keyOf(
  services: Services,
  viewer: Viewer,
  { token, invitationId }: InvitationAnswer,
): Promise<InvitationKey | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const { userId } = viewer;
  const now = services.clock.now();
  if (token != null && invitationId == null) {
    const tokenHash = linkTokenHash("invitation", token);
    return tokenHash === undefined ? invitationNotFound() : { userId, by: { tokenHash }, now };
  }
  if (invitationId != null && token == null) {
    const account = await services.users.findById(userId);
    const isProven = account !== undefined && hasProvenAddress(account);
    return isProven ? { userId, by: { id: invitationId }, now } : invitationNotFound();
  }
  return invalidInput("exactly one of token and invitationId must be given", "token");
}

/** The same for one that never was, is over, or was sent to somebody else. */
function invitationNotFound(): RequestError {
  return refused("NOT_FOUND", "invitation not found", { path: [] });
}
