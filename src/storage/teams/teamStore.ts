/**
 * The port to teams, who is in them and who is invited. What a change touches of who may do what with templates takes
 * effect with it, and the templates are told, so that whoever follows them can be. Instants are milliseconds since the
 * epoch. Adapters (Prisma, memory) pass one contract suite (test/contracts/teamStores.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { TeamStanding } from "../../domain/access/teamAccess.js";

export type MemberRole = "ADMIN" | "MEMBER";

export interface NewTeam {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly createdAt: number;
}

export interface NewInvitation {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  readonly role: MemberRole;
  /** SHA-256, as hex. */
  readonly tokenHash: string;
  readonly invitedById: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** What happens to a team. */
export type TeamChange =
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "delete" }
  /** Somebody who is a member gets another role. */
  | { readonly kind: "setRole"; readonly userId: string; readonly role: MemberRole }
  /** With their places in the team's projects, of which those they own become the team's. */
  | { readonly kind: "remove"; readonly userId: string }
  /** Who owned it becomes ADMIN. */
  | { readonly kind: "giveTo"; readonly userId: string }
  /** In place of any other invitation to this address. Refused as "full" beyond `openMax` of them. */
  | { readonly kind: "invite"; readonly invitation: NewInvitation; readonly openMax: number }
  | { readonly kind: "withdraw"; readonly invitationId: string }
  /** A service account, as a member. Refused as "full" beyond `accountsMax`; an id that is taken was made by an earlier try. */
  | {
      readonly kind: "addService";
      readonly account: { readonly id: string; readonly name: string; readonly createdAt: number };
      readonly accountsMax: number;
    }
  | { readonly kind: "nothing" };

/** A team as a change is decided on it, which nobody else can change before that is done. */
export interface LockedTeam extends TeamStanding {
  /** Whether the address is one of somebody in the team; only where it was asked about. */
  readonly hasEmail: boolean;
}

export type Decided<C, R> = C | { readonly kind: "refused"; readonly reason: R };

export type ChangeOutcome<R> =
  /** `templateIds`: where somebody may do something else now. */
  | { readonly kind: "changed"; readonly templateIds: readonly string[] }
  | { readonly kind: "refused"; readonly reason: R }
  | { readonly kind: "full" }
  /** What the change names is not there. */
  | { readonly kind: "missing" }
  /** There is no such team. */
  | { readonly kind: "gone" };

/** Which invitation, and of whom: by the token's hash, or by its id where it was sent to their address. */
export interface InvitationKey {
  readonly userId: string;
  readonly by: { readonly tokenHash: string } | { readonly id: string };
  readonly now: number;
}

export interface TeamStore {
  /** "full" where the person owns `ownedMax` already. An id that is taken was made by an earlier try: "created". */
  create(team: NewTeam, ownedMax: number): Promise<"created" | "full">;
  /** Makes the change that is decided on the team as it stands; `userIds` are the members whom that depends on. */
  change<R>(
    teamId: string,
    about: { readonly userIds: readonly string[]; readonly email?: string },
    decide: (team: LockedTeam) => Decided<TeamChange, R>,
  ): Promise<ChangeOutcome<R>>;
  /**
   * Lets the person into the team; who is in it keeps the stronger role. Again is the same, as long as they are in.
   * Undefined where there is no such invitation for them, or it ran out.
   */
  accept(
    key: InvitationKey,
  ): Promise<{ readonly teamId: string; readonly templateIds: readonly string[] } | undefined>;
  /** Whether an invitation waits for whoever has the token, as its hash, or the address. */
  isInvited(
    by: { readonly tokenHash: string } | { readonly email: string },
    now: number,
  ): Promise<boolean>;
  /** Ends an open invitation without accepting it; false where there is none. */
  decline(key: InvitationKey): Promise<boolean>;
  /** Removes invitations that ran out, and with them the addresses of people who may have no account; how many. */
  dropExpiredInvitations(now: number): Promise<number>;
}
