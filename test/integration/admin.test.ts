/** `npm run admin`, beside what a running server would use. The program itself is run in test/running/image.test.ts. */
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adminCommand } from "../../src/cli/adminCommand.js";
import { runCommand } from "../../src/cli/databaseCommand.js";
import { openDatabase, type Database } from "../../src/storage/postgres/database.js";
import { PrismaCredentialStore } from "../../src/storage/credentials/prismaCredentialStore.js";
import { PrismaTemplateStore } from "../../src/storage/templates/prismaTemplateStore.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { DAY_MS } from "../../src/storage/templates/templateBin.js";
import { newTemplate } from "../contracts/storedOperations.js";
import { databaseOptions } from "../contracts/storeOnPostgres.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";

let database: TestDatabase;
let connection: Database;
let users: PrismaUserStore;
let credentials: PrismaCredentialStore;
const id = randomUUID();
const MADE_AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(databaseOptions(database.url));
  users = new PrismaUserStore(connection.prisma);
  credentials = new PrismaCredentialStore(connection.prisma);
  await users.create({
    id,
    email: "ada@example.org",
    name: "Ada",
    passwordHash: "none",
    avatarUrl: null,
    createdAt: MADE_AT,
  });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

/** Ends the command where it asks to be ended. */
class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Runs the command within this process, as the program does in one of its own. */
async function admin(url: string, ...words: readonly string[]) {
  let text = "";
  const write = (written: string) => void (text += written);
  const exit = (code: number): never => {
    throw new Exit(code);
  };
  const env = { ...process.env, DATABASE_URL: url };
  const terminal = { env, out: write, err: write, exit };
  const run = () => adminCommand(words, terminal).catch(codeOfExit);
  return { status: await runCommand("admin", run, terminal), text };
}

function codeOfExit(error: unknown): number {
  if (error instanceof Exit) return error.code;
  throw error;
}

/** The line that says who somebody is. */
const shown = (userId: string, name: string, address: string) =>
  `${userId}  ${name}  ${address}  since ${new Date(MADE_AT).toISOString()}\n`;

test("NODE-5 grants, lists and revokes by id, and says who that is", async () => {
  const ada = shown(id, "Ada", "ada@example.org (not proven)");
  expect((await admin(database.url, "list")).text).toBe("there is no administrator\n");
  const granted = await admin(database.url, "grant", id);
  expect(granted).toEqual({ status: 0, text: `${ada}is now an administrator\n` });
  expect(await users.roleOf(id)).toBe("ADMIN");
  expect((await admin(database.url, "list")).text).toBe(ada);
  // What takes rights away needs no proof.
  const revoked = await admin(database.url, "revoke", "ada@example.org");
  expect(revoked).toEqual({ status: 0, text: `${ada}is no longer an administrator\n` });
  expect(await users.roleOf(id)).toBe("USER");
});

test("NODE-13 grants nothing for an address that nobody proved, and says whom it is of", async () => {
  for (const words of [["grant"], ["give", randomUUID()]]) {
    const { status, text } = await admin(database.url, ...words, "Ada@Example.org");
    expect(status).toBe(1);
    expect(text).toContain("ada@example.org is not proven");
    expect(text).toContain(`${id}  Ada  ada@example.org`);
    expect(text).toContain(new Date(MADE_AT).toISOString());
  }
  expect(await users.roleOf(id)).toBe("USER");
});

test("NODE-13 grants for an address that an identity provider proved, and to who has none by id", async () => {
  const [proven, nameless] = [randomUUID(), randomUUID()];
  const rest = { passwordHash: null, avatarUrl: null, createdAt: MADE_AT };
  const identity = (subject: string) => ({ issuer: "https://id.example.com", subject });
  const bob = { id: proven, email: "bob@example.org", name: "Bob", ...rest };
  await users.createWithIdentity(bob, identity("bob"), MADE_AT);
  const cleo = { id: nameless, email: null, name: "Cleo", ...rest };
  await users.createWithIdentity(cleo, identity("cleo"), MADE_AT);
  const byAddress = await admin(database.url, "grant", "bob@example.org");
  expect(byAddress.status).toBe(0);
  expect(byAddress.text).toContain(shown(proven, "Bob", "bob@example.org (proven)"));
  expect((await admin(database.url, "grant", nameless)).status).toBe(0);
  expect(await users.roleOf(proven)).toBe("ADMIN");
  expect(await users.roleOf(nameless)).toBe("ADMIN");
});

