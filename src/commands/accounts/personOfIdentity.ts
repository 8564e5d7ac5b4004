/** The account of whom an outside identity provider vouches for; made when they come for the first time. */
import { isVisible, namePart } from "../../domain/text/visibleText.js";
import type { Identity, NewUser } from "../../storage/accounts/userStore.js";
import { admitNewcomer, type AdmissionParts } from "./admitNewcomer.js";
import { domainProblem } from "./signUpPolicy.js";
import { parseEmailAddress } from "./emailAddress.js";
import type { Services } from "../services.js";

/** What a provider's token says, after its signature was checked. */
export interface IdentityClaims extends Identity {
  readonly name: string | undefined;
  /** Only where the provider says that it is verified. */
  readonly email: string | undefined;
}

interface Parts extends Pick<Services, "users" | "clock" | "newId" | "limits"> {
  /** Who gets an account. */
  readonly admission: AdmissionParts;
}

const NAMELESS = "New person";

/**
 * The account's id; undefined where the account was erased after the provider vouched for its person: an old token, which
 * a program goes on sending, is not somebody who comes again. Nothing is linked by address: who controls an address at a
 * provider need not be who has an account here. An account that only signs in with the address keeps that, and this one
 * gets the address as its own, proven; an address that another account proved is left with that one.
 *
 * @throws SignUpRefused where no account is made for them
 */
export async function personOfIdentity(
  services: Parts,
  claims: IdentityClaims,
  vouchedAt: number,
): Promise<string | undefined> {
  const { issuer, subject } = claims;
  const identity = { issuer, subject };
  const known = await services.users.findByIdentity(identity);
  if (known !== undefined) {
    if (known.email === null) await proveEmail(services, known.id, claims.email);
    return known.id;
  }
  await admitNewcomer(services.admission, claims.email);
  const user = accountOf(services, claims);
  const create = (made: NewUser) => services.users.createWithIdentity(made, identity, vouchedAt);
  const created = await create(user);
  if (created.kind === "created") return user.id;
  const withoutEmail = { ...user, email: null };
  const again = created.kind === "emailTaken" ? await create(withoutEmail) : created;
  if (again.kind === "created") return user.id;
  if (again.kind === "identityErased") return undefined;
  // Another request of the same person made it at this moment.
  const made = await services.users.findByIdentity(identity);
  if (made === undefined) throw new Error(`the identity of ${issuer} has no account`);
  return made.id;
}

/** The provider may verify an address later, and an address that another account had may be free by now. */
async function proveEmail(
  { users, clock, admission }: Parts,
  userId: string,
  claimed: string | undefined,
): Promise<void> {
  const email = claimed === undefined ? undefined : parseEmailAddress(claimed);
  if (email === undefined || domainProblem(admission.policy, email) !== undefined) return;
  await users.proveEmail(userId, email, clock.now());
}

function accountOf({ clock, newId, limits }: Parts, claims: IdentityClaims): NewUser {
  const email = claims.email === undefined ? undefined : parseEmailAddress(claims.email);
  return {
    id: newId(),
    email: email ?? null,
    name: nameOf(claims.name, limits.nameUnitsMax),
    passwordHash: null,
    avatarUrl: null,
    createdAt: clock.now(),
  };
}

/** What others will see: bounded and printable, whatever the provider lets people call themselves. */
function nameOf(claimed: string | undefined, unitsMax: number): string {
  const printable = namePart((claimed ?? "").toWellFormed());
  const cut = printable
    .slice(0, unitsMax)
    .replace(/[\ud800-\udbff]$/, "")
    .trim();
  return isVisible(cut) ? cut : NAMELESS;
}
