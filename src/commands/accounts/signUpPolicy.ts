/** Who may make an account, by a password or by coming with a provider's token for the first time. */
import { domainToASCII } from "node:url";
import type { PermissionStore } from "../../storage/access/permissionStore.js";
import type { TeamStore } from "../../storage/teams/teamStore.js";
import { linkTokenHash } from "../access/linkTokens.js";

/** `invited`: whoever was invited to a team, or granted a permission at an address. */
export const signUpModes = ["open", "invited", "closed"] as const;

export interface SignUpPolicy {
  readonly mode: (typeof signUpModes)[number];
  /** The domains of the addresses that may be used; empty: all. */
  readonly domains: readonly string[];
}

/** Who waits for somebody to come. */
export interface Invitations {
  readonly teams: Pick<TeamStore, "isInvited">;
  readonly permissions: Pick<PermissionStore, "isAwaited">;
}

/** By the token that was handed out, or by an address that is proven to be the person's. */
export type InvitedBy = { readonly tokenHash: string } | { readonly email: string };

/** Whether somebody invited whoever has the token or the address. */
export async function isInvited(
  { teams, permissions }: Invitations,
  by: InvitedBy,
  now: number,
): Promise<boolean> {
  return (await teams.isInvited(by, now)) || permissions.isAwaited(by, now);
}

/** What an invitation's token, of whichever kind, is kept as; undefined for what cannot be one. */
export function invitationHash(
  token: string,
): { readonly kind: "invitation" | "permission"; readonly tokenHash: string } | undefined {
  for (const kind of ["invitation", "permission"] as const) {
    const tokenHash = linkTokenHash(kind, token);
    if (tokenHash !== undefined) return { kind, tokenHash };
  }
  return undefined;
}

/** Why the address cannot be used, undefined where it can. Domains are compared as names in the DNS are. */
export function domainProblem(
  { domains }: Pick<SignUpPolicy, "domains">,
  email: string,
): string | undefined {
  if (domains.length === 0) return undefined;
  const domain = domainToASCII(email.slice(email.lastIndexOf("@") + 1));
  if (domains.some((allowed) => domainToASCII(allowed) === domain)) return undefined;
  return `email must be an address of ${domains.join(", ")}`;
}
