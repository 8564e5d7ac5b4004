import { describe, expect, it } from "vitest";
import { OptimisticTemplate } from "../../src/client/optimisticTemplate.js";
import type { CommittedOperation } from "../../src/client/transport.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { DeltaStep } from "../../src/domain/text/delta.js";
import type { OperationContent, SentOperation } from "../../src/domain/operations/operation.js";

const target = { pageId: "p", elementId: "e" };

function start(text = "ac"): OptimisticTemplate {
  const element = { id: "e", type: "text", x: 0, y: 0, text };
  const design = { canvas: {}, pages: [{ id: "p", elements: [element] }], audioLayers: [] };
  return new OptimisticTemplate({ version: 1, document: documentOf(design) });
}

function typing(id: string, ...delta: readonly DeltaStep[]): SentOperation {
  return { id, timestamp: null, type: "EDIT_TEXT", target, payload: { delta: delta as never } };
}

const deletion: OperationContent = { type: "DELETE_ELEMENT", target, payload: null };

function commit(
  resultingVersion: number,
  { id, type, target, payload }: OperationContent & { readonly id: string },
): CommittedOperation {
  return { id, type, target, payload, resultingVersion };
}

function element(template: OptimisticTemplate) {
  return designOf(template.document).pages[0]?.elements[0];
}

function textOf(template: OptimisticTemplate): unknown {
  return element(template)?.["text"];
}

describe("an optimistic template", () => {
  it("shows an edit at once, and refuses one that cannot apply", () => {
    const template = start();
    expect(template.edit(typing("1", { retain: 1 }, { insert: "b" })).ok).toBe(true);
    expect(textOf(template)).toBe("abc");
    expect(template.edit(typing("2", { retain: 9 }, { insert: "x" })).ok).toBe(false);
    expect(template).toMatchObject({ version: 1, pendingCount: 1 });
  });

  it("has one batch in flight; what is done meanwhile goes into the next", () => {
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

  it("rebases what is in flight and what is pending, and sends the former again as it was", () => {
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

  it("takes commits in the order of their versions, whatever the order they come in, each once", () => {
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

  it("follows where an own edit was committed otherwise than expected", () => {
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

  it("keeps what cannot be shown, for the server to judge", () => {
    const template = start();
    template.edit(typing("1", { insert: "x" }));
    template.take([commit(2, { id: "theirs", ...deletion })]);
    expect(element(template)).toBeUndefined();
    expect(template.nextBatch({ max: 1 })?.operations).toHaveLength(1);
  });

  it("gives up operations with what was built on them; the others wait again", () => {
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

  it("throws where a commit does not apply: the copies have parted", () => {
    const template = start();
    expect(() => template.take([commit(2, typing("t", { retain: 9 }, { insert: "x" }))])).toThrow(
      /version 2 does not apply/,
    );
  });
});
