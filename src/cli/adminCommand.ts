/**
 * `npm run admin -- …` (`USAGE`): who administers this deployment, which accounts there are and whether they can be used,
 * who gets a template whose author's account is gone, and what has been in the bin for too long goes for good. WHO is an
 * account's id or its e-mail address; to give rights, the address only where it is proven: at signing up anybody can name
 * any address.
 * Works on DATABASE_URL or the data folder, also while the server runs, which follows at once. Exit code 0 where it is so
 * now, 1 where there is no such account or template or the address is not proven, 2 where nothing could be done: wrong
 * usage, no database.
 */
import { accountVerbs, changeAccount, createAccount, listAccounts } from "./adminAccounts.js";
import { accountOf, described, isWho, writeOutcome, type Outcome } from "./accountArgument.js";
import { readCommandLine, unknownWord } from "./commandLine.js";
import { readConfig } from "../config/readConfig.js";
import { withDatabase } from "./databaseCommand.js";
import { systemClock } from "../platform/clock.js";
import { readDatabaseTime } from "../storage/postgres/database.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import { PrismaAuditStore } from "../storage/audit/prismaAuditStore.js";
import { PrismaUserStore } from "../storage/accounts/prismaUserStore.js";
import { onDatabase } from "../storage/postgres/statement.js";
import { DAY_MS, purgeBin } from "../storage/templates/templateBin.js";
import type { UserRecord } from "../storage/accounts/userStore.js";
import { isUuid } from "../storage/postgres/uuid.js";
import type { Terminal } from "./terminal.js";
import { systemEntry } from "./systemEntry.js";

const STATEMENT_MS_MAX = 10_000;
const USAGE =
  "npm run admin -- COMMAND\n" +
  "  grant WHO | revoke WHO | list      makes or removes an administrator, or lists them\n" +
  "  users [TEXT]                       lists the newest accounts, or those with TEXT in name or address\n" +
  "  create ADDRESS NAME                creates an account, and a link to set its password\n" +
  "  disable WHO | enable WHO           disables an account, or enables it again\n" +
  "  confirm WHO                        marks the e-mail address of an account as proven\n" +
  "  sign-out WHO                       ends all sign-ins and API tokens of an account\n" +
  "  reset WHO                          creates a link to set a new password, once\n" +
  "  erase WHO                          erases an account for good\n" +
  "  give TEMPLATE_ID WHO               transfers a template whose author was deleted\n" +
  "  purge                              erases templates deleted longer ago than TEMPLATE_BIN_DAYS_MAX\n" +
  "An account is named (WHO) by its id or e-mail address; grant and give require a proven address";

/** What a command takes, in the words of the usage, and what it does with it. */
interface AdminCommand {
  readonly takes: readonly string[];
  /** Taken after those, where it is given. */
  readonly mayTake?: string;
  readonly run: (terminal: Terminal, ...words: string[]) => Promise<number>;
}

const commands: Readonly<Record<string, AdminCommand>> = {
  grant: { takes: ["WHO"], run: (terminal, who) => setRole(terminal, "grant", who!) },
  revoke: { takes: ["WHO"], run: (terminal, who) => setRole(terminal, "revoke", who!) },
  list: { takes: [], run: list },
  users: { takes: [], mayTake: "TEXT", run: listAccounts },
  create: {
    takes: ["ADDRESS", "NAME"],
    run: (terminal, address, name) => createAccount(terminal, address!, name!),
  },
  ...Object.fromEntries(
    accountVerbs.map((verb) => [
      verb,
      {
        takes: ["WHO"],
        run: (terminal: Terminal, who: string) => changeAccount(terminal, verb, who),
      },
    ]),
  ),
  give: {
    takes: ["TEMPLATE_ID", "WHO"],
    run: (terminal, templateId, who) => give(terminal, templateId!, who!),
  },
  purge: { takes: [], run: purge },
};

