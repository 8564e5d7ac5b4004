import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { authorProof, checkAuthor } from "../../../src/domain/history/authorProof.js";
import { emptyDesign } from "../../../src/domain/document/design.js";
import {
  designHash,
  initialHash,
  nextHash,
  requestHash,
} from "../../../src/domain/history/versionHash.js";
import type { HashedOperation } from "../../../src/domain/history/versionHash.js";
import type { OperationTarget, SkippedPart } from "../../../src/domain/operations/operation.js";

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const operation: HashedOperation = {
  id: "op-1",
  type: "MOVE_ELEMENT",
  target: { pageId: "p", elementId: "e" },
  payload: { x: 1, y: 2 },
  baseVersion: 1,
  resultingVersion: 2,
  batchId: "op-1",
  clientId: null,
  sessionSequence: null,
  clientTimestamp: null,
  transformedFrom: [],
  serverTimestamp: 1_000,
  requested: null,
  undoes: null,
  redoes: null,
  footprint: [{ kind: "blend", path: "/pages/p/elements/e", properties: ["x", "y"] }],
  requestHash: sha256("request"),
  authorProof: null,
};
const second: HashedOperation = {
  ...operation,
  authorProof: authorProof(sha256, "5a".repeat(16), "ada"),
};
const start = initialHash(sha256, emptyDesign("p"));

