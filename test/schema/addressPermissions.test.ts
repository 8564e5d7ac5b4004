/** What is granted to e-mail addresses, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
});
afterAll(() => api.stop());
beforeEach(async () => {
  templateId = await ada.createTemplate({ name: "T" });
});

const newEmail = () => `${randomUUID()}@example.org`;

/** Somebody for whose address an identity provider vouches. */
async function comesWith(email: string): Promise<Client> {
  const id = randomUUID();
  const account = { id, email, name: "P", passwordHash: null, avatarUrl: null, createdAt: 0 };
  const identity = { issuer: "https://provider", subject: id };
  await api.services.users.createWithIdentity(account, identity, 0);
  return api.as(id);
}

async function grant(input: object, by = ada) {
  const { setTemplatePermission } = await by.data(
    `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) {
      __typename ... on TemplatePermissionSet { changed token template { id } }
      ... on RequestError { code message path } } }`,
    { input: { templateId, ...input } },
  );
  return setTemplatePermission;
}

async function accept(token: string, by: Client) {
  const { acceptTemplatePermission } = await by.data(
    `mutation ($token: String!) { acceptTemplatePermission(input: { token: $token }) {
      ... on TemplatePermissionAccepted { template { id } } ... on RequestError { code } } }`,
    { token },
  );
  return acceptTemplatePermission;
}

async function roleOf(client: Client): Promise<string | null> {
  const { template } = await client.data(`{ template(id: "${templateId}") { viewerRole } }`);
  return template?.viewerRole ?? null;
}

async function permissions() {
  const { template } = await ada.data(
    `{ template(id: "${templateId}") { permissions { email role user { id } teamId } } }`,
  );
  return template.permissions;
}

async function join(client: Client) {
  const { joinTemplate } = await client.data(
    `mutation ($input: JoinTemplateInput!) { joinTemplate(input: $input) { __typename } }`,
    { input: { templateId, clientId: "c" } },
  );
  expect(joinTemplate.__typename).toBe("TemplateJoined");
}

async function mention(userId: string) {
  const input = { templateId, id: randomUUID(), body: "look", mentions: [userId] };
  const { createComment } = await ada.data(
    `mutation ($input: CreateCommentInput!) { createComment(input: $input) {
      __typename ... on RequestError { code message } } }`,
    { input },
  );
  return createComment;
}

describe("ACC-40 what an address was granted", () => {
  test("is theirs who come with it later or are there, in lists, too", async () => {
    const email = newEmail();
    expect(await grant({ email: ` ${email.toUpperCase()} `, role: "COMMENT" })).toMatchObject({
      changed: true,
      token: expect.stringMatching(/^permission_[\w-]{43}$/),
    });
    const carol = await comesWith(email);
    expect(await roleOf(carol)).toBe("COMMENT");
    const { templates } = await carol.data(`{ templates(first: 5) { nodes { id } } }`);
    expect(templates.nodes).toEqual([{ id: templateId }]);
    await grant({ email, role: "EDIT", elementTypes: ["text"] });
    expect(await roleOf(carol)).toBe("EDIT");
    await grant({ email });
    expect(await roleOf(carol)).toBeNull();
  });

  test("is not theirs who only signed up with it, before or after; the token is what they need", async () => {
    const before = await api.signUp("Before");
    const { token } = await grant({ email: before.email, role: "VIEW" });
    expect(await roleOf(before)).toBeNull();
    expect(await accept(token, before)).toEqual({ template: { id: templateId } });
    expect(await roleOf(before)).toBe("VIEW");
    const next = `next.${randomUUID()}@example.org`;
    await grant({ email: next, role: "VIEW" });
    const account = { email: next, name: "N", passwordHash: "x", avatarUrl: null, createdAt: 0 };
    const id = randomUUID();
    await api.services.users.create({ id, ...account });
    expect(await roleOf(api.as(id))).toBeNull();
  });

  test("is accepted by one person; what is over, foreign or made up is one answer", async () => {
    const { token } = await grant({ email: newEmail(), role: "EDIT" });
    expect(await accept(token, api.anonymous)).toEqual({ code: "UNAUTHENTICATED" });
    await accept(token, bob);
    expect(await accept(token, bob)).toEqual({ template: { id: templateId } });
    const carol = await api.signUp("Carol");
    const taken = await grant({ email: newEmail(), role: "EDIT" });
    await grant({ email: (await permissions()).at(-1).email });
    for (const wrong of [token, taken.token, `permission_${"x".repeat(43)}`, "", "share_x"]) {
      expect(await accept(wrong, carol)).toEqual({ code: "NOT_FOUND" });
    }
    expect(await roleOf(carol)).toBeNull();
  });

  test("of those who come and those who grant at one moment none is forgotten", async () => {
    const emails = Array.from({ length: 12 }, newEmail);
    const [people] = await Promise.all([
      Promise.all(emails.map(comesWith)),
      Promise.all(emails.map((email) => grant({ email, role: "VIEW" }))),
    ]);
    expect(await Promise.all(people.map(roleOf))).toEqual(emails.map(() => "VIEW"));
  });
});

