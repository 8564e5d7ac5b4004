/**
 * `npm run admin -- grant EMAIL | revoke EMAIL | list | give TEMPLATE_ID EMAIL | purge`: who administers this deployment,
 * who gets a template whose author's account is gone, and what has been in the bin for too long goes for good. Works on
 * DATABASE_URL or the data folder, also while the server runs, which follows at once. Exit code 0 where it is so now, 1
 * where there is no such account or template, 2 where nothing could be done: wrong usage, no database.
 */
import { parseEmailAddress } from "./commands/emailAddress.js";
import { readConfig } from "./config.js";
import { runCommand, withDatabase } from "./databaseCommand.js";
import { systemClock } from "./live/clock.js";
import { readDatabaseTime } from "./storage/databaseTime.js";
import { PrismaAuditStore } from "./storage/prismaAuditStore.js";
import { PrismaUserStore } from "./storage/prismaUserStore.js";
import { onDatabase } from "./storage/statement.js";
import { DAY_MS, purgeBin } from "./storage/templateBin.js";
import { isUuid } from "./storage/uuid.js";
import { systemEntry } from "./systemEntry.js";

const options = { statementMsMax: 10_000 };
const USAGE =
  "usage: npm run admin -- grant EMAIL | revoke EMAIL | list | give TEMPLATE_ID EMAIL | purge\n";

async function main(words: readonly string[]): Promise<number> {
  const [command, address, ...more] = words;
  if (command === "give" && words.length === 3) return give(words[1]!, words[2]!);
  if (more.length > 0) return refuse(USAGE);
  switch (command) {
    case "list":
      return address === undefined ? list() : refuse(USAGE);
    case "purge":
      return address === undefined ? purge() : refuse(USAGE);
    case "grant":
    case "revoke": {
      if (address === undefined) return refuse(USAGE);
      const email = parseEmailAddress(address);
      if (email === undefined) return refuse(`admin: ${address} is no e-mail address\n`);
      return setRole(command, email);
    }
    default:
      return refuse(USAGE);
  }
}

function refuse(text: string): number {
  process.stderr.write(text);
  return 2;
}

async function list(): Promise<number> {
  const administrators = await withDatabase(options, ({ prisma }) =>
    new PrismaUserStore(prisma).administrators(),
  );
  const lines = administrators.map(({ email, name }) => `${email}  ${name}\n`);
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

async function give(templateId: string, address: string): Promise<number> {
  const email = parseEmailAddress(address);
  if (email === undefined) return refuse(`admin: ${address} is no e-mail address\n`);
  if (!isUuid(templateId)) return refuse(`admin: ${templateId} is no template's id\n`);
  const given = await withDatabase(options, ({ prisma }) =>
    onDatabase(() =>
      prisma.$transaction(async (transaction) => {
        const user = await new PrismaUserStore(transaction as typeof prisma).findByEmail(email);
        if (user === undefined) return `no account has the address ${email}; sign up first`;
        const where = { id: templateId, authorId: null };
        const { count } = await transaction.template.updateMany({
          where,
          data: { authorId: user.id },
        });
        if (count === 0) return `there is no template ${templateId} without an author`;
        const entry = systemEntry(systemClock, "GIVE_TEMPLATE", { templateId, userId: user.id });
        await new PrismaAuditStore(transaction).write({ entries: [entry] });
        return undefined;
      }),
    ),
  );
  if (given !== undefined) {
    process.stderr.write(`admin: ${given}\n`);
    return 1;
  }
  process.stdout.write(`${templateId} is ${email}'s now\n`);
  return 0;
}

async function setRole(command: "grant" | "revoke", email: string): Promise<number> {
  const isSet = await withDatabase(options, ({ prisma }) =>
    onDatabase(() =>
      prisma.$transaction(async (transaction) => {
        const users = new PrismaUserStore(transaction as typeof prisma);
        if (!(await users.setRole(email, command === "grant" ? "ADMIN" : "USER"))) return false;
        const user = await users.findByEmail(email);
        const ids = user === undefined ? {} : { userId: user.id };
        const entry = systemEntry(systemClock, `${command.toUpperCase()}_ADMIN`, ids);
        await new PrismaAuditStore(transaction).write({ entries: [entry] });
        return true;
      }),
    ),
  );
  if (!isSet) {
    process.stderr.write(`admin: no account has the address ${email}; sign up first\n`);
    return 1;
  }
  const now = command === "grant" ? "is an administrator now" : "is no administrator any more";
  process.stdout.write(`${email} ${now}\n`);
  return 0;
}

await runCommand("admin", main);
