import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkChain } from "../../../src/domain/history/checkChain.js";
import { nextHash } from "../../../src/domain/history/versionHash.js";
import type { LoggedOperation } from "../../../src/domain/operations/operation.js";
import { operationAt } from "../../contracts/storedOperations.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const start = { version: 1, versionHash: sha256("start") };

/** The log of versions 2 to 10, chained. */
function chained(): LoggedOperation[] {
  let { versionHash } = start;
  return Array.from({ length: 9 }, (_, i) => {
    const operation = operationAt(i + 2);
    versionHash = nextHash(sha256, versionHash, operation);
    return { ...operation, versionHash };
  });
}

const changed = (version: number) => ({ kind: "changed", version });
const missing = (fromVersion: number, toVersion: number) => ({
  kind: "missing",
  fromVersion,
  toVersion,
});
const damagesOf = (log: readonly LoggedOperation[]) => checkChain(sha256, start, log).damages;

describe("LOG-13 the chain of hashes", () => {
  it("is whole over a log as it was committed, in one piece or in parts", () => {
    const log = chained();
    const whole = checkChain(sha256, start, log);
    expect(whole).toEqual({ end: { version: 10, versionHash: log[8]!.versionHash }, damages: [] });
    const half = checkChain(sha256, start, log.slice(0, 4));
    expect(checkChain(sha256, half.end, log.slice(4))).toEqual(whole);
    expect(checkChain(sha256, start, [])).toEqual({ end: start, damages: [] });
  });

  it.each<[string, Partial<LoggedOperation>]>([
    ["id", { id: "other" }],
    ["type", { type: "DELETE_ELEMENT" }],
    ["target", { target: { pageId: "p2", elementId: "e1" } }],
    ["payload", { payload: { x: 5, y: 0.25 } }],
    ["a payload that is gone", { payload: null }],
    ["base version", { baseVersion: 1 }],
    ["batch id", { batchId: "other" }],
    ["client id", { clientId: null }],
    ["sequence", { sessionSequence: 8 }],
    ["client's clock", { clientTimestamp: 0 }],
    ["what changed it", { transformedFrom: ["x"] }],
    ["server's clock", { serverTimestamp: 5 }],
    ["request hash", { requestHash: sha256("other") }],
    ["footprint", { footprint: [] }],
    ["undone batch", { undoes: "other" }],
    ["hash", { versionHash: sha256("other") }],
  ])("finds a row with another %s", (_name, change) => {
    const log = chained();
    log[3] = { ...log[3]!, ...change };
    expect(damagesOf(log)[0]).toEqual(changed(5));
  });

  it("finds what is missing, one row or several, and goes on behind it", () => {
    const log = chained();
    expect(damagesOf(log.toSpliced(3, 1))).toEqual([missing(5, 5)]);
    expect(damagesOf(log.toSpliced(0, 3))).toEqual([missing(2, 4)]);
    const later = { ...log[7]!, payload: null };
    expect(damagesOf(log.with(7, later).toSpliced(2, 2))).toEqual([missing(4, 5), changed(9)]);
  });

  it("finds two rows that changed places", () => {
    const log = chained();
    const swapped = log
      .with(3, { ...log[4]!, resultingVersion: 5 })
      .with(4, { ...log[3]!, resultingVersion: 6 });
    expect(damagesOf(swapped).slice(0, 2)).toEqual([changed(5), changed(6)]);
  });

  it("takes the first row as it is where nothing tells what it was chained to", () => {
    const log = chained().slice(4);
    const pruned = { version: 5, versionHash: undefined };
    expect(checkChain(sha256, pruned, log).damages).toEqual([]);
    const tampered = log.with(1, { ...log[1]!, payload: null });
    expect(checkChain(sha256, pruned, tampered).damages).toEqual([changed(7)]);
  });
});
