import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import { newTemplate, operationAt } from "./storedOperations.js";
import { describeLogSearch } from "./logSearch.js";
import { describeTemplateStates } from "./templateStates.js";
import { describeTemplateStore } from "./templateStore.js";
import { describeTemplateRules } from "./templateStoreRules.js";

const open = async () => ({
  store: new MemoryTemplateStore(),
  newUser: async () => randomUUID(),
  close: async () => {},
});

describeTemplateStore("memory", open);
describeTemplateStates("memory", open);
describeTemplateRules("memory", open);
describeLogSearch("memory", open);

it("STO-10 a fault before a commit leaves nothing, one after it leaves the commit", async () => {
  let fault: "before" | "after" | undefined;
  const fail = (when: typeof fault) => async () => {
    if (fault === when) throw new StorageUnavailable(5);
  };
  const hooks = { beforeCommit: fail("before"), afterCommit: fail("after") };
  const store = new MemoryTemplateStore(hooks);
  const { templateId, ...template } = newTemplate(randomUUID());
  await store.create({ templateId, ...template });
  const versionOf = async () => (await store.heads([templateId])).get(templateId)?.version;
  const commit = { templateId, expectedVersion: 1, operations: [operationAt(2)] };
  fault = "before";
  await expect(store.commit(commit)).rejects.toThrow(StorageUnavailable);
  expect(await versionOf()).toBe(1);
  fault = "after";
  await expect(store.commit(commit)).rejects.toThrow(StorageUnavailable);
  expect(await versionOf()).toBe(2);
});