/** Does what the words say, and answers the exit code. */
export async function adminCommand(words: readonly string[], terminal: Terminal): Promise<number> {
  const line = { name: "admin", usage: USAGE, positionalsMax: Infinity };
  const { positionals, refuse } = readCommandLine(line, words, terminal);
  const [name, ...given] = positionals;
  const names = Object.keys(commands);
  if (name === undefined) return refuse(`name a command: ${names.join(", ")}`);
  if (!names.includes(name)) return refuse(unknownWord("command", name, names));
  const { takes, mayTake, run } = commands[name]!;
  const missing = takes.slice(given.length);
  if (missing.length > 0) return refuse(`${name} needs ${missing.join(" and ")}`);
  const tooMuch = given[takes.length + (mayTake === undefined ? 0 : 1)];
  if (tooMuch !== undefined) return refuse(`"${tooMuch}" is one word too many for ${name}`);
  const who = given[takes.indexOf("WHO")];
  if (takes.includes("WHO") && !isWho(who!)) {
    return refuse(`"${who}" is neither the id of an account nor an e-mail address`);
  }
  const template = given[takes.indexOf("TEMPLATE_ID")];
  if (takes.includes("TEMPLATE_ID") && !isUuid(template!)) {
    return refuse(`"${template}" is not the id of a template`);
  }
  return run(terminal, ...given);
}

async function list(terminal: Terminal): Promise<number> {
  const administrators = await withDatabase(
    { statementMsMax: STATEMENT_MS_MAX, env: terminal.env },
    ({ prisma }) => new PrismaUserStore(prisma).administrators(),
  );
  const lines = administrators.map((user) => `${described(user)}\n`);
  terminal.out(lines.join("") || "there is no administrator\n");
  return 0;
}

async function purge(terminal: Terminal): Promise<number> {
  const { templateBinDaysMax } = readConfig(terminal.env).teams;
  const removed = await withDatabase(
    { statementMsMax: STATEMENT_MS_MAX, env: terminal.env },
    async ({ prisma }) =>
      purgeBin(prisma, (await readDatabaseTime(prisma)) - templateBinDaysMax * DAY_MS),
  );
  terminal.out(`erased: ${removed}\n`);
  return 0;
}

/** Does the work in one transaction, with the account that is meant. */
function withAccount(
  terminal: Terminal,
  who: string,
  expected: { readonly mustBeProven: boolean },
  work: (transaction: PrismaClient, user: UserRecord) => Promise<Outcome>,
): Promise<Outcome> {
  return withDatabase({ statementMsMax: STATEMENT_MS_MAX, env: terminal.env }, ({ prisma }) =>
    onDatabase(() =>
      prisma.$transaction(async (given) => {
        const transaction = given as PrismaClient;
        const user = await accountOf(new PrismaUserStore(transaction), who, expected);
        return "failed" in user ? user : work(transaction, user);
      }),
    ),
  );
}

async function give(terminal: Terminal, templateId: string, who: string): Promise<number> {
  const outcome = await withAccount(
    terminal,
    who,
    { mustBeProven: true },
    async (transaction, user) => {
      if (user.kind === "SERVICE") {
        return { failed: "a service account owns only what belongs to its team; name a person" };
      }
      const where = { id: templateId, authorId: null };
      const { count } = await transaction.template.updateMany({
        where,
        data: { authorId: user.id },
      });
      if (count === 0) return { failed: `no template ${templateId} without an author` };
      const entry = systemEntry(systemClock, "GIVE_TEMPLATE", { templateId, userId: user.id });
      await new PrismaAuditStore(transaction).write({ entries: [entry] });
      return { done: `${described(user)}\nis now the author of ${templateId}` };
    },
  );
  return writeOutcome(terminal, outcome);
}

async function setRole(
  terminal: Terminal,
  command: "grant" | "revoke",
  who: string,
): Promise<number> {
  const isGrant = command === "grant";
  const outcome = await withAccount(
    terminal,
    who,
    { mustBeProven: isGrant },
    async (transaction, user) => {
      if (isGrant && user.kind === "SERVICE")
        return { failed: "a service account cannot be an administrator" };
      await new PrismaUserStore(transaction).setRole(user.id, isGrant ? "ADMIN" : "USER");
      const ids = { userId: user.id };
      const entry = systemEntry(systemClock, `${command.toUpperCase()}_ADMIN`, ids);
      await new PrismaAuditStore(transaction).write({ entries: [entry] });
      const now = isGrant ? "is now an administrator" : "is no longer an administrator";
      return { done: `${described(user)}\n${now}` };
    },
  );
  return writeOutcome(terminal, outcome);
}
