/** The audit log of a running server: what every mutation leaves there, who reads it, and what survives a kill. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
  isNonNullType,
  isScalarType,
  isUnionType,
  print,
  type GraphQLField,
  type GraphQLInputType,
  astFromValue,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { actionOf } from "../../src/domain/audit/attempt.js";
import { buildSchema } from "../../src/schema/build.js";
import { openDatabase, type Database } from "../../src/storage/postgres/database.js";
import { databaseOptions } from "../contracts/storeOnPostgres.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import {
  newAuthor,
  query,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

const AUDIT_LOG = `query ($filter: AuditFilter, $first: Int, $after: String) {
  auditLog(filter: $filter, first: $first, after: $after) {
    nodes {
      id at actorKind actorId actor { name } address clientId action resourceKind resourceIds templateId teamId
      result code details
    }
    pageInfo { hasNextPage endCursor }
  }
}`;

const EDIT = `mutation ($input: ApplyOperationsInput!) {
  applyOperations(input: $input) { __typename ... on UserError { code } }
}`;

function paint(templateId: string, id: string, more: object = {}): object {
  const operation = { id, type: "UPDATE_CANVAS", target: {}, payload: { background: id } };
  const input = { templateId, baseVersion: 1, onConflict: "FORCE", operations: [operation] };
  return { input: { ...input, ...more } };
}

interface Entry {
  readonly action: string;
  readonly result: string;
  readonly details: { readonly [name: string]: unknown };
  readonly [field: string]: unknown;
}

interface Self {
  readonly id: string;
  readonly email: string;
}

async function selfOf(server: TestServer, token: string): Promise<Self> {
  const { json, text } = await query(server, "{ viewer { id email } }", {}, token);
  if (json.data?.["viewer"] == null) throw new Error(text);
  return json.data["viewer"] as Self;
}

const idOf = async (server: TestServer, token: string) => (await selfOf(server, token)).id;

async function newAdministrator(server: TestServer): Promise<Author> {
  const admin = await newAuthor(server);
  await server.services.users.setRole(await idOf(server, admin.token), "ADMIN");
  return admin;
}

interface Page {
  readonly nodes: readonly Entry[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

async function pageFor(server: TestServer, token: string, variables: object): Promise<Page> {
  const { json, text } = await query(server, AUDIT_LOG, variables, token);
  if (json.data?.["auditLog"] == null) throw new Error(text);
  return json.data["auditLog"] as Page;
}

const entriesFor = async (server: TestServer, token: string, filter: object) =>
  (await pageFor(server, token, { filter, first: 500 })).nodes;

/** Any value that the type accepts. */
function valueFor(type: GraphQLInputType): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return [];
  if (isEnumType(bare)) return bare.getValues()[0]?.value;
  if (isScalarType(bare)) {
    const values: { [name: string]: unknown } = {
      ID: "00000000-0000-7000-8000-00000000dead",
      Int: 1,
      Float: 1,
      Boolean: true,
      DateTime: new Date(0),
      Timestamp: 1,
      JSON: null,
    };
    return bare.name in values ? values[bare.name] : "text";
  }
  const required = Object.values(bare.getFields()).filter((field) => isNonNullType(field.type));
  return Object.fromEntries(required.map((field) => [field.name, valueFor(field.type)]));
}

/** A document that calls the mutation with the least that it takes. */
function documentFor({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const given = args
    .filter((arg) => isNonNullType(arg.type))
    .map((arg) => `${arg.name}: ${print(astFromValue(valueFor(arg.type), arg.type)!)}`);
  const selection = isScalarType(getNamedType(type)) ? "" : "{ __typename }";
  const call = given.length > 0 ? `${name}(${given.join(", ")})` : name;
  return `mutation { ${call} ${isUnionType(getNamedType(type)) ? "{ __typename }" : selection} }`;
}

/** Sends documents one after the other on one WebSocket, until each is answered. */
async function overWebSocket({ wsUrl }: TestServer, documents: readonly string[]): Promise<void> {
  const socket = new WebSocket(wsUrl, "graphql-transport-ws");
  const answered = new Set<string>();
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })));
    socket.on("message", (data: Buffer) => {
      const { type, id } = JSON.parse(data.toString()) as { type: string; id: string };
      if (type === "complete" || type === "error") answered.add(id);
      if (type === "connection_ack" || type === "complete" || type === "error") {
        const next = documents[answered.size];
        if (next === undefined) return resolve();
        const payload = { query: next };
        socket.send(JSON.stringify({ type: "subscribe", id: String(answered.size), payload }));
      }
    });
  });
  socket.terminate();
}

