/** The sessions of two nodes on PostgreSQL. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createHeadReader } from "../../src/storage/templates/headReader.js";
import { PrismaSessionStore } from "../../src/storage/sessions/prismaSessionStore.js";
import { LocalBus } from "../../src/bus/localBus.js";
import { newTemplate } from "../contracts/storedOperations.js";
import { openStoreOnPostgres, type StoreOnPostgres } from "../contracts/storeOnPostgres.js";
import { Cluster, join, settings, unordered, type TestNode } from "./nodes.js";

let postgres: StoreOnPostgres;
let cluster: Cluster;
let a: TestNode;
let b: TestNode;
let ada: string;
let bob: string;
let templateId: string;
beforeAll(async () => {
  postgres = await openStoreOnPostgres();
});
beforeEach(async () => {
  const { store, database, newUser } = postgres;
  const { head } = createHeadReader(store, { batchMax: 100 });
  cluster = new Cluster(new PrismaSessionStore(database.prisma), new LocalBus(() => {}), head);
  [a, b] = [cluster.start("a"), cluster.start("b")];
  [ada, bob] = [await newUser(), await newUser()];
  const template = { ...newTemplate(ada), isPublic: true };
  await store.create(template);
  ({ templateId } = template);
});
afterEach(() => cluster.close());
afterAll(() => postgres.close());

/** Lets the leases of the template's sessions run out by the database's clock. */
const lapse = () =>
  postgres.database.pool.query(
    "UPDATE template_sessions SET expires_at = now() - interval '1 second' WHERE template_id = $1",
    [templateId],
  );
const live = async () => (await cluster.store.list(templateId)).map(({ id }) => id);
/** Heartbeats go on until the condition holds. */
const eventually = (look: () => unknown) =>
  expect.poll(async () => {
    await cluster.clock.advance(settings.sessionRenewMs);
    return look();
  });
const lockRevision = async () => {
  const query = "SELECT lock_revision FROM templates WHERE id = $1";
  const { rows } = await postgres.database.pool.query<{ lock_revision: number }>(query, [
    templateId,
  ]);
  return rows[0]?.lock_revision;
};

describe("sessions on PostgreSQL", () => {
  it("SESS-3 SESS-4 move between nodes with their person's token, and with nobody else's", async () => {
    const first = await join(a, { templateId, userId: ada });
    const { id, color } = first.session;
    const again = await join(b, { templateId, userId: ada, token: first.token });
    expect(again).toMatchObject({ resumed: true, session: { id, color, nodeId: "b" } });
    const other = await join(b, { templateId, userId: bob, token: first.token });
    expect(other.resumed).toBe(false);
    expect(other.session.color).not.toBe(color);
    const { rows } = await postgres.database.pool.query(
      "SELECT row_to_json(s)::text AS row FROM template_sessions s WHERE template_id = $1",
      [templateId],
    );
    expect(JSON.stringify(rows)).not.toContain(first.token);
  });

  it("SESS-7 SESS-8 end by the heartbeat of one node where theirs is dead, and once", async () => {
    const { session } = await join(a, { templateId, userId: ada });
    a.sessions.hold(session);
    a.sessions.close();
    await lapse();
    const c = cluster.start("c");
    await eventually(() => cluster.ends).toEqual([[session.id, "TIMEOUT"]]);
    const heartbeats = c.calls.length;
    await eventually(() => c.calls.length > heartbeats + 4).toBe(true);
    expect(cluster.ends).toEqual([[session.id, "TIMEOUT"]]);
  });

  it("SESS-6 live by one statement a heartbeat", async () => {
    const joined = [
      await join(a, { templateId, userId: ada }),
      await join(a, { templateId, userId: bob }),
    ];
    const ids = joined.map(({ session }) => session.id);
    for (const { session } of joined) a.sessions.hold(session);
    a.sessions.acknowledge(joined[0]!.session, 40);
    await lapse();
    await eventually(async () => (await live()).toSorted()).toEqual(ids.toSorted());
    expect(cluster.ends).toEqual([]);
    const renewed = (await cluster.store.list(templateId)).find(({ id }) => id === ids[0]);
    expect(renewed?.lastKnownVersion).toBe(40);
  });

  it("SESS-10 end everywhere when access goes", async () => {
    const owner = await join(a, { templateId, userId: ada });
    const [here, there] = [
      await join(a, { templateId, userId: bob }),
      await join(b, { templateId, userId: bob }),
    ];
    await postgres.store.updateDetails(templateId, { isPublic: false }, Date.now());
    cluster.bus.publish({ kind: "accessChanged", templateId });
    await expect.poll(live).toEqual([owner.session.id]);
    await expect
      .poll(() => unordered(cluster.ends))
      .toEqual(unordered([here, there].map(({ session }) => [session.id, "ACCESS_REVOKED"])));
    await expect
      .poll(() => b.sessions.find(there.token, { kind: "user", userId: bob }))
      .toBeUndefined();
  });

  it("SESS-14 take their locks along: a new lock revision where there were some", async () => {
    const [holding, idle] = [
      (await join(a, { templateId, userId: ada })).session,
      (await join(a, { templateId, userId: bob })).session,
    ];
    for (const path of ["page one", "page two"]) {
      await postgres.database.pool.query(
        `INSERT INTO template_locks (template_id, path, session_id, user_id, client_id, fence, acquired_at,
           expires_at, expires_max_at)
         VALUES ($1, $2, $3, $4, 'tab', 1, now(), now() + interval '1 minute', now() + interval '1 hour')`,
        [templateId, path, holding.id, ada],
      );
    }
    await a.sessions.leave(idle);
    expect(await lockRevision()).toBe(0);
    await a.sessions.leave(holding);
    expect(await lockRevision()).toBe(1);
    const { rows } = await postgres.database.pool.query(
      "SELECT path FROM template_locks WHERE template_id = $1",
      [templateId],
    );
    expect(rows).toEqual([]);
  });
});
