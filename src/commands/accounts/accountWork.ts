/** Steps on an account that several commands take, also those of a terminal, which run beside the server. */
import type { Sessions } from "../../sessions/sessions.js";
import type { AccountServices, Standings } from "./accountServices.js";
import type { Services } from "../services.js";
import { checkText } from "../checkText.js";
import { invalidInput, type RequestError } from "../requestError.js";

/** What the steps work with. */
export interface AccountParts extends Pick<Services, "users" | "clock"> {
  readonly accounts: Pick<AccountServices, "credentials"> & {
    readonly standings: Pick<Standings, "changed">;
  };
  readonly sessions: Pick<Sessions, "leaveAll">;
}

/** What came of a step; an account that is the last administrator's stays as it is. */
export type AccountStep = "done" | "gone" | "lastAdministrator";

/**
 * Ends all that the account is signed in with, on all nodes, with sessions and locks; with `apiTokens` those, too. A node
 * that sees the credentials end looks at the person's sessions then: they go first, and again what began meanwhile.
 */
export async function endCredentials(
  { accounts, clock, sessions }: AccountParts,
  userId: string,
  { apiTokens }: { readonly apiTokens: boolean },
): Promise<void> {
  await sessions.leaveAll(userId);
  await accounts.credentials.endAll(userId, clock.now(), apiTokens);
  accounts.standings.changed(userId);
  await sessions.leaveAll(userId);
}

/** Keeps the account from being used. What let its person in is over for good, also once the account is enabled. */
export async function disableAccount(parts: AccountParts, userId: string): Promise<AccountStep> {
  const outcome = await parts.users.disable(userId, parts.clock.now());
  if (outcome === "done") await endCredentials(parts, userId, { apiTokens: true });
  return outcome;
}

/** Lets the account be used again. What a provider issued meanwhile is over: its person signs in anew. */
export async function enableAccount(parts: AccountParts, userId: string): Promise<AccountStep> {
  const user = await parts.users.findById(userId);
  if (user === undefined) return "gone";
  if (user.disabledAt === null) return "done";
  await endCredentials(parts, userId, { apiTokens: true });
  return (await parts.users.enable(userId)) ? "done" : "gone";
}

/**
 * The account goes with all that proves who its person was; what they did stays in the history, without a name. Their
 * templates stay without an author. An erasure that was interrupted is finished by the next.
 */
export async function eraseAccount(parts: AccountParts, userId: string): Promise<AccountStep> {
  const { accounts, clock, users } = parts;
  const role = await users.roleOf(userId);
  if (role === undefined) return "gone";
  if (role === "ADMIN") {
    const outcome = await users.withdrawAdministration(userId);
    if (outcome === "lastAdministrator") return outcome;
  }
  // First what lets the person in: nothing new is begun while the rest goes.
  await endCredentials(parts, userId, { apiTokens: true });
  await users.remove(userId, clock.now());
  accounts.standings.changed(userId);
  return "done";
}

/** What came of confirming an address. */
export type EmailConfirmation = "done" | "gone" | "provenByOther" | "noAddress";

/** The address counts as proven: whoever administers the deployment knows that it is the person's. */
export async function confirmEmail(
  { users, clock }: Pick<AccountParts, "users" | "clock">,
  userId: string,
  email: string | null,
): Promise<EmailConfirmation> {
  return email === null ? "noAddress" : users.confirmEmail(userId, email, clock.now());
}

/** Why it was not, and what to do. */
export function confirmationProblem(outcome: Exclude<EmailConfirmation, "done">): string {
  switch (outcome) {
    case "gone":
      return "the account was deleted or its address changed; look it up again";
    case "noAddress":
      return "the account has no e-mail address";
    case "provenByOther":
      return "another account has proven this address; its person signs in there, or an administrator erases that account first";
  }
}

/** Checks a name of a person, as others see it: the refusal, or undefined. */
export function checkPersonName(
  name: string,
  { limits }: Pick<Services, "limits">,
): RequestError | undefined {
  if (/\p{Cc}/u.test(name)) return invalidInput("name must not contain control characters", "name");
  return checkText(name, { unitsMin: 1, unitsMax: limits.nameUnitsMax }, "name");
}