describe("hashes of the history", () => {
  test("HASH-2 are what they were: a change of form needs a new format", () => {
    expect(start).toBe(
      sha256(`strata history 1\n{"audioLayers":[],"canvas":{},"pages":[{"elements":[],"id":"p"}]}`),
    );
    expect(nextHash(sha256, start, operation)).toBe(
      sha256(
        `${start}\n{"baseVersion":1,"batchId":"op-1","clientId":null,"clientTimestamp":null,"id":"op-1",` +
          `"payload":{"x":1,"y":2},"resultingVersion":2,"sessionSequence":null,` +
          `"target":{"audioLayerId":null,"clipId":null,"elementId":"e","pageId":"p"},` +
          `"transformedFrom":[],"type":"MOVE_ELEMENT"}`,
      ),
    );
  });

  test("HASH-2 the second format is what it was: a change of form needs a new one", () => {
    const author = sha256(`strata author 1\n${"5a".repeat(16)}\nada`);
    expect(nextHash(sha256, start, second)).toBe(
      sha256(
        `${start}\n{"author":"${author}","baseVersion":1,"batchId":"op-1","clientId":null,"clientTimestamp":null,` +
          `"footprint":[{"kind":"blend","path":"/pages/p/elements/e","properties":["x","y"]}],"format":2,"id":"op-1",` +
          `"payload":{"x":1,"y":2},"redoes":null,"requestHash":"${sha256("request")}","requested":null,` +
          `"resultingVersion":2,"serverTimestamp":1000,"sessionSequence":null,` +
          `"target":{"elementId":"e","pageId":"p"},"transformedFrom":[],"type":"MOVE_ELEMENT","undoes":null}`,
      ),
    );
  });

  test("HASH-2 what was skipped stands between its neighbours, as it is stored", () => {
    const { commitment } = second.authorProof!;
    const part: SkippedPart = {
      ...{ reason: "CHANGED_BY_OTHERS", operationId: "op-0", version: 1, type: "MOVE_ELEMENT" },
      ...{ target: { pageId: "p", elementId: undefined } as never, properties: ["x"] },
      ...{ attributes: [], causes: ["op"] },
    };
    const text =
      `"skipped":[{"attributes":[],"causes":["op"],"operationId":"op-0","properties":["x"],` +
      `"reason":"CHANGED_BY_OTHERS","target":{"pageId":"p"},"type":"MOVE_ELEMENT","version":1}]`;
    for (const row of [operation, second]) {
      const texts: string[] = [];
      const recorded = (hashed: HashedOperation) =>
        nextHash((hashedText) => sha256(String(texts.push(hashedText))), start, hashed);
      recorded(row);
      recorded({ ...row, skipped: [part] });
      const [without, withPart] = texts;
      expect(without).not.toContain("skipped");
      expect(withPart).toBe(
        without!.replace(`"sessionSequence":null,`, `"sessionSequence":null,${text},`),
      );
      expect(withPart!.includes(commitment)).toBe(row === second);
    }
  });

  test.each<[string, Partial<HashedOperation>]>([
    ["server's clock", { serverTimestamp: 1_001 }],
    ["request", { requestHash: sha256("another") }],
    ["wish", { requested: { type: "MOVE_ELEMENT", target: {}, payload: null } }],
    ["undone batch", { undoes: "b" }],
    ["batch done again", { redoes: "b" }],
    ["footprint", { footprint: [] }],
    ["list of what was skipped", { skipped: [] }],
    ["author", { authorProof: authorProof(sha256, "5a".repeat(16), "bob") }],
    [
      "target that names an id as null",
      { target: { pageId: "p", elementId: "e", clipId: null } as never },
    ],
    ["target that is none", { target: null as never }],
    ["empty payload", { payload: {} }],
    ["format", { authorProof: null }],
  ])("HASH-3 another %s gives another value in the second format", (_name, change) => {
    const changed = nextHash(sha256, start, { ...second, ...change });
    expect(changed).not.toBe(nextHash(sha256, start, second));
  });

  test("HASH-4 erasing the author leaves the value, and says that there was one", () => {
    const { commitment } = second.authorProof!;
    const row = { ...second, userId: "ada" };
    const erased = { ...row, userId: null, authorProof: { commitment, salt: null } };
    expect(nextHash(sha256, start, erased)).toBe(nextHash(sha256, start, row));
    expect(checkAuthor(sha256, row)).toBe("proven");
    expect(checkAuthor(sha256, erased)).toBe("erased");
    expect(checkAuthor(sha256, { ...row, userId: "bob" })).toBe("changed");
    expect(checkAuthor(sha256, { ...row, userId: null })).toBe("changed");
    expect(checkAuthor(sha256, { ...erased, userId: "bob" })).toBe("changed");
    expect(checkAuthor(sha256, { ...row, authorProof: null })).toBe("unbound");
  });

  test.each<[string, Partial<HashedOperation>]>([
    ["id", { id: "op-2" }],
    ["type", { type: "RESIZE_ELEMENT" }],
    ["target", { target: { pageId: "p", elementId: "f" } }],
    ["payload", { payload: { x: 1, y: 3 } }],
    ["absent payload", { payload: null }],
    ["base version", { baseVersion: 2 }],
    ["version", { resultingVersion: 3 }],
    ["batch", { batchId: "b" }],
    ["client", { clientId: "c" }],
    ["sequence", { sessionSequence: 0 }],
    ["clock", { clientTimestamp: 0 }],
    ["merge", { transformedFrom: ["op-0"] }],
  ])("HASH-3 another %s gives another value", (_name, change) => {
    const changed = nextHash(sha256, start, { ...operation, ...change });
    expect(changed).not.toBe(nextHash(sha256, start, operation));
  });

  test("HASH-3 a missing or reordered row gives another value", () => {
    const second = { ...operation, id: "op-2", resultingVersion: 3 };
    const chained = (rows: HashedOperation[]) =>
      rows.reduce((previous, row) => nextHash(sha256, previous, row), start);
    const values = [[operation, second], [second, operation], [operation], [second], []].map(
      chained,
    );
    expect(new Set(values).size).toBe(values.length);
  });

  test("HASH-2 in the first format the user, the server's clock and ids that are null change nothing", () => {
    const row = { ...operation, userId: "u", serverTimestamp: 5, payload: { y: 2, x: 1 } };
    const target = { elementId: "e", pageId: "p", clipId: null } as unknown as OperationTarget;
    const value = nextHash(sha256, start, operation);
    expect(nextHash(sha256, start, row)).toBe(value);
    expect(nextHash(sha256, start, { ...operation, target })).toBe(value);
  });

  test("HASH-5 a request is its type, target and payload, not its id and clock", () => {
    const value = requestHash(sha256, operation);
    const again = { ...operation, id: "op-9", timestamp: 7, payload: { y: 2, x: 1 } };
    expect(requestHash(sha256, again)).toBe(value);
    expect(requestHash(sha256, { ...operation, payload: { x: 1, y: 2.5 } })).not.toBe(value);
    expect(requestHash(sha256, { ...operation, target: { pageId: "p" } })).not.toBe(value);
    expect(requestHash(sha256, { ...operation, type: "RESIZE_ELEMENT" })).not.toBe(value);
  });

  test("HASH-6 a design is its content, and not the start of a history", () => {
    const design = { canvas: { a: 1, b: -0 }, pages: [], audioLayers: [] };
    const same = { audioLayers: [], pages: [], canvas: { b: 0, a: 1 } };
    expect(designHash(sha256, design)).toBe(designHash(sha256, same));
    expect(designHash(sha256, design)).not.toBe(initialHash(sha256, design));
  });
});