test("AUTH-80, NODE-13 confirms an address, which names its account from then on", async () => {
  const confirmed = await admin(database.url, "confirm", "ada@example.org");
  expect(confirmed.status).toBe(0);
  expect(confirmed.text).toContain("now has a proven address");
  expect((await admin(database.url, "grant", "ada@example.org")).status).toBe(0);
  expect((await admin(database.url, "revoke", "ada@example.org")).status).toBe(0);
});

test("TEAM-44 empties the bin of what has been there for too long", async () => {
  const templates = new PrismaTemplateStore(connection.prisma);
  const [old, recent] = [newTemplate(id), newTemplate(id)];
  const now = Date.now();
  for (const template of [old, recent]) await templates.create(template);
  await templates.setDeleted(old.templateId, now - 31 * DAY_MS);
  await templates.setDeleted(recent.templateId, now - 29 * DAY_MS);
  const text = "erased: 1\n";
  expect(await admin(database.url, "purge")).toEqual({ status: 0, text });
  const heads = await templates.heads([old.templateId, recent.templateId]);
  expect([...heads.keys()]).toEqual([recent.templateId]);
});

/** A person of their own, with a sign-in and an API token. */
async function signedIn() {
  const userId = randomUUID();
  const email = `${userId}@example.org`;
  const rest = { name: "Person", passwordHash: "hash", avatarUrl: null, createdAt: MADE_AT };
  await users.create({ id: userId, email, ...rest });
  const now = Date.now();
  const opened = { id: randomUUID(), userId, passwordHash: "hash", now, expiresAt: now + DAY_MS };
  const refreshHash = createHash("sha256").update(userId).digest("hex");
  await credentials.signIn({ ...opened, refreshHash, signInsMax: 9 });
  const token = { id: randomUUID(), userId, name: "CI", scopes: ["READ"] as const };
  const tokenHash = createHash("sha256").update(token.id).digest("hex");
  const times = { createdAt: now, expiresAt: now + DAY_MS };
  await credentials.addApiToken({ ...token, ...times, tokenHash, limit: null, apiTokensMax: 9 });
  const listed = async () =>
    (await credentials.standings([userId], Date.now())).get(userId)?.listed.size;
  return { userId, email, listed };
}

test("ADMIN-9 lists, disables, enables and erases accounts, and says whom", async () => {
  const { userId, email, listed } = await signedIn();
  const who = shown(userId, "Person", `${email} (not proven)`).trim();
  expect(await admin(database.url, "users", email.toUpperCase())).toEqual({
    status: 0,
    text: `${who}\n`,
  });
  expect((await admin(database.url, "users", "nobody at all")).text).toBe("no accounts found\n");
  expect((await admin(database.url, "users")).text).toContain(who);
  expect(await listed()).toBe(2);
  const disabled = await admin(database.url, "disable", email);
  expect(disabled.status).toBe(0);
  expect(disabled.text).toContain(who);
  expect(await listed()).toBeUndefined();
  expect((await admin(database.url, "users", userId)).text).toContain("  disabled 20");
  expect(await admin(database.url, "reset", userId)).toMatchObject({ status: 1 });
  expect((await admin(database.url, "enable", userId)).status).toBe(0);
  expect(await listed()).toBe(0);
  expect((await admin(database.url, "erase", userId)).status).toBe(0);
  expect(await users.findById(userId)).toBeUndefined();
  expect(await admin(database.url, "erase", userId)).toMatchObject({ status: 1 });
  const actions = await connection.prisma.auditEntry.findMany({
    where: { actorKind: "SYSTEM" },
    orderBy: { at: "asc" },
    select: { action: true, resourceIds: true },
  });
  const ofPerson = actions.filter(({ resourceIds }) =>
    JSON.stringify(resourceIds).includes(userId),
  );
  expect(ofPerson.map(({ action }) => action)).toEqual(
    ["DISABLE", "RESET", "ENABLE", "ERASE"].map((verb) => `${verb}_ACCOUNT`),
  );
});

