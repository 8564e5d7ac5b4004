import { describe, expect, it } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { author, memoryServices, stranger } from "../setup/memoryServices.js";
import { currentDesign, edit, editOk, fill, move, newTemplate } from "../live/editing.js";

describe("applyOperations", () => {
  it("LOG-1 commits a batch in order, one version per operation", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const applied = await editOk(services, templateId, [move("a", 1), move("b", 2)]);
    expect(applied.newVersion).toBe(3);
    expect(applied.operations.map((op) => [op.id, op.resultingVersion])).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
    expect((await currentDesign(services, templateId)).pages[0]?.elements[0]?.x).toBe(2);
  });

  it("LOG-2 applies all or none, and names the operation and the path", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const before = await currentDesign(services, templateId);
    const outcome = await edit(services, templateId, [move("a", 1), move("b", 2, "nobody")]);
    expect(outcome).toMatchObject({
      kind: "refused",
      code: "INVALID_OPERATION",
      operationId: "b",
      path: ["operations", "1", "target", "elementId"],
    });
    expect(await currentDesign(services, templateId)).toEqual(before);
    expect((await services.head(templateId))?.version).toBe(1);
  });

  it("LOG-3 answers a retry with the first answer, also where the base is stale by then", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const batch = [move("a", 1), move("b", 2)];
    const first = await editOk(services, templateId, batch, { onConflict: "REJECT" });
    await editOk(services, templateId, [move("c", 3)]);
    const again = await editOk(services, templateId, batch, { onConflict: "REJECT" });
    expect(again).toEqual({ ...first, duplicateOps: ["a", "b"] });
    expect((await services.head(templateId))?.version).toBe(4);
  });

  it("LOG-3 finds an id that left memory in the log", async () => {
    const services = memoryServices({ settings: { recentOperationsMax: 1 } });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("a", 1)]);
    for (let i = 0; i < 5; i += 1) await editOk(services, templateId, [move(`later${i}`, i)]);
    for (const onConflict of ["REJECT", "FORCE"] as const) {
      const again = await editOk(services, templateId, [move("a", 1)], { onConflict });
      expect(again).toMatchObject({ newVersion: 2, duplicateOps: ["a"] });
    }
    expect((await services.head(templateId))?.version).toBe(7);
  });

  it("LOG-3 completes a batch of which an earlier try committed a part", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("a", 1)]);
    const rest = await editOk(services, templateId, [move("a", 1), move("b", 2)], {
      onConflict: "REJECT",
    });
    expect(rest).toMatchObject({ newVersion: 3, appliedOps: ["a", "b"], duplicateOps: ["a"] });
  });

  it("LOG-4 refuses an id that was used for something else", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("a", 1)]);
    const outcome = await edit(services, templateId, [move("a", 2)]);
    expect(outcome).toMatchObject({
      kind: "refused",
      code: "OPERATION_ID_REUSED",
      operationId: "a",
      path: ["operations", "0", "id"],
    });
  });

  it("LOG-5 a stale REJECT reports what happened and what collides", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("theirs", "red"), move("moved", 5, "e2")]);
    const outcome = await edit(
      services,
      templateId,
      [fill("mine", "blue"), fill("free", "blue", "e2")],
      { onConflict: "REJECT" },
    );
    if (outcome.kind !== "versionConflict") throw new Error(outcome.kind);
    expect(outcome).toMatchObject({
      currentVersion: 3,
      requestedVersion: 1,
      conflictingOps: ["mine"],
      suggestedResolution: "SERVER_WINS",
    });
    expect(outcome.collisions).toMatchObject([
      { kind: "CONCURRENT_EDIT", clientOperation: "mine", serverOperation: "theirs" },
    ]);
    const theirs = await outcome.serverOperations.read(Infinity, { payload: false });
    expect(theirs.map(({ id }) => id)).toEqual(["theirs", "moved"]);
    expect(outcome.serverState()).toEqual(await currentDesign(services, templateId));
    expect(outcome.autoMerge.available).toBe(false);
  });

  it("LOG-5 a stale REJECT without collisions offers the merged state", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [fill("theirs", "red")]);
    const outcome = await edit(services, templateId, [fill("mine", "blue", "e2")], {
      onConflict: "REJECT",
    });
    if (outcome.kind !== "versionConflict") throw new Error(outcome.kind);
    expect(outcome.autoMerge.available).toBe(true);
    expect(outcome.autoMerge.preview()?.pages[0]?.elements).toMatchObject([
      { id: "e1", fill: "red" },
      { id: "e2", fill: "blue" },
    ]);
    expect((await services.head(templateId))?.version).toBe(2);
  });

  it("LOG-6 refuses a base that is ahead of the head", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    for (const onConflict of ["REJECT", "FORCE"] as const) {
      const outcome = await edit(services, templateId, [move("a", 1)], {
        baseVersion: 2,
        onConflict,
      });
      expect(outcome).toMatchObject({ code: "INVALID_INPUT", path: ["baseVersion"] });
    }
  });

  it("ACC-1 asks the access rule first", async () => {
    const services = memoryServices();
    const templateId = await newTemplate(services);
    const input = {
      templateId,
      baseVersion: 1,
      operations: [],
      onConflict: "REJECT",
    } as const;
    expect(await applyOperations(services, { kind: "anonymous" }, input)).toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect(await applyOperations(services, stranger, input)).toMatchObject({ code: "NOT_FOUND" });
    expect(await applyOperations(services, author, input)).toMatchObject({
      code: "INVALID_INPUT",
      path: ["operations"],
    });
  });

  it("LIM-1 counts operations, and refuses ids that are double, empty or too long", async () => {
    const services = memoryServices({ limits: { batchOperationsMax: 2, idUnitsMax: 4 } });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [move("1234", 1), move("b", 2)]);
    const refusals = [
      { operations: [move("c", 1), move("d", 1), move("e", 1)], code: "PAYLOAD_TOO_LARGE" },
      { operations: [move("c", 1), move("c", 1)], code: "INVALID_INPUT" },
      { operations: [move("", 1)], code: "INVALID_INPUT" },
      { operations: [move("12345", 1)], code: "INVALID_INPUT" },
    ];
    for (const { operations, code } of refusals) {
      expect(await edit(services, templateId, operations)).toMatchObject({ code });
    }
    expect((await services.head(templateId))?.version).toBe(3);
  });
});
