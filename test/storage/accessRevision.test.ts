/** The access revision on PostgreSQL: raised by whatever changes who may do what, also by cascades. */
import { unrestricted } from "../../src/domain/access/grant.js";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { PrismaPermissionStore } from "../../src/storage/access/prismaPermissionStore.js";
import { newTemplate } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

let on: StoreOnPostgres;
let permissions: PrismaPermissionStore;
let templateId: string;
let ada: string;
let bob: string;

beforeAll(async () => {
  on = await openStoreOnPostgres();
  permissions = new PrismaPermissionStore(on.database.prisma);
});
afterAll(() => on.close());
beforeEach(async () => {
  [ada, bob] = [await on.newUser(), await on.newUser()];
  const template = newTemplate(ada);
  templateId = template.templateId;
  await on.store.create(template);
});

const revision = async () =>
  (await on.store.heads([templateId])).get(templateId)?.accessRevision ?? -1;
const roleOf = async (userId: string) =>
  (await permissions.readGrants([{ templateId, userId }]))[0]?.grant.role;
const sql = (text: string, ...values: unknown[]) => on.database.pool.query(text, values);

/** Runs the statement and says whether it raised the revision. */
async function raises(text: string, ...values: unknown[]): Promise<boolean> {
  const before = await revision();
  await sql(text, ...values);
  return (await revision()) > before;
}

async function newTeam(): Promise<string> {
  const id = randomUUID();
  await sql(
    "INSERT INTO teams (id, name, owner_id, created_at) VALUES ($1, 'T', $2, now())",
    id,
    ada,
  );
  return id;
}

it("ACC-21 grows with team and project of the template, their members and owners", async () => {
  const teamId = await newTeam();
  const projectId = randomUUID();
  expect(await raises("UPDATE templates SET team_id = $2 WHERE id = $1", templateId, teamId)).toBe(
    true,
  );
  const join = "INSERT INTO team_members VALUES ($1, $2, 'MEMBER', now())";
  expect(await raises(join, teamId, bob)).toBe(true);
  expect(await roleOf(bob)).toBe("EDIT");
  expect(await raises("UPDATE team_members SET role = 'ADMIN' WHERE team_id = $1", teamId)).toBe(
    true,
  );
  expect(await roleOf(bob)).toBe("ADMIN");
  await sql("INSERT INTO projects VALUES ($1, $2, NULL, 'P', now())", projectId, teamId);
  const move = "UPDATE templates SET team_id = NULL, project_id = $2 WHERE id = $1";
  expect(await raises(move, templateId, projectId)).toBe(true);
  expect(await roleOf(bob)).toBe("ADMIN");
  expect(await raises("DELETE FROM team_members WHERE team_id = $1", teamId)).toBe(true);
  expect(await roleOf(bob)).toBeNull();
  expect(await raises("UPDATE teams SET owner_id = $2 WHERE id = $1", teamId, bob)).toBe(true);
  expect(await roleOf(bob)).toBe("ADMIN");
  expect(await raises("UPDATE projects SET team_id = NULL WHERE id = $1", projectId)).toBe(true);
  const joinProject = "INSERT INTO project_members VALUES ($1, $2, 'COMMENT', now())";
  expect(await raises(joinProject, projectId, bob)).toBe(true);
  expect(await roleOf(bob)).toBe("COMMENT");
  expect(await raises("DELETE FROM projects WHERE id = $1", projectId)).toBe(true);
  expect(await roleOf(bob)).toBeNull();
});

it("ACC-21 grows where a team, a person or an author goes", async () => {
  const teamId = await newTeam();
  await sql("INSERT INTO team_members VALUES ($1, $2, 'MEMBER', now())", teamId, bob);
  const everywhere = unrestricted;
  const give = (holder: Parameters<typeof permissions.change>[0]["holder"]) =>
    permissions.change(
      { templateId, holder, permission: { role: "EDIT", ...everywhere } },
      () => undefined,
    );
  await give({ kind: "team", teamId });
  expect(await roleOf(bob)).toBe("EDIT");
  expect(await raises("DELETE FROM teams WHERE id = $1", teamId)).toBe(true);
  expect(await roleOf(bob)).toBeNull();
  await give({ kind: "user", userId: bob });
  expect(await raises("DELETE FROM users WHERE id = $1", bob)).toBe(true);
  expect(await roleOf(bob)).toBeNull();
  expect(await raises("DELETE FROM users WHERE id = $1", ada)).toBe(true);
});

it("ACC-22 what a share link granted counts as long as the link does", async () => {
  const linkId = randomUUID();
  const link = `INSERT INTO share_links (template_id, id, token_hash, role, created_at, expires_at)
    VALUES ($1, $2, '\\x00', 'COMMENT', now(), now() + interval '1 hour')`;
  await sql(link, templateId, linkId);
  const opened = `INSERT INTO template_permissions
    (template_id, id, user_id, share_link_id, role, template_created_at)
    VALUES ($1, $2, $3, $4, 'COMMENT', now())`;
  expect(await raises(opened, templateId, randomUUID(), bob, linkId)).toBe(true);
  const [stored] = await permissions.readGrants([{ templateId, userId: bob }]);
  expect(stored?.grant.role).toBe("COMMENT");
  expect(stored?.validMs).toBeGreaterThan(3_000_000);
  expect(stored?.validMs).toBeLessThanOrEqual(3_600_000);
  expect(await permissions.list([templateId], true)).toEqual(new Map());
  const end = "UPDATE share_links SET expires_at = now() WHERE id = $1";
  expect(await raises(end, linkId)).toBe(true);
  expect(await roleOf(bob)).toBeNull();
  expect(await permissions.endedLinks(60_000)).toEqual([templateId]);
  expect(await permissions.endedLinks(0)).toEqual([]);
  expect(await raises("DELETE FROM share_links WHERE id = $1", linkId)).toBe(true);
});

it("ACC-21 stays where nothing of that changes: commits, details, locks", async () => {
  expect(
    await raises("UPDATE templates SET version = 1, name = 'n' WHERE id = $1", templateId),
  ).toBe(false);
});
