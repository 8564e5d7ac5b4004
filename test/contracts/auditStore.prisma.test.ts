import { randomUUID } from "node:crypto";
import { PrismaAuditStore } from "../../src/storage/audit/prismaAuditStore.js";
import { describeAuditStore } from "./auditStore.js";
import { newTemplate, operationAt } from "./storedOperations.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeAuditStore("prisma", async () => {
  const { store: templates, database, newUser, close } = await openStoreOnPostgres();
  return {
    store: new PrismaAuditStore(database.prisma),
    async newServiceAccount() {
      const id = randomUUID();
      await database.prisma.user.create({ data: { id, name: "Robot", kind: "SERVICE" } });
      return id;
    },
    async newTemplate() {
      const template = newTemplate(await newUser());
      await templates.create(template);
      return template.templateId;
    },
    async commit(templateId, serverTimestamps) {
      const operations = serverTimestamps.map((serverTimestamp, index) =>
        operationAt(index + 2, { serverTimestamp }),
      );
      await templates.commit({ templateId, expectedVersion: 1, operations });
    },
    close,
  };
});
