/**
 * `npm run admin -- users | create | disable | enable | confirm | sign-out | reset | erase`: accounts, beside a running server, which follows
 * within a second. Tokens go to standard output and nowhere else.
 */
import { createPasswords } from "../accounts/passwords.js";
import { accountOf, described, writeOutcome, type Outcome } from "./accountArgument.js";
import {
  confirmationProblem,
  confirmEmail as confirmOwnEmail,
  disableAccount,
  enableAccount,
  endCredentials,
  eraseAccount,
  type AccountParts,
  type AccountStep,
  type EmailConfirmation,
} from "../commands/accounts/accountWork.js";
import { createAccountFor } from "../commands/accounts/createAccount.js";
import { makePasswordReset, resetProblem } from "../commands/credentials/passwordResets.js";
import { linkOf } from "../commands/access/linkTokens.js";
import { readConfig } from "../config/readConfig.js";
import { withDatabase } from "./databaseCommand.js";
import { systemClock } from "../platform/clock.js";
import { readAccountPage } from "../storage/accounts/accountPage.js";
import { readDatabaseTime } from "../storage/postgres/database.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import { PrismaAuditStore } from "../storage/audit/prismaAuditStore.js";
import { PrismaCredentialStore } from "../storage/credentials/prismaCredentialStore.js";
import { PrismaSessionStore } from "../storage/sessions/prismaSessionStore.js";
import { PrismaUserStore } from "../storage/accounts/prismaUserStore.js";
import type { UserRecord } from "../storage/accounts/userStore.js";
import type { Terminal } from "./terminal.js";
import { systemEntry } from "./systemEntry.js";
import { timeOrderedIds } from "../platform/timeOrderedId.js";

const STATEMENT_MS_MAX = 60_000;
const LISTED_MAX = 100;

export const accountVerbs = ["disable", "enable", "confirm", "sign-out", "reset", "erase"] as const;
type AccountVerb = (typeof accountVerbs)[number];

interface Work extends AccountParts {
  readonly terminal: Terminal;
  readonly user: UserRecord;
}

/** What each does with the account. */
const verbs: Readonly<Record<AccountVerb, (work: Work) => Promise<Outcome>>> = {
  disable: async (work) =>
    cameOf(
      await disableAccount(work, work.user.id),
      "is disabled; its sign-ins and API tokens have ended",
    ),
  enable: async (work) => cameOf(await enableAccount(work, work.user.id), "is enabled"),
  "sign-out": async (work) => {
    await endCredentials(work, work.user.id, { apiTokens: true });
    return { done: "is signed out everywhere, including API tokens" };
  },
  confirm: async (work) => confirmed(await confirmOwnEmail(work, work.user.id, work.user.email)),
  reset: resetPassword,
  erase: async (work) => cameOf(await eraseAccount(work, work.user.id), "is erased"),
};

/** Does it with the account that the word means; the last administrator's is left as it is where that would lock all out. */
export async function changeAccount(
  terminal: Terminal,
  verb: AccountVerb,
  who: string,
): Promise<number> {
  const outcome = await withDatabase(
    { statementMsMax: STATEMENT_MS_MAX, env: terminal.env },
    async ({ prisma }): Promise<Outcome> => {
      const users = new PrismaUserStore(prisma);
      const user = await accountOf(users, who, { mustBeProven: false });
      if ("failed" in user) return user;
      const work = { ...(await partsOn(prisma)), users, user, terminal };
      // Before, so that nothing is done that is not written down.
      const action = `${verb.replace("-", "_").toUpperCase()}_ACCOUNT`;
      const entry = systemEntry(work.clock, action, { userId: user.id });
      await new PrismaAuditStore(prisma).write({ entries: [entry] });
      const came = await verbs[verb](work);
      return "done" in came ? { done: `${described(user)}\n${came.done}` } : came;
    },
  );
  return writeOutcome(terminal, outcome);
}

