import { describe, expect, it } from "vitest";
import { OptimisticTemplate } from "../../src/client/optimisticTemplate.js";
import type { CommittedOperation } from "../../src/client/transport.js";
import { lastWriterWins } from "../../src/domain/merge/judging/verdict.js";
import type { ClientRules } from "../../src/domain/client/predict.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { DeltaStep } from "../../src/domain/text/delta.js";
import type { OperationContent, SentOperation } from "../../src/domain/operations/operation.js";

const target = { pageId: "p", elementId: "e" };

function start(rules?: ClientRules): OptimisticTemplate {
  const element = { id: "e", type: "text", x: 0, y: 0, text: "ac" };
  const design = { canvas: {}, pages: [{ id: "p", elements: [element] }], audioLayers: [] };
  return new OptimisticTemplate({ version: 1, document: documentOf(design) }, rules);
}

function typing(id: string, ...delta: readonly DeltaStep[]): SentOperation {
  return { id, timestamp: null, type: "EDIT_TEXT", target, payload: { delta: delta as never } };
}

const deletion: OperationContent = { type: "DELETE_ELEMENT", target, payload: null };

function fill(id: string, value: string, timestamp: number | null = null): SentOperation {
  return { id, timestamp, type: "UPDATE_ELEMENT_PROPS", target, payload: { fill: value } };
}

function commit(
  resultingVersion: number,
  operation: OperationContent & { readonly id: string; readonly timestamp?: number | null },
): CommittedOperation {
  const { id, type, target, payload, timestamp: clientTimestamp = null } = operation;
  return { id, type, target, payload, resultingVersion, clientTimestamp };
}

function element(template: OptimisticTemplate) {
  return designOf(template.document).pages[0]?.elements[0];
}

function textOf(template: OptimisticTemplate): unknown {
  return element(template)?.["text"];
}

