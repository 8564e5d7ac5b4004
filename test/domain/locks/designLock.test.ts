import { describe, expect, it } from "vitest";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import type { Design } from "../../../src/domain/document/design.js";
import { designLockFailure } from "../../../src/domain/locks/designLock.js";
import type { OperationContent } from "../../../src/domain/operations/operation.js";
import { footprintOf } from "../../../src/domain/operations/registry.js";
import { change, pageWithLocked } from "./lockedPage.js";

function refusal(locked: readonly string[], content: OperationContent): string | undefined {
  const document = pageWithLocked(...locked);
  const failure = designLockFailure(document, content, footprintOf(document, content));
  if (failure !== undefined) expect(failure.code).toBe("LOCKED");
  return failure?.message.match(/"(.*?)"/)?.[1];
}

describe("LOCK-11 an element that the design locks", () => {
  it("refuses what changes or deletes it", () => {
    const changes = [
      change.move("free"),
      change.set("free", { fill: "#000" }),
      change.set("free", { fill: "#000", locked: null }),
      change.remove("free"),
      change.reparent("free", "outer"),
      change.clear(["leaf", "free"]),
      change.removePage("p1"),
    ];
    for (const content of changes) {
      expect(refusal(["p1/free"], content)).toBe("free");
      expect(refusal(["p2/leaf"], content)).toBeUndefined();
      expect(refusal([], content)).toBeUndefined();
    }
  });

  it("refuses for what is in it, and stands against the deletion of what is around it", () => {
    for (const content of [change.move("leaf"), change.remove("leaf"), change.move("inner")]) {
      expect(refusal(["p1/outer"], content)).toBe("outer");
    }
    expect(refusal(["p1/leaf"], change.remove("outer"))).toBe("leaf");
    expect(refusal(["p1/leaf"], change.move("outer"))).toBeUndefined();
    expect(refusal(["p1/outer"], change.move("free"))).toBeUndefined();
  });

  it("is named by its place in the operation", () => {
    const document = pageWithLocked("p1/free");
    const place = (content: OperationContent) =>
      designLockFailure(document, content, footprintOf(document, content))?.path;
    expect(place(change.move("free"))).toEqual(["target", "elementId"]);
    expect(place(change.removePage("p1"))).toEqual(["target", "pageId"]);
  });

  it("is found at the bottom of a deep tree of groups, each looked at once", () => {
    const depth = 5_000;
    let looks = 0;
    const elements = Array.from({ length: depth }, (_, index) => ({
      ...{ id: `g${index}`, type: "group", x: 0, y: 0 },
      ...(index > 0 && { parentId: `g${index - 1}` }),
    }));
    const document = documentOf({
      ...{ canvas: {}, audioLayers: [] },
      pages: [{ id: "p1", elements }],
    } as unknown as Design);
    const items = document.pages.items.get("p1")!.elements.items;
    const get = items.get.bind(items);
    items.get = ((id: string) => {
      looks += 1;
      return get(id);
    }) as typeof items.get;
    const content = change.remove("g0");
    const footprint = footprintOf(document, content);
    looks = 0;
    expect(designLockFailure(document, content, footprint)).toBeUndefined();
    expect(looks).toBeLessThan(3 * depth);
  });
});

describe("LOCK-12 what a locked element lets pass", () => {
  it("is setting `locked` and nothing else", () => {
    for (const locked of [null, false, true]) {
      expect(refusal(["p1/free", "p1/outer"], change.set("free", { locked }))).toBeUndefined();
      expect(refusal(["p1/outer"], change.set("leaf", { locked }))).toBeUndefined();
    }
  });

  it("is what is created locked, and nothing that would come into it", () => {
    expect(refusal(["p1/outer"], change.add("n", { parentId: "outer" }))).toBe("outer");
    expect(refusal(["p1/outer"], change.reparent("free", "outer"))).toBe("outer");
    expect(refusal([], change.add("n", { locked: true }))).toBeUndefined();
    expect(refusal(["p1/free"], change.page("p1"))).toBeUndefined();
  });
});