test("ADMIN-9 signs out, and makes a token for a new password that is shown once", async () => {
  const { userId, listed } = await signedIn();
  expect((await admin(database.url, "sign-out", userId)).status).toBe(0);
  expect(await listed()).toBe(0);
  const { status, text } = await admin(database.url, "reset", userId);
  expect(status).toBe(0);
  const token = /reset_[\w-]{43}/.exec(text)?.[0];
  const tokenHash = createHash("sha256").update(token!).digest("hex");
  const reset = { tokenHash, passwordHash: "next", now: Date.now() };
  expect(await credentials.resetPassword(reset)).toBe(userId);
  expect(JSON.stringify(await connection.prisma.auditEntry.findMany())).not.toContain(token);
});

test("AUTH-53 makes an account whose person sets the password", async () => {
  const email = `made.${randomUUID()}@example.org`;
  const { status, text } = await admin(database.url, "create", email, "Made Person");
  expect(status).toBe(0);
  const made = (await users.findBySignInName(email))!;
  expect(text).toContain(`${made.id}  Made Person\n`);
  const tokenHash = createHash("sha256")
    .update(/reset_[\w-]{43}/.exec(text)![0])
    .digest("hex");
  const reset = { tokenHash, passwordHash: "next", now: Date.now() };
  expect(await credentials.resetPassword(reset)).toBe(made.id);
  const again = await admin(database.url, "create", email, "Made Again");
  expect(again).toEqual({ status: 1, text: "admin: email already has an account\n" });
});

test("ADMIN-8 leaves the last administrator's account as it is", async () => {
  await connection.prisma.user.updateMany({ data: { role: "USER" } });
  const [first, second] = [await signedIn(), await signedIn()];
  for (const { userId } of [first, second]) await users.setRole(userId, "ADMIN");
  expect((await admin(database.url, "disable", first.userId)).status).toBe(0);
  for (const verb of ["disable", "erase"]) {
    const { status, text } = await admin(database.url, verb, second.userId);
    expect(status).toBe(1);
    expect(text).toContain("last administrator");
  }
  expect(await second.listed()).toBe(2);
});

test("NODE-5 says what is wrong, in one line and by its exit code", async () => {
  const nobody = await admin(database.url, "grant", "nobody@example.org");
  expect(nobody.status).toBe(1);
  expect(nobody.text).toContain("no account has the address nobody@example.org");
  const unknown = randomUUID();
  const noId = await admin(database.url, "grant", unknown);
  expect(noId).toEqual({ status: 1, text: `admin: no account has the id ${unknown}\n` });
  for (const words of [[], ["grant"], ["list", "x"], ["grant", "a@b.org", "x"], ["promote", "x"]]) {
    const { status, text } = await admin(database.url, ...words);
    expect([status, text]).toEqual([2, expect.stringMatching(/^admin: [^\n]+ --help\n$/)]);
  }
  expect(await admin(database.url, "grant", "ada")).toMatchObject({
    status: 2,
    text: expect.stringContaining('"ada" is neither the id of an account nor an e-mail address'),
  });
  const away = await admin("postgres://u:secret@127.0.0.1:1/x", "list");
  expect(away.status).toBe(2);
  expect(away.text).not.toMatch(/secret|\n./);
});

test("TEAM-45 gives a template away whose author's account is gone, and no other", async () => {
  const store = new PrismaTemplateStore(connection.prisma);
  const template = newTemplate(id);
  await store.create(template);
  const { templateId } = template;
  const refused = await admin(database.url, "give", templateId, id);
  expect(refused).toEqual({
    status: 1,
    text: `admin: no template ${templateId} without an author\n`,
  });
  await connection.prisma.template.update({
    where: { id: templateId },
    data: { authorId: null },
  });
  const before = (await store.heads([templateId])).get(templateId)!;
  const given = await admin(database.url, "give", templateId, id);
  expect(given.status).toBe(0);
  expect(given.text).toContain(`is now the author of ${templateId}`);
  const after = (await store.heads([templateId])).get(templateId)!;
  expect(after).toMatchObject({ authorId: id });
  expect(after.accessRevision).toBeGreaterThan(before.accessRevision);
});
