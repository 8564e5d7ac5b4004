/** The account named on a command line, and how a command prints an account. */
import { parseEmailAddress, hasProvenAddress } from "../commands/accounts/emailAddress.js";
import type { UserRecord, UserStore } from "../storage/accounts/userStore.js";
import type { Terminal } from "./terminal.js";
import { isUuid } from "../storage/postgres/uuid.js";

/** What was done, or why it was not. */
export type Outcome = { readonly done: string } | { readonly failed: string };

/** Writes it, and answers the exit code. */
export function writeOutcome({ out, err }: Terminal, outcome: Outcome): number {
  if ("done" in outcome) {
    out(`${outcome.done}\n`);
    return 0;
  }
  err(`admin: ${outcome.failed}\n`);
  return 1;
}

/** All that is known of who somebody is, for a person to judge by. */
export function described(user: UserRecord): string {
  const { id, name, createdAt, disabledAt } = user;
  const since = `since ${new Date(createdAt).toISOString()}`;
  const disabled = disabledAt === null ? "" : `  disabled ${new Date(disabledAt).toISOString()}`;
  return `${id}  ${name}  ${proofOf(user)}  ${since}${disabled}`;
}

function proofOf(user: UserRecord): string {
  if (user.kind === "SERVICE") return `service account of team ${user.serviceTeamId ?? "(gone)"}`;
  if (user.email === null) return "no address";
  return hasProvenAddress(user) ? `${user.email} (proven)` : `${user.email} (not proven)`;
}

/** Whom an id or an address is of. What gives somebody rights insists that they are who the address says. */
export async function accountOf(
  users: Pick<UserStore, "findAtAddress" | "findById">,
  who: string,
  { mustBeProven }: { readonly mustBeProven: boolean },
): Promise<UserRecord | { readonly failed: string }> {
  if (isUuid(who)) {
    return (await users.findById(who)) ?? { failed: `no account has the id ${who}` };
  }
  const email = parseEmailAddress(who) ?? "";
  const found = await users.findAtAddress(email);
  const [user] = mustBeProven ? found.filter(hasProvenAddress) : found;
  if (found.length === 0) {
    const advice = "`npm run admin -- users TEXT` finds accounts";
    return { failed: `no account has the address ${email}; ${advice}` };
  }
  if (user !== undefined && (mustBeProven || found.length === 1)) return user;
  const reason = mustBeProven
    ? `${email} is not proven to be this person's`
    : `several accounts have the address ${email}`;
  const accounts = found.map(described).join("\n");
  return { failed: `${reason}:\n${accounts}\nname the id of the right account` };
}

/** Whether the word can be somebody. */
export function isWho(who: string): boolean {
  return isUuid(who) || parseEmailAddress(who) !== undefined;
}
