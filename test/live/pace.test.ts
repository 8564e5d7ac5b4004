/** Large decisions and everybody else: others are answered in between, and several large ones take turns. */
import { describe, expect, test } from "vitest";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { appendSteps } from "../../src/domain/history/append.js";
import { unbounded } from "../../src/domain/limits.js";
import type { Steps } from "../../src/domain/steps.js";
import { systemClock } from "../../src/platform/clock.js";
import { Pace } from "../../src/live/pace.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const count = 300;
const clientId = "me";

function drawing() {
  const elements = Array.from({ length: count }, (_, index) => ({
    id: `e${index}`,
    type: "rect",
    x: index,
    y: 0,
  }));
  return { canvas: {}, pages: [{ id: "p", elements }], audioLayers: [] };
}

async function templateOf(services: MemorySetup): Promise<string> {
  const made = await createTemplate(services, author, { name: "T", designData: drawing() });
  if (made.kind !== "created") throw new Error(made.kind);
  return made.templateId;
}

const moves = (prefix: string) =>
  Array.from({ length: count }, (_, index) => ({
    id: `${prefix}${index}`,
    type: "MOVE_ELEMENT" as const,
    target: { pageId: "p", elementId: `e${index}` },
    payload: { x: 1, y: index },
  }));

const clear = { id: "clear", type: "CLEAR_PAGE" as const, target: { pageId: "p" }, payload: {} };

/** Large requests on a template at version 2 that the one who asks has cleared, unless it says otherwise. */
const large: Record<
  string,
  (services: MemorySetup, templateId: string) => Promise<{ kind: string }>
> = {
  "an undo": (services, templateId) => undo(services, author, { templateId, clientId }),
  "a redo": async (services, templateId) => {
    await undo(services, author, { templateId, clientId });
    await applyOperations(services, author, {
      templateId,
      baseVersion: 1,
      operations: moves("redone"),
      onConflict: "FORCE",
      clientId,
    });
    await undo(services, author, { templateId, clientId });
    return redo(services, author, { templateId, clientId });
  },
  "a revert": (services, templateId) =>
    revertTemplate(services, author, { templateId, targetVersion: 1 }),
  "a batch": async (services, templateId) => {
    await undo(services, author, { templateId, clientId });
    const operations = moves("m");
    const baseVersion = 2 + count;
    return applyOperations(services, author, {
      templateId,
      baseVersion,
      operations,
      onConflict: "MERGE",
      clientId,
    });
  },
  "a merge": async (services, templateId) => {
    await undo(services, author, { templateId, clientId });
    const operations = moves("m");
    return applyOperations(services, author, {
      templateId,
      baseVersion: 2,
      operations: operations.map((operation) => ({
        ...operation,
        type: "ADD_ELEMENT" as const,
        target: { pageId: "p", elementId: `new-${operation.id}` },
        payload: { type: "rect", x: 0, y: 0 },
      })),
      onConflict: "MERGE",
      clientId,
    });
  },
  "the answer to a conflict": (services, templateId) =>
    applyOperations(services, author, {
      templateId,
      baseVersion: 1,
      operations: moves("m"),
      onConflict: "REJECT",
      clientId,
    }),
  "a resolution": (services, templateId) =>
    resolveConflict(services, author, {
      templateId,
      baseVersion: 1,
      headVersion: 2,
      resolution: "MANUAL",
      manualState: drawing(),
    }),
};

describe("ENG-40 a large decision", () => {
  test.each(Object.keys(large))(
    "%s lets an edit of another template be answered first",
    async (name) => {
      const services = memoryServices({ settings: { decisionSliceMsMax: 0 } });
      const [templateId, otherId] = [await templateOf(services), await templateOf(services)];
      await applyOperations(services, author, {
        templateId,
        baseVersion: 1,
        operations: [clear],
        onConflict: "MERGE",
        clientId,
      });
      const answered: string[] = [];
      const big = large[name]!(services, templateId).then(({ kind }) => answered.push(kind));
      for (let edit = 0; edit < 5; edit += 1) {
        const [move] = moves(`other${edit}-`);
        const { kind } = await applyOperations(services, author, {
          templateId: otherId,
          baseVersion: 1,
          operations: [move!],
          onConflict: "FORCE",
        });
        answered.push(`other ${kind}`);
      }
      await big;
      expect(answered.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "other applied"));
      expect(["applied", "reverted", "resolved", "versionConflict"]).toContain(answered[5]);
    },
  );

  test("one operation on many elements is checked for locks element by element", () => {
    const state = { version: 1, versionHash: "", document: documentOf(drawing()) };
    const operation = { ...clear, timestamp: null, requestHash: "" };
    const steps = appendSteps(state, [operation], {
      authorship: {
        ...{ baseVersion: 1, batchId: "b", userId: null, clientId, serverTimestamp: 0 },
        sessionSequence: null,
      },
      sha256: () => "",
      limits: unbounded,
    });
    let taken = 0;
    while (steps.next().done !== true) taken += 1;
    expect(taken).toBeGreaterThan(count);
  });

  test("several take turns", async () => {
    const pace = new Pace(systemClock, 0);
    const steps: string[] = [];
    const work = function* (name: string): Steps<string> {
      for (let step = 0; step < 5; step += 1) {
        steps.push(name);
        yield;
      }
      return name;
    };
    const names = await Promise.all([pace.taken(work("a")), pace.taken(work("b"))]);
    expect(names).toEqual(["a", "b"]);
    expect(steps.join("")).toBe("ababababab");
  });
});