/** However sign-up is limited. */
export async function createAccount(
  terminal: Terminal,
  email: string,
  name: string,
): Promise<number> {
  const outcome = await withDatabase(
    { statementMsMax: STATEMENT_MS_MAX, env: terminal.env },
    async ({ prisma }): Promise<Outcome> => {
      const { accounts, limits } = readConfig(terminal.env);
      const { clock, accounts: stores } = await partsOn(prisma);
      const settings = { passwordResetLifetimeMs: accounts.passwordResetLifetimeSeconds * 1_000 };
      const made = await createAccountFor(
        {
          ...{ clock, limits, accounts: { ...stores, settings } },
          ...{ users: new PrismaUserStore(prisma), newId: timeOrderedIds(clock) },
          passwords: createPasswords(),
        },
        { email, name },
        null,
      );
      if (made.kind === "refused") return { failed: made.message };
      const entry = systemEntry(clock, "CREATE_ACCOUNT", { userId: made.userId });
      await new PrismaAuditStore(prisma).write({ entries: [entry] });
      return { done: `${made.userId}  ${name}\n${shownLink(terminal, made)}` };
    },
  );
  return writeOutcome(terminal, outcome);
}

/** The newest accounts, or those with the text in name or address. */
export async function listAccounts(terminal: Terminal, search?: string): Promise<number> {
  const rows = await withDatabase(
    { statementMsMax: STATEMENT_MS_MAX, env: terminal.env },
    ({ prisma }) => readAccountPage(prisma, { ...(search && { search }), limit: LISTED_MAX + 1 }),
  );
  const lines = rows.slice(0, LISTED_MAX).map((row) => {
    const { createdAt, disabledAt } = row;
    const user = { ...row, passwordHash: null, avatarUrl: null, createdAt: createdAt.getTime() };
    const text = described({ ...user, disabledAt: disabledAt?.getTime() ?? null });
    return `${text}${row.role === "ADMIN" ? "  administrator" : ""}\n`;
  });
  terminal.out(lines.join("") || "no accounts found\n");
  if (rows.length > LISTED_MAX) {
    terminal.err(
      `these are the newest ${LISTED_MAX}; name a part of the name or address for others\n`,
    );
  }
  return 0;
}

function confirmed(outcome: EmailConfirmation): Outcome {
  if (outcome === "done") return { done: "now has a proven address" };
  return { failed: confirmationProblem(outcome) };
}

async function resetPassword({ terminal, user, accounts, clock }: Work): Promise<Outcome> {
  const problem = resetProblem(user);
  if (problem !== undefined) return { failed: problem };
  const { passwordResetLifetimeSeconds } = readConfig(terminal.env).accounts;
  const settings = { passwordResetLifetimeMs: passwordResetLifetimeSeconds * 1_000 };
  const parts = { accounts: { ...accounts, settings }, clock };
  const made = await makePasswordReset(parts, { userId: user.id, provesEmail: false }, null);
  if (made === undefined) return { failed: "the account was deleted or is disabled" };
  return { done: shownLink(terminal, made) };
}

/** Without PUBLIC_URL the link of a development server is the one on this machine. */
function shownLink(
  terminal: Terminal,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: number },
): string {
  const { environment, port, publicUrl } = readConfig(terminal.env).server;
  const until = new Date(expiresAt).toISOString();
  const local = environment === "production" ? undefined : `http://localhost:${port}`;
  const link = linkOf(token, publicUrl ?? local);
  const begun = link.startsWith("/") ? " (after the server's address, or set PUBLIC_URL)" : "";
  return `sets a new password once, until ${until}, with this link${begun}:\n${link}`;
}

/** By the database's clock, as the servers go by. */
async function partsOn(prisma: PrismaClient): Promise<Omit<AccountParts, "users">> {
  const aheadMs = (await readDatabaseTime(prisma)) - systemClock.now();
  const sessions = new PrismaSessionStore(prisma);
  return {
    clock: { ...systemClock, now: () => systemClock.now() + aheadMs },
    accounts: {
      credentials: new PrismaCredentialStore(prisma),
      // Nobody is connected to a command.
      standings: { changed: () => {} },
    },
    sessions: {
      leaveAll: async (userId) => void (await sessions.endAllOf(userId)),
    },
  };
}

function cameOf(step: AccountStep, done: string): Outcome {
  switch (step) {
    case "done":
      return { done };
    case "gone":
      return { failed: "the account was deleted" };
    case "lastAdministrator":
      return { failed: "this is the last administrator; grant the role to another user first" };
  }
}
