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
import { accountOf, described, isWho, tell, type Outcome } from "./adminWho.js";
import { readCommandLine } from "./commandLine.js";
import { readConfig } from "../config/readConfig.js";
import { runCommand, withDatabase } from "./databaseCommand.js";
import { systemClock } from "../platform/clock.js";
import { readDatabaseTime } from "../storage/postgres/database.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import { PrismaAuditStore } from "../storage/audit/prismaAuditStore.js";
import { PrismaUserStore } from "../storage/accounts/prismaUserStore.js";
import { onDatabase } from "../storage/postgres/statement.js";
import { DAY_MS, purgeBin } from "../storage/templates/templateBin.js";
import type { UserRecord } from "../storage/accounts/userStore.js";
import { isUuid } from "../storage/postgres/uuid.js";
import { systemEntry } from "./systemEntry.js";

const options = { statementMsMax: 10_000 };
const USAGE =
  "npm run admin -- COMMAND\n" +
  "  grant WHO | revoke WHO | list      who administers\n" +
  "  users [TEXT]                       the newest accounts, or those with the text in name or address\n" +
  "  create ADDRESS NAME                makes an account, and a link with which its person sets the password\n" +
  "  disable WHO | enable WHO           keeps an account from being used, and lets it be used again\n" +
  "  confirm WHO                        makes the address of an account count as proven to be its person's\n" +
  "  sign-out WHO                       ends all that an account is signed in with\n" +
  "  reset WHO                          makes a link with which its person sets a new password, once\n" +
  "  erase WHO                          erases an account for good\n" +
  "  give TEMPLATE_ID WHO               gives away a template whose author's account is gone\n" +
  "  purge                              removes what has been in the bin for too long\n" +
  "WHO is the id of an account or its e-mail address; with grant and give the address only where it is proven";

async function main(): Promise<number> {
  const { positionals, refuse } = readCommandLine({
    name: "admin",
    usage: USAGE,
    positionalsMax: 3,
  });
  const [command, first, second] = positionals;
  switch (positionals.length) {
    case 1:
      if (command === "list") return list();
      if (command === "purge") return purge();
      if (command === "users") return listAccounts();
      break;
    case 2:
      if (command === "grant" || command === "revoke") return setRole(command, first!);
      if (command === "users") return listAccounts(first);
      for (const verb of accountVerbs) {
        if (command !== verb) continue;
        return isWho(first!) ? changeAccount(verb, first!) : tellWrong(nobody(first!));
      }
      break;
    case 3:
      if (command === "give") return give(first!, second!);
      if (command === "create") return createAccount(first!, second!);
  }
  return refuse(command === undefined ? "what is to be done?" : "that is not understood");
}

function tellWrong(text: string): number {
  process.stderr.write(text);
  return 2;
}

function nobody(who: string): string {
  return `admin: ${who} is no account's id and no e-mail address\n`;
}

async function list(): Promise<number> {
  const administrators = await withDatabase(options, ({ prisma }) =>
    new PrismaUserStore(prisma).administrators(),
  );
  const lines = administrators.map((user) => `${described(user)}\n`);
  process.stdout.write(lines.join("") || "there is no administrator\n");
  return 0;
}

async function purge(): Promise<number> {
  const { templateBinDaysMax } = readConfig(process.env).teams;
  const removed = await withDatabase(options, async ({ prisma }) =>
    purgeBin(prisma, (await readDatabaseTime(prisma)) - templateBinDaysMax * DAY_MS),
  );
  process.stdout.write(`removed for good: ${removed}\n`);
  return 0;
}

/** Does the work in one transaction, with the account that is meant. */
function withAccount(
  who: string,
  expected: { readonly mustBeProven: boolean },
  work: (transaction: PrismaClient, user: UserRecord) => Promise<Outcome>,
): Promise<Outcome> {
  return withDatabase(options, ({ prisma }) =>
    onDatabase(() =>
      prisma.$transaction(async (given) => {
        const transaction = given as PrismaClient;
        const user = await accountOf(new PrismaUserStore(transaction), who, expected);
        return "failed" in user ? user : work(transaction, user);
      }),
    ),
  );
}

async function give(templateId: string, who: string): Promise<number> {
  if (!isWho(who)) return tellWrong(nobody(who));
  if (!isUuid(templateId)) return tellWrong(`admin: ${templateId} is no template's id\n`);
  const outcome = await withAccount(who, { mustBeProven: true }, async (transaction, user) => {
    if (user.kind === "SERVICE") {
      return { failed: "a service account owns nothing but what is its team's: name a person" };
    }
    const where = { id: templateId, authorId: null };
    const { count } = await transaction.template.updateMany({
      where,
      data: { authorId: user.id },
    });
    if (count === 0) return { failed: `there is no template ${templateId} without an author` };
    const entry = systemEntry(systemClock, "GIVE_TEMPLATE", { templateId, userId: user.id });
    await new PrismaAuditStore(transaction).write({ entries: [entry] });
    return { done: `${described(user)}\nhas ${templateId} now` };
  });
  return tell(outcome);
}

async function setRole(command: "grant" | "revoke", who: string): Promise<number> {
  if (!isWho(who)) return tellWrong(nobody(who));
  const isGrant = command === "grant";
  const outcome = await withAccount(who, { mustBeProven: isGrant }, async (transaction, user) => {
    if (isGrant && user.kind === "SERVICE")
      return { failed: "a service account administers nothing" };
    await new PrismaUserStore(transaction).setRole(user.id, isGrant ? "ADMIN" : "USER");
    const ids = { userId: user.id };
    const entry = systemEntry(systemClock, `${command.toUpperCase()}_ADMIN`, ids);
    await new PrismaAuditStore(transaction).write({ entries: [entry] });
    const now = isGrant ? "is an administrator now" : "is no administrator any more";
    return { done: `${described(user)}\n${now}` };
  });
  return tell(outcome);
}

await runCommand("admin", main);
