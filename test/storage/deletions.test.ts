/** What a deletion does to what belongs to it, in PostgreSQL. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { PrismaClient } from "../../src/storage/generated/prisma/client.js";
import { operationAt, newTemplate, snapshotAt } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";

let postgres: StoreOnPostgres;
let prisma: PrismaClient;
beforeAll(async () => {
  postgres = await openStoreOnPostgres();
  ({ prisma } = postgres.database);
});
afterAll(() => postgres.close());

const at = new Date();
const later = new Date(at.getTime() + 1_000_000);
const bytes = () => new Uint8Array(Buffer.from(randomUUID()));

let ada: string;
let bob: string;
let teamId: string;
let projectId: string;
let templateId: string;

/** A team with a project with a template with everything, all of it Ada's; Bob is in everything. */
beforeEach(async () => {
  [ada, bob] = [await postgres.newUser(), await postgres.newUser()];
  [teamId, projectId] = [randomUUID(), randomUUID()];
  await prisma.team.create({ data: { id: teamId, name: "T", ownerId: ada, createdAt: at } });
  await prisma.teamMember.create({ data: { teamId, userId: bob, role: "MEMBER", joinedAt: at } });
  await prisma.teamInvitation.create({
    data: {
      ...{
        id: randomUUID(),
        teamId,
        email: `${bob}@example.org`,
        role: "MEMBER",
        invitedById: ada,
      },
      ...{ tokenHash: bytes(), createdAt: at, expiresAt: later },
    },
  });
  const project = { id: projectId, teamId, ownerId: ada, name: "P", createdAt: at };
  await prisma.project.create({ data: project });
  const member = { projectId, userId: bob, role: "VIEW", joinedAt: at } as const;
  await prisma.projectMember.create({ data: member });
  templateId = await filledTemplate();
  await prisma.template.update({ where: { id: templateId }, data: { projectId } });
});

async function filledTemplate(): Promise<string> {
  const template = newTemplate(ada);
  const { templateId: id } = template;
  await postgres.store.create(template);
  const operations = [operationAt(2, { userId: ada })];
  await postgres.store.commit({ templateId: id, expectedVersion: 1, operations });
  await postgres.store.addSnapshot(snapshotAt(id, 2, { createdById: ada }));
  const linkId = randomUUID();
  await prisma.shareLink.create({
    data: {
      templateId: id,
      id: linkId,
      tokenHash: bytes(),
      role: "VIEW",
      createdById: ada,
      createdAt: at,
    },
  });
  const permission = { templateId: id, role: "VIEW", templateCreatedAt: at } as const;
  await prisma.templatePermission.createMany({
    data: [
      { ...permission, id: randomUUID(), userId: bob },
      { ...permission, id: randomUUID(), userId: bob, shareLinkId: linkId },
      { ...permission, id: randomUUID(), teamId },
    ],
  });
  await addConversation(id);
  await addPresence(id);
  return id;
}

async function addConversation(id: string): Promise<void> {
  const threadId = randomUUID();
  const comment = { templateId: id, threadId, body: "B", change: "CREATED", createdAt: at };
  const numbered = (sequence: number) => ({ createdSequence: sequence, sequence });
  await prisma.comment.create({
    data: { ...comment, ...numbered(1), id: threadId, authorId: ada },
  });
  const replyId = randomUUID();
  await prisma.comment.create({ data: { ...comment, ...numbered(2), id: replyId, authorId: bob } });
  await prisma.commentMention.create({ data: { templateId: id, commentId: replyId, userId: ada } });
  await prisma.commentRead.create({
    data: { templateId: id, threadId, userId: bob, readSequence: 2 },
  });
}

async function addPresence(id: string): Promise<void> {
  const sessionId = randomUUID();
  const client = { userId: bob, clientId: "tab", expiresAt: later };
  await prisma.templateSession.create({
    data: {
      ...{ ...client, id: sessionId, templateId: id, nodeId: "n", tokenHash: bytes() },
      ...{ color: "#112233", lastKnownVersion: 1, joinedAt: at, lastActiveAt: at },
    },
  });
  await prisma.templateLock.create({
    data: {
      ...{ ...client, templateId: id, path: "", sessionId, fence: 1 },
      ...{ acquiredAt: at, expiresMaxAt: later },
    },
  });
  await prisma.templateConflict.create({
    data: {
      ...{ id: randomUUID(), templateId: id, userId: bob, baseVersion: 1, headVersion: 2 },
      ...{ clientOperations: [], serverOperationIds: [], collisions: [], createdAt: at },
    },
  });
}

