/** Whether a person who comes with a provider's token for the first time gets an account. */
import { parseEmailAddress } from "./emailAddress.js";
import { domainProblem, isInvited, type Invitations, type SignUpPolicy } from "./signUpPolicy.js";

/** The provider knows the person, and this server makes no account for them. The message says what to do. */
export class SignUpRefused extends Error {
  override readonly name = "SignUpRefused";
}

export interface AdmissionParts {
  readonly policy: SignUpPolicy;
  readonly invitations: Invitations;
  readonly clock: { now(): number };
}

/**
 * Returns where they do; `email` is the address that the provider verified.
 *
 * @throws SignUpRefused where they do not. Messages fit into the close frame of a WebSocket.
 */
export async function admitNewcomer(
  { policy, invitations, clock }: AdmissionParts,
  claimed: string | undefined,
): Promise<void> {
  const email = claimed === undefined ? undefined : parseEmailAddress(claimed);
  if (policy.mode === "closed") {
    throw new SignUpRefused(
      "you have no account on this server and sign-up is closed; ask an administrator",
    );
  }
  if (policy.domains.length > 0 && (email === undefined || domainProblem(policy, email))) {
    throw new SignUpRefused("sign-up requires a verified address of a permitted domain");
  }
  if (policy.mode === "open") return;
  if (email !== undefined && (await isInvited(invitations, { email }, clock.now()))) return;
  throw new SignUpRefused("sign-up requires an invitation to your verified address; ask for one");
}
