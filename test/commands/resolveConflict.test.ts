import { describe, expect, it } from "vitest";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import type { ResolveConflictInput } from "../../src/commands/inputs.js";
import { updateMergeRules } from "../../src/commands/conflicts/updateMergeRules.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { LiveSettings } from "../../src/live/liveSettings.js";
import { author, memoryServices } from "../setup/memoryServices.js";
import {
  currentDesign,
  edit,
  editOk,
  fill,
  move,
  newTemplate,
  startDesign,
} from "../live/editing.js";

const target = { pageId: "p1", elementId: "e1" };
const mine = [fill("mine", "blue"), move("free", 9)];

/** A conflict: both sides set the fill of `e1` on version 1. */
async function conflicted(settings: Partial<LiveSettings> = {}) {
  const services = memoryServices({ settings });
  const templateId = await newTemplate(services);
  await editOk(services, templateId, [fill("theirs", "red"), fill("other", "green", "e2")]);
  const resolve = (input: Partial<ResolveConflictInput>) =>
    resolveConflict(services, author, {
      templateId,
      baseVersion: 1,
      headVersion: 3,
      resolution: "CLIENT_WINS",
      clientOperations: mine,
      ...input,
    });
  const element = async () => (await currentDesign(services, templateId)).pages[0]?.elements[0];
  return { services, templateId, resolve, element };
}

const histories = [
  ["history in memory", {}],
  ["history that left memory", { recentOperationsMax: 0 }],
] as const;

describe.each(histories)("resolveConflict on %s (MERGE-18)", (_where, settings) => {
  it("RES-1 CLIENT_WINS keeps all, whatever it collides with", async () => {
    const { resolve, element } = await conflicted(settings);
    expect(await resolve({})).toMatchObject({ kind: "resolved", newVersion: 5, discardedOps: [] });
    expect(await element()).toMatchObject({ fill: "blue", x: 9 });
  });

  it("RES-2 CLIENT_WINS restores what the other side deleted, then applies", async () => {
    const services = memoryServices({ settings });
    const templateId = await newTemplate(services);
    await editOk(services, templateId, [{ id: "gone", type: "DELETE_ELEMENT", target }]);
    const outcome = await resolveConflict(services, author, {
      templateId,
      baseVersion: 1,
      headVersion: 2,
      resolution: "CLIENT_WINS",
      clientOperations: mine,
    });
    expect(outcome).toMatchObject({ kind: "resolved" });
    const elements = (await currentDesign(services, templateId)).pages[0]?.elements;
    expect(elements?.map(({ id }) => id)).toEqual(["e1", "e2"]);
    expect(elements?.[0]).toMatchObject({ fill: "blue", x: 9, width: 10 });
  });

  it("RES-3 SERVER_WINS drops what collides and keeps the rest", async () => {
    const { resolve, element } = await conflicted(settings);
    expect(await resolve({ resolution: "SERVER_WINS" })).toMatchObject({
      newVersion: 4,
      discardedOps: ["mine"],
      operations: [{ id: "free" }],
    });
    expect(await element()).toMatchObject({ fill: "red", x: 9 });
  });

  it("RES-4 MANUAL leads to the state by the operations that it takes", async () => {
    const { services, templateId, resolve } = await conflicted(settings);
    const manualState = structuredClone(startDesign);
    manualState.pages[0]!.elements.reverse();
    const outcome = await resolve({ resolution: "MANUAL", manualState });
    expect(outcome).toMatchObject({ kind: "resolved", discardedOps: ["mine", "free"] });
    expect(canonicalJson(await currentDesign(services, templateId))).toBe(
      canonicalJson(manualState),
    );
  });

  it("RES-5 each answers a retry as the first time, and applies nothing twice", async () => {
    for (const resolution of ["CLIENT_WINS", "SERVER_WINS", "MANUAL"] as const) {
      const { services, templateId, resolve } = await conflicted(settings);
      const input = { resolution, manualState: startDesign };
      const first = await resolve(input);
      const { version } = (await services.head(templateId))!;
      expect(await resolve(input)).toEqual(first);
      expect((await services.head(templateId))?.version).toBe(version);
    }
  });

  it("RES-6 a newer head than the one that was seen is a conflict again", async () => {
    const { services, templateId, resolve } = await conflicted(settings);
    await editOk(services, templateId, [move("newer", 3)]);
    for (const resolution of ["CLIENT_WINS", "SERVER_WINS", "MANUAL"] as const) {
      expect(await resolve({ resolution, manualState: startDesign })).toMatchObject({
        kind: "versionConflict",
        currentVersion: 4,
        requestedVersion: 1,
      });
    }
  });

  it("RES-7 refuses what the choice lacks, and changes nothing", async () => {
    const { services, templateId, resolve } = await conflicted(settings);
    const refusals = [
      [{ clientOperations: [] }, "clientOperations"],
      [{ resolution: "MANUAL" as const }, "manualState"],
      [{ resolution: "MANUAL" as const, manualState: { pages: 1 } }, "manualState"],
      [{ baseVersion: 0 }, "baseVersion"],
      [{ headVersion: 9 }, "headVersion"],
    ] as const;
    for (const [input, field] of refusals) {
      const outcome = await resolve(input);
      if (outcome.kind !== "refused") throw new Error(outcome.kind);
      expect(outcome.path?.[0]).toBe(field);
    }
    expect((await services.head(templateId))?.version).toBe(3);
  });

  it("RES-8 conflicts are on record, with how they were resolved", async () => {
    const { services, templateId, resolve } = await conflicted(settings);
    await edit(services, templateId, mine, { onConflict: "MERGE" });
    const open = await services.conflicts.list({ templateId, limit: 10 });
    expect(open).toMatchObject([
      { baseVersion: 1, headVersion: 3, serverOperationIds: ["theirs"], resolution: null },
    ]);
    expect(open[0]?.clientOperations.map(({ id }) => id)).toEqual(["mine", "free"]);
    await resolve({ resolution: "SERVER_WINS" });
    expect(await services.conflicts.list({ templateId, limit: 10 })).toMatchObject([
      { resolution: "SERVER_WINS", resolvedById: author.userId },
    ]);
  });
});

describe.each(histories)("merge rules on %s (MERGE-18)", (_where, settings) => {
  it("RULE-1 decide under MERGE where both sides write one property", async () => {
    const { services, templateId, element } = await conflicted(settings);
    const rule = { elementType: "rect", property: "fill" };
    let expectedVersion = 0;
    for (const [policy, colour] of [
      ["SERVER", "red"],
      ["CLIENT", "blue"],
    ] as const) {
      await updateMergeRules(services, author, {
        templateId,
        expectedVersion,
        rules: [{ ...rule, policy }],
      });
      expectedVersion += 1;
      await editOk(services, templateId, [fill(`by ${policy}`, "blue")], { onConflict: "MERGE" });
      expect((await element())?.["fill"]).toBe(colour);
    }
    const rejecting = { templateId, expectedVersion, rules: [] };
    await updateMergeRules(services, author, rejecting);
    expect(
      await edit(services, templateId, [fill("last", "pink")], { onConflict: "MERGE" }),
    ).toMatchObject({ kind: "versionConflict" });
    expect(await updateMergeRules(services, author, rejecting)).toMatchObject({
      code: "VERSION_CONFLICT",
    });
  });
});
