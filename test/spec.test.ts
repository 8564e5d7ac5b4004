import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** The ids that texts of tests begin with, or name in brackets; with where they were first seen. */
function idsInTests(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync("test", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file === "spec.test.ts") continue;
    for (const id of idsIn(readFileSync(`test/${file}`, "utf8"))) {
      if (!found.has(id)) found.set(id, file);
    }
  }
  return found;
}

function idsIn(source: string): string[] {
  const atTheBeginning = /["'`]((?:[A-Z]+-\d+[,:]? ?)+)/g;
  const inBrackets = /\(([A-Z]+-\d+(?:, [A-Z]+-\d+)*)\)/g;
  return [atTheBeginning, inBrackets]
    .flatMap((pattern) => [...source.matchAll(pattern)].flatMap(([, ids = ""]) => ids))
    .flatMap((ids) => ids.match(/[A-Z]+-\d+/g) ?? [])
    .filter((id) => !/^(UTF|SHA)-/.test(id));
}

const rules = [...readFileSync("SPEC.md", "utf8").matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(
  ([, id = ""]) => id,
);

describe("SPEC.md", () => {
  test("states each rule once", () => {
    expect(rules.filter((id, index) => rules.indexOf(id) !== index)).toEqual([]);
  });

  test("holds every rule that a test names", () => {
    const unknown = [...idsInTests()].filter(([id]) => !rules.includes(id));
    expect(unknown.map(([id, file]) => `${id} in test/${file}`)).toEqual([]);
  });

  test("holds no rule that no test names", () => {
    const named = idsInTests();
    expect(rules.filter((id) => !named.has(id))).toEqual([]);
  });

  test("is found to say something that no test does, and the other way", () => {
    const source = `it("ABC-1 XY-2, Z-3: x"); test(\`\${type} is (OP-1)\`); "a UTF-8 b (OP-2, OP-3)"; // ABC-9`;
    expect(idsIn(source)).toEqual(["ABC-1", "XY-2", "Z-3", "OP-1", "OP-2", "OP-3"]);
  });
});
