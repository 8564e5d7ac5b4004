/**
 * `npm run admin -- grant WHO | revoke WHO | list | give TEMPLATE_ID WHO | purge`: who administers this deployment, who
 * gets a template whose author's account is gone, and what has been in the bin for too long goes for good. WHO is an
 * account's id, or its e-mail address where an identity provider proved it: at signing up anybody can name any address.
 * Works on DATABASE_URL or the data folder, also while the server runs, which follows at once. Exit code 0 where it is so
 * now, 1 where there is no such account or template or the address is not proven, 2 where nothing could be done: wrong
 * usage, no database.
 */
import { parseEmailAddress } from "./commands/emailAddress.js";
import { hasProvenAddress } from "./commands/provenAddress.js";
import { readCommandLine } from "./commandLine.js";
import { readConfig } from "./config.js";
import { runCommand, withDatabase } from "./databaseCommand.js";
import { systemClock } from "./live/clock.js";
import { readDatabaseTime } from "./storage/databaseTime.js";
import type { PrismaClient } from "./storage/generated/prisma/client.js";
import { PrismaAuditStore } from "./storage/prismaAuditStore.js";
import { PrismaUserStore } from "./storage/prismaUserStore.js";
import { onDatabase } from "./storage/statement.js";
import { DAY_MS, purgeBin } from "./storage/templateBin.js";
import type { UserRecord } from "./storage/userStore.js";
import { isUuid } from "./storage/uuid.js";
import { systemEntry } from "./systemEntry.js";

const options = { statementMsMax: 10_000 };
const USAGE =
  "npm run admin -- grant WHO | revoke WHO | list | give TEMPLATE_ID WHO | purge\n" +
  "WHO is the id of an account, or its e-mail address where an identity provider proved it";

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
      break;
    case 2:
      if (command === "grant" || command === "revoke") return setRole(command, first!);
      break;
    case 3:
      if (command === "give") return give(first!, second!);
  }
  return refuse(command === undefined ? "what is to be done?" : "that is not understood");
}

function tellWrong(text: string): number {
  process.stderr.write(text);
  return 2;
}

/** What was done, or why it was not, on the streams and with the exit codes of all commands. */
type Outcome = { readonly done: string } | { readonly failed: string };

function tell(outcome: Outcome): number {
  if ("done" in outcome) {
    process.stdout.write(`${outcome.done}\n`);
    return 0;
  }
  process.stderr.write(`admin: ${outcome.failed}\n`);
  return 1;
}

/** All that is known of who somebody is, for a person to judge by. */
function described(user: UserRecord): string {
  const { id, name, email, createdAt } = user;
  const proof =
    email === null
      ? "no address"
      : hasProvenAddress(user)
        ? `${email} (proven by the identity provider)`
        : `${email} (not proven: whoever signed up named it)`;
  return `${id}  ${name}  ${proof}  since ${new Date(createdAt).toISOString()}`;
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

/** Whom an id or an address is of. What gives somebody rights insists that they are who the address says. */
async function accountOf(
  users: PrismaUserStore,
  who: string,
  { mustBeProven }: { readonly mustBeProven: boolean },
): Promise<UserRecord | { readonly failed: string }> {
  if (isUuid(who)) {
    return (await users.findById(who)) ?? { failed: `no account has the id ${who}` };
  }
  const email = parseEmailAddress(who) ?? "";
  const user = await users.findByEmail(email);
  if (user === undefined) return { failed: `no account has the address ${email}; sign up first` };
  if (!mustBeProven || hasProvenAddress(user)) return user;
  return {
    failed:
      `nobody proved that ${email} is this person's:\n${described(user)}\n` +
      `if it is who you mean, name the id in the place of the address`,
  };
}

function isWho(who: string): boolean {
  return isUuid(who) || parseEmailAddress(who) !== undefined;
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
  if (!isWho(who)) return tellWrong(`admin: ${who} is no account's id and no e-mail address\n`);
  if (!isUuid(templateId)) return tellWrong(`admin: ${templateId} is no template's id\n`);
  const outcome = await withAccount(who, { mustBeProven: true }, async (transaction, user) => {
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
  if (!isWho(who)) return tellWrong(`admin: ${who} is no account's id and no e-mail address\n`);
  const isGrant = command === "grant";
  const outcome = await withAccount(who, { mustBeProven: isGrant }, async (transaction, user) => {
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