describe("an optimistic template", () => {
  it("CLIENT-1 shows an edit at once, and refuses one that cannot apply", () => {
    const template = start();
    expect(template.edit(typing("1", { retain: 1 }, { insert: "b" })).ok).toBe(true);
    expect(textOf(template)).toBe("abc");
    expect(template.edit(typing("2", { retain: 9 }, { insert: "x" })).ok).toBe(false);
    expect(template).toMatchObject({ version: 1, pendingCount: 1 });
  });

  it("CLIENT-3 has one batch in flight; what is done meanwhile goes into the next", () => {
    const template = start();
    template.edit(typing("1", { insert: "x" }));
    const first = template.nextBatch({ max: 10 });
    expect(first).toMatchObject({ baseVersion: 1, operations: [{ id: "1" }] });
    template.edit(typing("2", { insert: "y" }));
    template.edit(typing("3", { insert: "z" }));
    expect(template.nextBatch({ max: 10 })).toBeUndefined();
    template.take([commit(2, typing("1", { insert: "x" }))]);
    expect(template.inFlight).toBeUndefined();
    expect(template.nextBatch({ max: 1 })).toMatchObject({
      baseVersion: 2,
      operations: [{ id: "2" }],
    });
  });

  it("holds back what is not ready, and all that was done after it", () => {
    const template = start();
    for (const id of ["1", "2", "3"]) template.edit(typing(id, { insert: id }));
    const batch = template.nextBatch({ max: 10, ready: ({ id }) => id !== "2" });
    expect(batch?.operations.map(({ id }) => id)).toEqual(["1"]);
  });

  it("CLIENT-3, CLIENT-4, CLIENT-6 rebases what is in flight and what is pending, and sends the former again as it was", () => {
    const template = start();
    template.edit(typing("1", { retain: 1 }, { insert: "b" }));
    const batch = template.nextBatch({ max: 10 });
    template.edit(typing("2", { retain: 3 }, { insert: "d" }));
    template.take([commit(2, typing("theirs", { insert: "__" }))]);
    expect(textOf(template)).toBe("__abcd");
    expect(template.inFlight).toBe(batch);
    expect(batch?.operations[0]?.payload).toEqual({ delta: [{ retain: 1 }, { insert: "b" }] });
    template.take([commit(3, typing("1", { retain: 3 }, { insert: "b" }))]);
    expect(template.nextBatch({ max: 10 })?.operations[0]?.payload).toEqual({
      delta: [{ retain: 5 }, { insert: "d" }],
    });
  });

  it("CLIENT-2 takes commits in the order of their versions, whatever the order they come in, each once", () => {
    const template = start();
    const commits = ["b", "c", "d"].map((id, index) => {
      return commit(2 + index, typing(id, { retain: index }, { insert: id }));
    });
    template.take([commits[2]!, commits[1]!]);
    expect(template.version).toBe(1);
    template.take([commits[0]!, commits[0]!]);
    template.take(commits);
    expect(template.version).toBe(4);
    expect(textOf(template)).toBe("bcdac");
  });

  it("CLIENT-10 follows where an own edit was committed otherwise than expected", () => {
    const template = start();
    template.edit(typing("1", { retain: 1 }, { insert: "bbb" }));
    template.nextBatch({ max: 10 });
    template.edit(typing("2", { retain: 5 }, { insert: "d" }));
    const nothing = { id: "1", type: "UPDATE_CANVAS", target: {}, payload: {} } as const;
    template.take([commit(2, nothing)]);
    expect(textOf(template)).toBe("acd");
    expect(template.nextBatch({ max: 1 })?.operations[0]?.payload).toEqual({
      delta: [{ retain: 2 }, { insert: "d" }],
    });
  });

  it("CLIENT-4 merges a batch from its base, in steps as at once", () => {
    const [steps, atOnce] = [start(), start()];
    const theirs = [
      commit(2, typing("a", { retain: 1 }, { insert: "A" })),
      commit(3, typing("b", { retain: 1 }, { delete: 1 }, { insert: "B" })),
    ];
    for (const template of [steps, atOnce]) {
      template.edit(typing("1", { retain: 1 }, { insert: "x" }));
      template.nextBatch({ max: 1 });
      template.edit(typing("2", { retain: 2 }, { insert: "y" }));
    }
    for (const one of theirs) steps.take([one]);
    atOnce.take(theirs);
    expect(textOf(steps)).toBe("aBxyc");
    expect(steps.document).toEqual(atOnce.document);
  });

  it("CLIENT-5 stands still before what collides with its batch, until the server answered", () => {
    const template = start();
    template.edit(typing("1", { insert: "x" }));
    const batch = template.nextBatch({ max: 1 });
    template.take([commit(2, fill("a", "red")), commit(3, { id: "theirs", ...deletion })]);
    expect(template).toMatchObject({ version: 2, inFlight: batch, pendingConflict: undefined });
    template.edit(typing("2", { insert: "y" }));
    template.take([commit(4, { ...fill("b", "red"), type: "UPDATE_CANVAS", target: {} })]);
    expect(element(template)).toMatchObject({ text: "yxac", fill: "red" });
    expect(template.giveUp(["1"])).toEqual(["1", "2"]);
    expect(template).toMatchObject({ version: 4, inFlight: undefined, pendingCount: 0 });
    expect(element(template)).toBeUndefined();
  });

  it("CLIENT-5, CLIENT-10 goes on where the server settled what collides", () => {
    const template = start();
    template.edit(fill("1", "blue"));
    template.nextBatch({ max: 1 });
    template.edit(typing("2", { insert: "y" }));
    template.take([commit(2, fill("theirs", "red"))]);
    expect(template.version).toBe(1);
    expect(template.take([commit(3, fill("1", "blue"))])).toEqual([]);
    expect(template).toMatchObject({ version: 3, inFlight: undefined, pendingCount: 1 });
    expect(element(template)).toMatchObject({ fill: "blue", text: "yac" });
  });

  it("CLIENT-6 does not send what has no effect any more, and tells that", () => {
    const template = start();
    template.edit({ id: "1", timestamp: null, ...deletion });
    expect(template.take([commit(2, { id: "theirs", ...deletion })])).toEqual(["1"]);
    expect(template).toMatchObject({ version: 2, pendingCount: 0 });
  });

  it("CLIENT-7 tells where what waits collides, and sends nothing until somebody chose", () => {
    const template = start();
    template.edit(fill("1", "blue"));
    template.edit(typing("2", { insert: "y" }));
    template.take([commit(2, fill("theirs", "red")), commit(3, typing("t", { insert: "z" }))]);
    expect(template.pendingConflict).toMatchObject({
      version: 3,
      collisions: [{ clientOperation: "1", serverOperation: "theirs", properties: ["fill"] }],
    });
    expect(template.nextBatch({ max: 9 })).toBeUndefined();
    expect(element(template)).toMatchObject({ fill: "blue", text: "yac" });
    expect(template.giveUp(["1"])).toEqual(["1"]);
    expect(element(template)).toMatchObject({ fill: "red", text: "zyac" });
    expect(template.nextBatch({ max: 9 })).toMatchObject({
      baseVersion: 3,
      operations: [{ id: "2" }],
    });
  });

  it("CLIENT-9 brings back what it takes to keep what somebody insists on, over what was seen then", () => {
    const template = start();
    template.edit(typing("1", { insert: "x" }));
    template.take([commit(2, { id: "theirs", ...deletion })]);
    expect(template.insist(2)).toEqual([]);
    expect(textOf(template)).toBe("xac");
    expect(template.nextBatch({ max: 9 })).toMatchObject({
      baseVersion: 2,
      operations: [{ id: "1~2~1", type: "ADD_ELEMENT" }, { id: "1" }],
    });
  });

  it("CLIENT-9 brings back what a batch lost, where somebody insists on it", () => {
    const template = start({ judge: lastWriterWins(0), clientId: "me" });
    template.edit(fill("1", "blue", 5));
    template.nextBatch({ max: 1 });
    template.edit(typing("2", { insert: "y" }));
    template.take([commit(2, fill("later", "green", 6))]);
    expect(element(template)).toMatchObject({ fill: "green", text: "yac" });
    expect(template.insistInFlight(2)).toEqual([]);
    expect(element(template)).toMatchObject({ fill: "blue", text: "yac" });
  });

  it("CLIENT-9 stands still again before what nobody has seen when insisting", () => {
    const template = start();
    template.edit(fill("1", "blue"));
    template.nextBatch({ max: 1 });
    template.take([commit(2, fill("a", "red"))]);
    template.insistInFlight(2);
    expect(template.version).toBe(2);
    template.take([commit(3, fill("b", "green"))]);
    expect(template.version).toBe(2);
    expect(element(template)).toMatchObject({ fill: "blue" });
  });

  it("CLIENT-11 judges as the server does where it knows how", () => {
    const template = start({ judge: lastWriterWins(0), clientId: "me" });
    template.edit(fill("1", "blue", 5));
    template.nextBatch({ max: 1 });
    template.take([commit(2, fill("earlier", "red", 4))]);
    expect(element(template)).toMatchObject({ fill: "blue" });
    template.take([commit(3, fill("later", "green", 6))]);
    expect(template.version).toBe(3);
    expect(element(template)).toMatchObject({ fill: "green" });
  });

  it("CLIENT-8 gives up operations with what was built on them; the others wait again", () => {
    const template = start();
    const move = { type: "MOVE_ELEMENT", target, payload: { x: 5, y: 5 } } as const;
    template.edit(typing("1", { insert: "x" }));
    template.edit({ id: "2", timestamp: null, ...move });
    template.nextBatch({ max: 2 });
    template.edit(typing("3", { retain: 1 }, { insert: "y" }));
    expect(template.giveUp(["1"])).toEqual(["1", "3"]);
    expect(element(template)).toMatchObject({ text: "ac", x: 5 });
    expect(template.nextBatch({ max: 9 })?.operations.map(({ id }) => id)).toEqual(["2"]);
  });

  it("CLIENT-2 throws where a commit does not apply: the copies have parted", () => {
    const template = start();
    expect(() => template.take([commit(2, typing("t", { retain: 9 }, { insert: "x" }))])).toThrow(
      /version 2 does not apply/,
    );
  });
});
