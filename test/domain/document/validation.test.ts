import { describe, expect, test } from "vitest";
import { checkId, checkJson, checkProperties } from "../../../src/domain/document/validation.js";
import { defaultDomainLimits } from "../../../src/domain/limits.js";

const limits = {
  ...defaultDomainLimits,
  jsonDepthMax: 4,
  stringUnitsMax: 10,
  propertiesPerObjectMax: 3,
  numberMagnitudeMax: 1_000,
  idUnitsMax: 9,
};

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function object(properties: number): object {
  return Object.fromEntries(Array.from({ length: properties }, (_, index) => [`k${index}`, index]));
}

describe("JSON that comes in", () => {
  test.each<[string, unknown]>([
    ["DOC-1 an object without prototype", Object.assign(Object.create(null) as object, { a: 1 })],
    ["DOC-1 null, booleans, lists", { a: null, b: [true, false], c: [] }],
    ["DOC-2 the greatest depth", nested(4)],
    ["DOC-2 the longest string", "x".repeat(10)],
    ["DOC-2 the longest key", { ["x".repeat(10)]: 1 }],
    ["DOC-2 the most properties", object(3)],
    ["DOC-2 the greatest numbers", [1_000, -1_000, -0, 5e-324]],
    ["DOC-3 whole surrogate pairs", ["😀", { "😀": "a😀" }]],
  ])("%s may pass", (_name, value) => {
    expect(checkJson(value, limits, ["payload"])).toBeUndefined();
  });

  test.each<[string, unknown, string, string[]]>([
    ["DOC-1 undefined", [undefined], "INVALID", ["0"]],
    ["DOC-1 a hole in a list", Array(1), "INVALID", ["0"]],
    ["DOC-1 a function", { a: () => 1 }, "INVALID", ["a"]],
    ["DOC-1 a big integer", { a: 1n }, "INVALID", ["a"]],
    ["DOC-1 a symbol", Symbol("s"), "INVALID", []],
    ["DOC-1 a date", { a: new Date(0) }, "INVALID", ["a"]],
    ["DOC-1 a map", [new Map()], "INVALID", ["0"]],
    ["DOC-1 NaN", { a: NaN }, "INVALID", ["a"]],
    ["DOC-1 infinity", { a: [1, -Infinity] }, "INVALID", ["a", "1"]],
    ["DOC-2 one level more", nested(5), "TOO_LARGE", ["0", "a", "0", "a"]],
    ["DOC-2 a longer string", { a: "x".repeat(11) }, "TOO_LARGE", ["a"]],
    ["DOC-2 a longer key", { ["x".repeat(11)]: 1 }, "TOO_LARGE", ["x".repeat(11)]],
    ["DOC-2 one property more", { a: object(4) }, "TOO_LARGE", ["a"]],
    ["DOC-2 a greater number", [1_000.1], "INVALID", ["0"]],
    ["DOC-2 a huge integer", JSON.parse(`[1${"0".repeat(400)}]`), "INVALID", ["0"]],
    ["DOC-3 NUL in a string", ["a\0b"], "INVALID", ["0"]],
    ["DOC-3 NUL in a key", { "\0": 1 }, "INVALID", ["\0"]],
    ["DOC-3 a high surrogate alone", ["a\ud83d"], "INVALID", ["0"]],
    ["DOC-3 a low surrogate alone", ["\ude00a"], "INVALID", ["0"]],
    ["DOC-3 a pair in the wrong order", ["\ude00\ud83d"], "INVALID", ["0"]],
    ["DOC-3 half a pair in a key", { "\ud83d": 1 }, "INVALID", ["\ud83d"]],
    ["DOC-4 __proto__", JSON.parse('{"a":{"__proto__":{"x":1}}}'), "INVALID", ["a", "__proto__"]],
    ["DOC-4 constructor", { constructor: 1 }, "INVALID", ["constructor"]],
    ["DOC-4 prototype", [{ prototype: 1 }], "INVALID", ["0", "prototype"]],
  ])("%s is refused", (_name, value, code, path) => {
    expect(checkJson(value, limits, ["payload"])).toMatchObject({
      code,
      path: ["payload", ...path],
    });
  });

  test("DOC-4 __proto__ is refused on an object without prototype", () => {
    const value = Object.create(null) as Record<string, unknown>;
    value["__proto__"] = 1;
    expect(checkJson(value, limits, [])).toMatchObject({ code: "INVALID", path: ["__proto__"] });
  });

  test("DOC-2 a hundred thousand levels are refused without following them", () => {
    const issue = checkJson(nested(100_000), defaultDomainLimits, []);
    expect(issue).toMatchObject({ code: "TOO_LARGE" });
    expect(issue?.path).toHaveLength(defaultDomainLimits.jsonDepthMax);
  });

  test("DOC-2 what is checked elsewhere is not counted among the properties of a node", () => {
    const node = { ...object(3), id: "n", elements: nested(9) };
    expect(checkProperties(node, ["id", "elements"], limits, [])).toBeUndefined();
    expect(checkProperties({ ...node, k3: 1 }, ["id", "elements"], limits, ["p"])).toMatchObject({
      code: "TOO_LARGE",
      path: ["p"],
    });
    expect(checkProperties([], [], limits, ["p"])).toMatchObject({ code: "INVALID", path: ["p"] });
    expect(checkProperties({ a: nested(3) }, [], limits, [])).toBeUndefined();
    expect(checkProperties({ a: nested(4) }, [], limits, [])).toMatchObject({ code: "TOO_LARGE" });
  });

  test.each(["a", "x".repeat(9), "é/~ 😀", "__proto__"])("DOC-5 %j may be an id", (id) => {
    expect(checkId(id, limits)).toBeUndefined();
  });

  test.each<[unknown, string]>([
    ["", "INVALID"],
    [7, "INVALID"],
    [null, "INVALID"],
    ["x".repeat(10), "TOO_LARGE"],
    ["a\nb", "INVALID"],
    ["\0", "INVALID"],
    ["\u0085", "INVALID"],
    ["\ud83d", "INVALID"],
  ])("DOC-5 %j may not be an id", (id, code) => {
    expect(checkId(id, limits, ["target", "pageId"])).toMatchObject({
      code,
      path: ["target", "pageId"],
    });
  });
});