describe("ACC-41 nobody learns whether an address has an account", () => {
  test("from answers, lists, refusals and statements", async () => {
    const [email, nobodys] = [newEmail(), newEmail()];
    const carol = await comesWith(email);
    const traces = [];
    for (const one of [nobodys, email]) {
      const trace: unknown[] = [];
      for (const input of [{ role: "VIEW" }, { role: "VIEW" }, { role: "EDIT" }, {}, {}]) {
        const statements = await api.statements(async () => {
          const { token, ...answer } = await grant({ email: one, ...input });
          trace.push(answer, typeof token);
        });
        trace.push(statements.filter((text) => !/audit/i.test(text)));
        trace.push((await permissions()).map((held: object) => ({ ...held, email: "" })));
      }
      traces.push(trace);
    }
    expect(traces[1]).toEqual(traces[0]);
    await grant({ email, role: "EDIT" });
    expect(await mention(carol.id)).toEqual(await mention(randomUUID()));
    const { transferTemplate } = await ada.data(
      `mutation ($input: TransferTemplateInput!) { transferTemplate(input: $input) {
        ... on RequestError { code } } }`,
      { input: { templateId, userId: carol.id } },
    );
    expect(transferTemplate).toEqual({ code: "NOT_FOUND" });
  });

  test("until its person joins", async () => {
    const email = newEmail();
    const carol = await comesWith(email);
    await grant({ email, role: "EDIT" });
    expect(await permissions()).toEqual([{ email, role: "EDIT", user: null, teamId: null }]);
    await join(carol);
    expect(await permissions()).toMatchObject([{ email, user: { id: carol.id } }]);
    expect(await mention(carol.id)).toMatchObject({ __typename: "CommentSaved" });
  });

  test("nor from a token that somebody else accepts", async () => {
    const email = newEmail();
    const carol = await comesWith(email);
    const { token } = await grant({ email, role: "EDIT" });
    expect(await accept(token, bob)).toEqual({ template: { id: templateId } });
    expect(await roleOf(carol)).toBeNull();
  });
});

describe("ACC-42 what an address was granted", () => {
  test("is for who may share, and counts in its form", async () => {
    const email = newEmail();
    expect(await grant({ email, role: "VIEW" }, api.anonymous)).toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect(await grant({ email, role: "VIEW" }, bob)).toMatchObject({ code: "NOT_FOUND" });
    for (const [input, path] of [
      [{ email: "nobody", role: "VIEW" }, "email"],
      [{ email: "", role: "VIEW" }, "email"],
      [{ email, userId: bob.id, role: "VIEW" }, "userId"],
      [{ email, role: "VIEW", pageIds: ["p"] }, "pageIds"],
    ] as const) {
      expect(await grant(input)).toMatchObject({ code: "INVALID_INPUT", path: [path] });
    }
    expect(await permissions()).toEqual([]);
  });

  test("counts with all others against the bound", async () => {
    await api.prisma.templatePermission.createMany({
      data: Array.from({ length: 1_000 }, (_, index) => ({
        ...{ templateId, id: randomUUID(), email: `${index}@example.org`, role: "VIEW" as const },
        templateCreatedAt: new Date(),
      })),
    });
    expect(await grant({ email: newEmail(), role: "VIEW" })).toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
    expect(await grant({ email: "7@example.org", role: "EDIT" })).toMatchObject({ changed: true });
  });

  test("has the id that the answer tells, which the audit log holds instead of the address", async () => {
    const email = newEmail();
    const { setTemplatePermission } = await ada.data(
      `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) {
        ... on TemplatePermissionSet { permissionId } } }`,
      { input: { templateId, email, role: "EDIT" } },
    );
    const { permissionId } = setTemplatePermission;
    const { template } = await ada.data(
      `{ template(id: "${templateId}") { permissions { id email } } }`,
    );
    expect(template.permissions).toEqual([{ id: permissionId, email }]);
  });

  test("administers nothing until somebody came, and goes with the account", async () => {
    const email = newEmail();
    const admin = await api.signUp("Admin");
    await grant({ userId: admin.id, role: "ADMIN" });
    await api.prisma.template.update({ where: { id: templateId }, data: { authorId: null } });
    const carol = await comesWith(email);
    await grant({ email, role: "ADMIN" }, admin);
    const giveUp = () => grant({ userId: admin.id }, admin);
    expect(await giveUp()).toMatchObject({ code: "FORBIDDEN" });
    await join(carol);
    expect(await giveUp()).toMatchObject({ changed: true });
    await api.services.users.remove(carol.id, Date.now());
    expect(await api.prisma.templatePermission.count({ where: { email } })).toBe(0);
  });
});
