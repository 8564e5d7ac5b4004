/** Locks on PostgreSQL, with two nodes that share nothing else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import { releaseLock } from "../../src/commands/locks/releaseLock.js";
import { noOrigin } from "../../src/limits/origin/requestOrigin.js";
import { signUp } from "../../src/commands/accounts/signUp.js";
import type { Services } from "../../src/commands/services.js";
import { startDesign } from "../live/editing.js";
import { databaseServices, type DatabaseServices } from "../schema/databaseServices.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { Random } from "../simulation/random.js";

let database: TestDatabase;
let nodes: [DatabaseServices, DatabaseServices];
let author: { readonly kind: "user"; readonly userId: string };
const target = { pageId: "p1", elementId: "e1" };

beforeAll(async () => {
  database = await createTestDatabase();
  nodes = [databaseServices(database.url), databaseServices(database.url)];
  const account = { email: "ada@example.org", name: "Ada", password: "a long password" };
  const signedUp = await signUp(nodes[0].services, account, noOrigin);
  if (signedUp.kind !== "signedIn") throw new Error(signedUp.message);
  author = { kind: "user", userId: signedUp.userId };
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await database.drop();
});

async function newTemplate(): Promise<string> {
  const input = { name: "Test", designData: startDesign };
  const created = await createTemplate(nodes[0].services, author, input);
  if (created.kind !== "created") throw new Error(created.message);
  return created.templateId;
}

async function join({ sessions }: Services, templateId: string, clientId: string) {
  const request = { templateId, clientId, userId: author.userId, version: 1, token: null };
  const joining = await sessions.join(request);
  if (joining.kind === "full") throw new Error("there is no room");
  return joining;
}

function move(services: Services, templateId: string, id: string, clientId: string) {
  return applyOperations(services, author, {
    ...{ templateId, clientId, baseVersion: 1, onConflict: "FORCE" },
    operations: [{ id, type: "MOVE_ELEMENT", target, payload: { x: 1, y: 1 } }],
  });
}

const locked = { kind: "refused", code: "LOCKED", lock: { clientId: "a", fence: 1 } };

describe("two nodes on one database", () => {
  test("LOCK-5: a lock of one stands on the other at once, also where that is warm", async () => {
    const [a, b] = [nodes[0].services, nodes[1].services];
    const templateId = await newTemplate();
    const { token, session } = await join(a, templateId, "a");
    expect(await move(b, templateId, "warm", "b")).toMatchObject({ kind: "applied" });
    await acquireLock(a, author, { templateId, sessionToken: token, target });
    expect(await move(b, templateId, "held", "b")).toMatchObject(locked);
    expect(await move(b, templateId, "own", "a")).toMatchObject({ kind: "applied" });
    await releaseLock(b, author, { templateId, target, force: true });
    expect(await move(b, templateId, "held", "b")).toMatchObject({ kind: "applied" });
    await acquireLock(b, author, { templateId, sessionToken: token, target });
    await a.sessions.leave(session);
    expect(await move(b, templateId, "left", "b")).toMatchObject({ kind: "applied" });
  });

  test("LOCK-6: a lease ends by the database's clock, whatever a node remembers", async () => {
    const [a, b] = [nodes[0].services, nodes[1].services];
    const templateId = await newTemplate();
    const { token, session } = await join(a, templateId, "a");
    await acquireLock(a, author, { templateId, sessionToken: token, target });
    expect(await move(b, templateId, "x", "b")).toMatchObject(locked);
    const pass = (seconds: number) =>
      nodes[0].prisma.$executeRaw`
        UPDATE template_locks SET expires_at = expires_at - ${seconds}::int * interval '1 second'
        WHERE template_id = ${templateId}::uuid`;
    await pass(20);
    await a.locks.renew([session], 30_000);
    await pass(20);
    expect(await move(b, templateId, "x", "b")).toMatchObject(locked);
    await pass(20);
    expect(await move(b, templateId, "x", "b")).toMatchObject({ kind: "applied" });
    expect(await a.locks.dropExpired()).toContain(templateId);
  });

  test("LOCK-5: of a commit and a lock that race, never both have their way", async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const random = new Random(seed, "locks");
    const templateId = await newTemplate();
    const holder = await join(nodes[0].services, templateId, "a");
    const other = await join(nodes[1].services, templateId, "c");
    const sessions = [holder, other];
    const held: { clientId: string; from: number; until: number }[] = [];
    const versionOf = async () =>
      (await nodes[0].services.templates.heads([templateId])).get(templateId)?.version ?? 0;
    const lockNow = async (which: number) => {
      const { token, session } = sessions[which]!;
      const { services } = random.pick(nodes);
      const input = { templateId, sessionToken: token, target };
      const outcome = await acquireLock(services, author, input);
      if (outcome.kind === "refused") return expect(outcome.code).toBe("LOCKED");
      // All that is committed between these two instants was committed under the lock.
      const from = await versionOf();
      for (let wait = random.between(0, 3); wait > 0; wait -= 1) await versionOf();
      held.push({ clientId: session.clientId, from, until: await versionOf() });
      await releaseLock(services, author, { ...input });
    };
    const editing = async (clientId: string) => {
      for (let count = 0; count < 60; count += 1) {
        const outcome = await move(
          random.pick(nodes).services,
          templateId,
          `${clientId}${count}`,
          clientId,
        );
        if (outcome.kind === "refused") expect(outcome.code, `seed ${seed}`).toBe("LOCKED");
      }
    };
    const locking = async (which: number) => {
      for (let count = 0; count < 25; count += 1) await lockNow(which);
    };
    await Promise.all([editing("a"), editing("b"), editing("c"), locking(0), locking(1)]);
    const log = await nodes[0].services.templates.readLog({
      templateId,
      afterVersion: 1,
      limit: 1_000,
    });
    for (const { clientId, from, until } of held) {
      const within = log.filter(({ resultingVersion: at }) => at > from && at <= until);
      const others = within.filter((operation) => operation.clientId !== clientId);
      expect(
        others.map(({ id }) => id),
        `seed ${seed}`,
      ).toEqual([]);
    }
    expect(held.length, `seed ${seed}`).toBeGreaterThan(0);
    expect(log.length, `seed ${seed}`).toBeGreaterThan(0);
  });
});
