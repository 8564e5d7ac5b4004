/** The checks of the failure tests notice what they are there for. */
import { describe, expect, test } from "vitest";
import { startDesign } from "../simulation/edits.js";
import type { ShownOperation } from "./documents.js";
import { Ledger } from "./ledger.js";

function paint(resultingVersion: number, id = `op-${resultingVersion}`): ShownOperation {
  const payload = { background: id };
  const line = { undoes: null, redoes: null };
  return { id, type: "UPDATE_CANVAS", target: {}, payload, resultingVersion, ...line };
}

/** A ledger to which op-2 to op-4 were sent, and what it found. */
function ledgerOfThree() {
  const violations: string[] = [];
  const ledger = new Ledger("template", startDesign, (rule, message) => {
    violations.push(`${rule} ${message}`);
  });
  ledger.sent(["op-2", "op-3", "op-4"]);
  return { ledger, violations };
}

describe("a ledger", () => {
  test("FAIL-1 FAIL-2 FAIL-3 finds nothing where log, answers and deliveries agree", () => {
    const { ledger, violations } = ledgerOfThree();
    ledger.acknowledged("a", [paint(2)]);
    ledger.audit([paint(2), paint(3)]);
    ledger.acknowledged("b", [paint(3), paint(2)]);
    ledger.audit([paint(4)]);
    ledger.checkComplete();
    ledger.checkDelivered("b", 1, []);
    expect(violations).toEqual([]);
    expect(ledger.copy.version).toBe(4);
  });

  test("FAIL-1 finds an acknowledged operation that is lost, or elsewhere, or answered otherwise", () => {
    const lost = ledgerOfThree();
    lost.ledger.acknowledged("a", [paint(2), paint(3)]);
    lost.ledger.audit([paint(2)]);
    lost.ledger.checkComplete();
    expect(lost.violations).toEqual(["FAIL-1 op-3 was acknowledged and is not in the log"]);

    const moved = ledgerOfThree();
    moved.ledger.acknowledged("a", [paint(3, "op-2")]);
    moved.ledger.audit([paint(2)]);
    expect(moved.violations.join()).toMatch(/^FAIL-1 op-2 was answered as/);

    const changed = ledgerOfThree();
    changed.ledger.acknowledged("a", [paint(2)]);
    changed.ledger.acknowledged("a", [paint(3, "op-2")]);
    expect(changed.violations.join()).toMatch(/^FAIL-1 a was answered/);

    const late = ledgerOfThree();
    late.ledger.audit([paint(2), paint(3)]);
    late.ledger.acknowledged("a", [paint(2, "op-3")]);
    expect(late.violations.join()).toMatch(/^FAIL-1 a was told/);
  });

  test("FAIL-2 finds what is in the log twice, what nobody sent, and a hole", () => {
    const twice = ledgerOfThree();
    twice.ledger.audit([paint(2), paint(3, "op-2")]);
    expect(twice.violations).toEqual(["FAIL-2 op-2 is in the log twice"]);

    const foreign = ledgerOfThree();
    foreign.ledger.audit([paint(2, "nobody's")]);
    expect(foreign.violations).toEqual(["FAIL-2 nobody sent nobody's, which the log holds"]);

    const hole = ledgerOfThree();
    hole.ledger.audit([paint(2), paint(4)]);
    expect(hole.violations).toEqual(["FAIL-2 the log: version 4 came after 2"]);
  });

  test("FAIL-3 finds a delivery that the log does not hold", () => {
    const { ledger, violations } = ledgerOfThree();
    ledger.audit([paint(2), paint(3)]);
    ledger.checkDelivered("a", 2, ["something else"]);
    expect(violations.join()).toMatch(/^FAIL-3 a was told something else, the log says .*op-3/);
  });
});