/** How many rows of each table are the template's. */
async function rowsOf(id: string) {
  const where = { templateId: id };
  const [operations, snapshots, conflicts, documents, sessions, locks] = await Promise.all([
    prisma.templateOperation.count({ where }),
    prisma.templateSnapshot.count({ where }),
    prisma.templateConflict.count({ where }),
    prisma.templateDocument.count({ where }),
    prisma.templateSession.count({ where }),
    prisma.templateLock.count({ where }),
  ]);
  const [comments, mentions, reads, permissions, links] = await Promise.all([
    prisma.comment.count({ where }),
    prisma.commentMention.count({ where }),
    prisma.commentRead.count({ where }),
    prisma.templatePermission.count({ where }),
    prisma.shareLink.count({ where }),
  ]);
  const history = { operations, snapshots, conflicts, documents };
  return { ...history, sessions, locks, comments, mentions, reads, permissions, links };
}

const full = {
  ...{ operations: 1, snapshots: 1, conflicts: 1, documents: 1, sessions: 1, locks: 1 },
  ...{ comments: 2, mentions: 1, reads: 1, permissions: 3, links: 1 },
};

async function placeOf(id: string) {
  const select = { authorId: true, teamId: true, projectId: true };
  return prisma.template.findUnique({ where: { id }, select });
}

test("TEAM-41 when an account goes, what it made stays without a name", async () => {
  expect(await rowsOf(templateId)).toEqual(full);
  await prisma.user.delete({ where: { id: ada } });
  expect(await rowsOf(templateId)).toEqual({ ...full, mentions: 0 });
  expect(await placeOf(templateId)).toEqual({ authorId: null, teamId: null, projectId });
  expect(await prisma.team.findUnique({ where: { id: teamId } })).toMatchObject({ ownerId: null });
  const project = await prisma.project.findUnique({ where: { id: projectId } });
  expect(project).toMatchObject({ ownerId: null, teamId });
  const where = { templateId };
  expect(await prisma.templateOperation.findFirst({ where })).toMatchObject({ userId: null });
  expect(await prisma.templateSnapshot.findFirst({ where })).toMatchObject({ createdById: null });
  expect(await prisma.shareLink.findFirst({ where })).toMatchObject({ createdById: null });
  const invitation = await prisma.teamInvitation.findFirst({ where: { teamId } });
  expect(invitation).toMatchObject({ invitedById: null });
  const authors = await prisma.comment.findMany({ where, orderBy: { sequence: "asc" } });
  expect(authors.map(({ authorId }) => authorId)).toEqual([null, bob]);
});

test("TEAM-41 memberships and grants go with the account", async () => {
  await prisma.user.delete({ where: { id: bob } });
  const gone = { sessions: 0, locks: 0, reads: 0, permissions: 1 };
  expect(await rowsOf(templateId)).toEqual({ ...full, ...gone });
  expect(await prisma.teamMember.count({ where: { teamId } })).toBe(0);
  expect(await prisma.projectMember.count({ where: { projectId } })).toBe(0);
  const conflict = await prisma.templateConflict.findFirst({ where: { templateId } });
  expect(conflict).toMatchObject({ userId: null });
});

test("TEAM-42 when a team goes, its templates and those of its projects become personal", async () => {
  const own = await filledTemplate();
  await prisma.template.update({ where: { id: own }, data: { teamId } });
  await prisma.team.delete({ where: { id: teamId } });
  for (const id of [templateId, own]) {
    expect(await placeOf(id)).toEqual({ authorId: ada, teamId: null, projectId: null });
    expect(await rowsOf(id)).toEqual({ ...full, permissions: 2 });
  }
  expect(await prisma.teamMember.count({ where: { teamId } })).toBe(0);
  expect(await prisma.teamInvitation.count({ where: { teamId } })).toBe(0);
  expect(await prisma.project.count({ where: { id: projectId } })).toBe(0);
  expect(await prisma.projectMember.count({ where: { projectId } })).toBe(0);
});

test("TEAM-42 when a project goes, its templates become personal", async () => {
  await prisma.project.delete({ where: { id: projectId } });
  expect(await placeOf(templateId)).toEqual({ authorId: ada, teamId: null, projectId: null });
  expect(await rowsOf(templateId)).toEqual(full);
  expect(await prisma.team.count({ where: { id: teamId } })).toBe(1);
});

test("TEAM-43 when a template goes, so does all that is its own", async () => {
  await prisma.template.update({ where: { id: templateId }, data: { deletedAt: new Date(0) } });
  await prisma.template.delete({ where: { id: templateId } });
  const nothing = Object.fromEntries(Object.keys(full).map((table) => [table, 0]));
  expect(await rowsOf(templateId)).toEqual(nothing);
  expect(await prisma.project.count({ where: { id: projectId } })).toBe(1);
});

test("TEAM-43 a reply goes with the comment that it answers, grants with their link", async () => {
  const where = { templateId };
  const { threadId } = await prisma.comment.findFirstOrThrow({ where });
  await prisma.comment.deleteMany({ where: { templateId, id: threadId } });
  await prisma.shareLink.deleteMany({ where });
  const gone = { comments: 0, mentions: 0, reads: 0, links: 0, permissions: 2 };
  expect(await rowsOf(templateId)).toEqual({ ...full, ...gone });
});