describe("the audit log of a server", () => {
  let database: TestDatabase;
  let tables: Database;
  let server: TestServer;
  let admin: Author;
  let ada: Author;
  beforeAll(async () => {
    database = await createTestDatabase();
    tables = openDatabase(databaseOptions(database.url));
    server = await startTestServer({
      DATABASE_URL: database.url,
      AUDIT_FLUSH_MS: "5",
      // This file attempts every mutation without signing in.
      AUDIT_ANONYMOUS_ENTRIES_PER_HOUR_MAX: "1000",
    });
    admin = await newAdministrator(server);
    ada = await newAuthor(server);
  });
  afterAll(async () => {
    await server.close();
    await tables.close();
    await database.drop();
  });

  const entries = (filter: object) => entriesFor(server, admin.token, filter);

  const mutations = Object.values(buildSchema().getMutationType()!.getFields());
  const unnamed = new Set(["updatePresence"]);
  const followed = mutations.filter(({ name }) => !unnamed.has(name));

  test("AUD-6 every mutation of the schema is told, over HTTP", async () => {
    for (const mutation of mutations) await query(server, documentFor(mutation));
    await expect
      .poll(async () => {
        const told = new Set((await entries({})).map(({ action }) => action));
        return followed.map(({ name }) => name).filter((name) => !told.has(actionOf(name)));
      })
      .toEqual([]);
    for (const name of unnamed) expect(await entries({ action: actionOf(name) })).toEqual([]);
  });

  test("AUD-6 every mutation of the schema is told, over WebSocket", async () => {
    const from = new Date().toISOString();
    await overWebSocket(server, mutations.map(documentFor));
    await expect
      .poll(async () => {
        const told = new Set((await entries({ from })).map(({ action }) => action));
        return followed.map(({ name }) => name).filter((name) => !told.has(actionOf(name)));
      })
      .toEqual([]);
  });

  test("AUD-1 AUD-6 an edit is told with who, from where, on what and which versions", async () => {
    const { token, templateId } = ada;
    await query(server, EDIT, paint(templateId, "red", { clientId: "tab" }), token);
    await query(server, EDIT, paint(templateId, "red", { clientId: "tab" }), token);
    await query(server, EDIT, paint(templateId, "blue", { baseVersion: 99 }), token);
    await expect
      .poll(() => entries({ templateId, action: "APPLY_OPERATIONS" }))
      .toMatchObject([
        { result: "REFUSED", code: "INVALID_INPUT", details: { baseVersion: 99 } },
        { result: "ACCEPTED", details: { duplicates: 1, baseVersion: 1, operations: 1 } },
        {
          actorKind: "USER",
          actorId: await idOf(server, token),
          actor: { name: "Author" },
          address: expect.stringMatching(/^(::1|127\.0\.0\.1|::ffff:127\.0\.0\.1)$/),
          clientId: "tab",
          resourceKind: "template",
          resourceIds: { templateId },
          templateId,
          result: "ACCEPTED",
          code: null,
          details: { fromVersion: 1, toVersion: 2, onConflict: "FORCE" },
        },
      ]);
    expect(await entries({ templateId, action: "CREATE_TEMPLATE" })).toMatchObject([
      { result: "ACCEPTED", resourceKind: "template" },
    ]);
  });

  test("AUD-6 who tries to change what they may not is told", async () => {
    const stranger = await newAuthor(server);
    const { templateId } = ada;
    await query(server, EDIT, paint(templateId, "mine"), stranger.token);
    const actorId = await idOf(server, stranger.token);
    await expect
      .poll(() => entries({ templateId, actorId }))
      .toMatchObject([{ result: "REFUSED", code: "NOT_FOUND" }]);
  });

  test("AUD-8 signing in is told with whom it made known, a failure without what was tried", async () => {
    const email = "grace.hopper@example.org";
    const account = { email, name: "Grace", password: "a password that is secret" };
    const document = (field: string, type: string) => `mutation ($input: ${type}!) {
      ${field}(input: $input) { __typename } }`;
    await query(server, document("signUp", "SignUpInput"), { input: account });
    const signIn = document("signIn", "SignInInput");
    const from = new Date().toISOString();
    await query(server, signIn, { input: { email, password: account.password } });
    await query(server, signIn, { input: { email, password: "another secret password" } });
    await query(server, signIn, { input: { email: "nobody@example.org", password: "secret" } });
    await expect.poll(() => entries({ from, action: "SIGN_IN" })).toHaveLength(3);
    const [unknown, wrong, right] = await entries({ from, action: "SIGN_IN" });
    expect(unknown).toMatchObject({ actorKind: "ANONYMOUS", result: "REFUSED", resourceIds: {} });
    expect(right).toMatchObject({ actorKind: "USER", result: "ACCEPTED", resourceKind: "user" });
    const userId = right?.["actorId"];
    expect(right?.["actor"]).toEqual({ name: "Grace" });
    expect(wrong).toMatchObject({
      actorKind: "ANONYMOUS",
      actorId: null,
      code: "UNAUTHENTICATED",
      resourceIds: { userId },
    });
    const everything = JSON.stringify(await entries({}));
    expect(everything).not.toMatch(/secret|hopper|nobody@/);
  });

  test("AUD-9 pages hold each entry once; what is too large or foreign is refused", async () => {
    const filter = { to: new Date().toISOString() };
    const all = (await entries(filter)).map(({ id }) => id);
    const seen: unknown[] = [];
    for (let after: string | null = null; ;) {
      const variables = { filter, first: 7, after };
      const { nodes, pageInfo }: Page = await pageFor(server, admin.token, variables);
      seen.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(all.length).toBeGreaterThan(20);
    expect(seen).toEqual(all);
    for (const variables of [
      { first: 501 },
      { after: "foreign" },
      { filter: { from: "2020-01-01T00:00:00.000Z" } },
      { filter: { action: "\0" } },
    ]) {
      const { json } = await query(server, AUDIT_LOG, variables, admin.token);
      expect(json.errors?.[0]?.extensions?.code).toBe("BAD_USER_INPUT");
    }
  });

  test("AUD-10 administrators read it, and who administers a team what concerns that team", async () => {
    const people = await Promise.all([newAuthor(server), newAuthor(server), newAuthor(server)]);
    const [owner, member, teamAdmin] = people as [Author, Author, Author];
    const [ownerId, memberId, teamAdminId] = await Promise.all(
      people.map(({ token }) => idOf(server, token)),
    );
    const [teamId, otherTeamId] = [server.services.newId(), server.services.newId()];
    const at = new Date();
    const { prisma } = tables;
    for (const id of [teamId, otherTeamId]) {
      await prisma.team.create({ data: { id, name: "Team", ownerId: ownerId!, createdAt: at } });
    }
    await prisma.teamMember.createMany({
      data: [
        { teamId, userId: memberId!, role: "MEMBER", joinedAt: at },
        { teamId, userId: teamAdminId!, role: "ADMIN", joinedAt: at },
      ],
    });
    await prisma.template.update({ where: { id: ada.templateId }, data: { teamId } });
    await query(server, EDIT, paint(ada.templateId, "of the team"), ada.token);
    await expect.poll(() => entries({ teamId })).toHaveLength(1);

    const codeFor = async (token: string | undefined, filter: object) => {
      const { json } = await query(server, AUDIT_LOG, { filter }, token);
      return json.errors?.[0]?.extensions?.code;
    };
    for (const { token } of [owner, teamAdmin]) {
      expect(await entriesFor(server, token, { teamId })).toMatchObject([
        { action: "APPLY_OPERATIONS", teamId, templateId: ada.templateId },
      ]);
      expect(await codeFor(token, {})).toBe("FORBIDDEN");
    }
    expect(await codeFor(teamAdmin.token, { teamId: otherTeamId })).toBe("FORBIDDEN");
    expect(await codeFor(member.token, { teamId })).toBe("FORBIDDEN");
    expect(await codeFor(ada.token, { templateId: ada.templateId })).toBe("FORBIDDEN");
    expect(await codeFor(undefined, { teamId })).toBe("UNAUTHENTICATED");
    await prisma.teamMember.deleteMany({ where: { teamId, userId: teamAdminId! } });
    expect(await codeFor(teamAdmin.token, { teamId })).toBe("FORBIDDEN");
    // Taken from the team again, it is its author's to read, but for what was the team's.
    await prisma.template.update({ where: { id: ada.templateId }, data: { teamId: null } });
    const own = await entriesFor(server, ada.token, { templateId: ada.templateId });
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((entry) => entry["teamId"] === null)).toBe(true);
    expect(await codeFor(ada.token, { templateId: ada.templateId, teamId })).toBe("FORBIDDEN");
  });

  test("AUD-21 the author of a personal template reads what concerns it, not where others were", async () => {
    const [author, other] = await Promise.all([newAuthor(server), newAuthor(server)]);
    const { templateId } = author;
    await query(server, EDIT, paint(templateId, "own"), author.token);
    await query(server, EDIT, paint(templateId, "foreign"), other.token);
    await query(server, EDIT, paint(templateId, "nobody's"));
    await expect.poll(() => entries({ templateId, action: "APPLY_OPERATIONS" })).toHaveLength(3);
    const read = await entriesFor(server, author.token, { templateId, action: "APPLY_OPERATIONS" });
    expect(read.map(({ result, actorId, address }) => [result, actorId, address !== null])).toEqual(
      [
        ["REFUSED", null, false],
        ["REFUSED", await idOf(server, other.token), false],
        ["ACCEPTED", await idOf(server, author.token), true],
      ],
    );
    const codeFor = async (token: string, filter: object) =>
      (await query(server, AUDIT_LOG, { filter }, token)).json.errors?.[0]?.extensions?.code;
    expect(await codeFor(author.token, {})).toBe("FORBIDDEN");
    expect(await codeFor(author.token, { templateId: other.templateId })).toBe("FORBIDDEN");
    expect(await codeFor(other.token, { templateId })).toBe("FORBIDDEN");
    expect(await codeFor(author.token, { templateId: "no id" })).toBe("FORBIDDEN");
    const teamId = server.services.newId();
    const ownerId = await idOf(server, other.token);
    const { prisma } = tables;
    await prisma.team.create({ data: { id: teamId, name: "T", ownerId, createdAt: new Date() } });
    const project = { id: server.services.newId(), teamId, ownerId, name: "P" };
    await prisma.project.create({ data: { ...project, createdAt: new Date() } });
    await prisma.template.update({ where: { id: templateId }, data: { projectId: project.id } });
    expect(await codeFor(author.token, { templateId })).toBe("FORBIDDEN");
  });

  test("AUD-22 leaving a template names it", async () => {
    const { token, templateId } = await newAuthor(server);
    const { json } = await query(
      server,
      `mutation ($id: ID!) { joinTemplate(input: { templateId: $id, clientId: "tab" }) {
        ... on TemplateJoined { session { token } } } }`,
      { id: templateId },
      token,
    );
    const joined = json.data?.["joinTemplate"] as { session: { token: string } };
    const leave = `mutation ($t: String!) { leaveTemplate(input: { sessionToken: $t }) { __typename } }`;
    await query(server, leave, { t: joined.session.token }, token);
    await query(server, leave, { t: "none" }, token);
    await expect
      .poll(() => entries({ templateId, action: "LEAVE_TEMPLATE" }))
      .toMatchObject([
        { result: "ACCEPTED", resourceKind: "template", resourceIds: { templateId } },
      ]);
  });
});

