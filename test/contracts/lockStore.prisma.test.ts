import { randomUUID } from "node:crypto";
import { PrismaLockStore } from "../../src/storage/locks/prismaLockStore.js";
import { PrismaSessionStore } from "../../src/storage/sessions/prismaSessionStore.js";
import { describeLockStore } from "./lockStore.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeLockStore("prisma", async () => {
  const { store, database, newUser, close } = await openStoreOnPostgres();
  const sessions = new PrismaSessionStore(database.prisma);
  return {
    locks: new PrismaLockStore(database.prisma),
    templates: store,
    newUser,
    async newSession(templateId, userId, clientId) {
      const opening = await sessions.open({
        ...{ id: randomUUID(), templateId, userId, clientId, nodeId: "node", lastKnownVersion: 1 },
        tokenHash: (randomUUID() + randomUUID()).replaceAll("-", ""),
        leaseMs: 60_000,
        palette: ["#000000"],
        bounds: {
          sessionsPerTemplateMax: 100,
          sessionsPerUserMax: 1_000,
          sessionsPerUserAndTemplateMax: 100,
        },
      });
      if (opening.kind === "full") throw new Error("there are too many sessions");
      return opening.session.id;
    },
    async endSession(templateId, id) {
      await sessions.end(templateId, [id]);
    },
    async pass(milliseconds) {
      const earlier = (column: string) =>
        `${column} = ${column} - ${milliseconds} * interval '1 millisecond'`;
      const columns = ["acquired_at", "expires_at", "expires_max_at"].map(earlier);
      await database.pool.query(`UPDATE template_locks SET ${columns.join(", ")}`);
    },
    close,
  };
});
