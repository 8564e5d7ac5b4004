import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { NewSession } from "../../src/storage/sessions/sessionStore.js";
import { PrismaSessionStore } from "../../src/storage/sessions/prismaSessionStore.js";
import { keepTurns } from "../../src/storage/postgres/transactionTurns.js";
import { describeSessionStore } from "./sessionStore.js";
import { newTemplate } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeSessionStore("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  return {
    store: new PrismaSessionStore(database.prisma),
    newUser,
    async newTemplate(authorId) {
      const template = newTemplate(authorId);
      await templates.create(template);
      return template.templateId;
    },
    close,
  };
});

test("SESS-17 sessions that come together cost few transactions, and a defect of one is its own", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  try {
    const userId = await newUser();
    const template = newTemplate(userId);
    await templates.create(template);
    let transactions = 0;
    const counted = new Proxy(database.prisma, {
      get: (prisma, name, receiver) => {
        if (name === "$transaction") transactions += 1;
        return Reflect.get(prisma, name, receiver) as unknown;
      },
    });
    keepTurns(counted, { poolSizeMax: 6, waitMsMax: 5_000 });
    const store = new PrismaSessionStore(counted);
    const wanted = (person: string): NewSession => ({
      ...{ id: randomUUID(), templateId: template.templateId, userId: person, clientId: "tab" },
      ...{ nodeId: "node", tokenHash: randomUUID().replaceAll("-", ""), lastKnownVersion: 1 },
      ...{ leaseMs: 60_000, palette: ["#111111"] },
      bounds: {
        sessionsPerTemplateMax: 1_000,
        sessionsPerUserMax: 1_000,
        sessionsPerUserAndTemplateMax: 1_000,
      },
    });
    const open = (people: readonly string[]) =>
      Promise.allSettled(people.map((person) => store.open(wanted(person))));
    await open(Array.from({ length: 300 }, () => userId));
    expect(transactions).toBeLessThanOrEqual(4);
    const outcomes = await open([userId, userId, randomUUID(), userId]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...["fulfilled", "fulfilled", "rejected", "fulfilled"],
    ]);
    expect(await store.list(template.templateId)).toHaveLength(303);
  } finally {
    await close();
  }
});