describe("after a kill", () => {
  let database: TestDatabase;
  let folder: string;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = mkdtempSync(join(tmpdir(), "strata-audit-"));
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGKILL");
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const secret = { JWT_SECRET: "a secret of the tests, long enough" };

  /** A node in a process of its own, which writes no entry before it dies. */
  async function startNode(): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
      env: {
        ...process.env,
        ...secret,
        ...{ NODE_ENV: "test", PORT: "0", DEMO: "false", DATA_DIR: folder },
        DATABASE_URL: database.url,
        AUDIT_FLUSH_MS: "60000",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    let greeting = "";
    for await (const chunk of child.stdout!) {
      greeting += String(chunk);
      const url = /http:\S+graphql/.exec(greeting)?.[0];
      if (url !== undefined) return { child, url };
    }
    throw new Error(`the node ended: ${greeting}`);
  }

  test("AUD-4 AUD-5 every change that was accepted has its entry", async () => {
    const { child, url } = await startNode();
    const shared = { ...secret, DATABASE_URL: database.url, AUDIT_FLUSH_MS: "20" };
    const other = await startTestServer(shared);
    const { token, templateId } = await newAuthor(other);
    const admin = await newAdministrator(other);
    const first: TestServer = { ...other, port: Number(new URL(url).port) };
    for (let edit = 0; edit < 20; edit += 1) {
      const { text } = await query(first, EDIT, paint(templateId, `edit ${edit}`), token);
      expect(text).toContain("OperationsApplied");
    }
    const rename = `mutation ($input: UpdateTemplateInput!) {
      updateTemplate(input: $input) { __typename } }`;
    await query(first, rename, { input: { templateId, name: "Renamed" } }, token);
    child.kill("SIGKILL");
    await once(child, "exit");
    const applied = { templateId, action: "APPLY_OPERATIONS" };
    expect(await entriesFor(other, admin.token, applied)).toEqual([]);
    await other.close();

    // Only now does somebody look, and soon: earlier a slow machine could make it take the living for dead.
    const second = await startTestServer({ ...shared, AUDIT_SILENCE_MS: "1000" });
    const entries = (filter: object) => entriesFor(second, admin.token, filter);
    try {
      await expect.poll(() => entries(applied)).toHaveLength(20);
      const edits = await entries(applied);
      const versions = edits.map(({ details }) => Number(details["toVersion"]));
      expect(versions.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 2),
      );
      expect(edits[0]).toMatchObject({
        actorId: await idOf(second, token),
        result: "ACCEPTED",
        address: null,
        details: { restored: true },
      });
      expect(await entries({ templateId, action: "UPDATE_TEMPLATE" })).toMatchObject([
        { result: "UNKNOWN", actorId: await idOf(second, token) },
      ]);
    } finally {
      await second.close();
    }
  });
});
