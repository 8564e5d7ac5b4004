import { randomUUID } from "node:crypto";
import { MemoryAuditStore } from "../twins/memoryAuditStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { describeAuditStore } from "./auditStore.js";
import { newTemplate, operationAt } from "./storedOperations.js";

describeAuditStore("memory", async () => {
  const templates = new MemoryTemplateStore();
  const ids: string[] = [];
  const services = new Set<string>();
  const tables = {
    templateIds: () => ids,
    readLog: templates.readLog.bind(templates),
    teamRoleOf: () => undefined,
    isPersonal: () => false,
    isServiceAccount: (id: string) => services.has(id),
  };
  return {
    store: new MemoryAuditStore(tables, () => Date.now()),
    async newServiceAccount() {
      const id = randomUUID();
      services.add(id);
      return id;
    },
    async newTemplate() {
      const template = newTemplate(randomUUID());
      await templates.create(template);
      ids.push(template.templateId);
      return template.templateId;
    },
    async commit(templateId, serverTimestamps) {
      const operations = serverTimestamps.map((serverTimestamp, index) =>
        operationAt(index + 2, { serverTimestamp }),
      );
      await templates.commit({ templateId, expectedVersion: 1, operations });
    },
    close: async () => {},
  };
});
