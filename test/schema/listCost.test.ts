/** Every list of the schema costs by how long it may be. */
import {
  getNamedType,
  GraphQLError,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
  type GraphQLField,
  type ValidationRule,
} from "graphql";
import { describe, expect, test } from "vitest";
import { costLimit, pageOf } from "../../src/http/graphql/documentCost.js";
import { buildSchema } from "../../src/schema/build.js";

const schema = buildSchema();

const objects = Object.values(schema.getTypeMap()).filter(
  (type) => isObjectType(type) && !type.name.startsWith("__"),
);
const fields = objects.flatMap((type) =>
  isObjectType(type)
    ? Object.values(type.getFields()).map((field) => ({
        name: `${type.name}.${field.name}`,
        field,
      }))
    : [],
);

const isList = ({ type }: GraphQLField<unknown, unknown>) =>
  isListType(isNonNullType(type) ? type.ofType : type);

/** What a document costs: the least limit that lets it pass. */
function costOf(document: string): number {
  const refusedAt = (max: number) => {
    const rules: ValidationRule[] = [];
    const { onValidate } = costLimit(max, () => new GraphQLError("too much"));
    onValidate?.({ addValidationRule: (rule: ValidationRule) => rules.push(rule) } as never);
    return validate(schema, parse(document), rules).length > 0;
  };
  let [low, high] = [-1, 10_000_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (refusedAt(middle)) low = middle;
    else high = middle;
  }
  return high;
}

describe("the cost of lists", () => {
  test("LIM-24 each list of objects has pages, is one of a page, or counts as many", () => {
    const lists = fields.filter(
      ({ field }) => isList(field) && isCompositeType(getNamedType(field.type)),
    );
    expect(lists.length).toBeGreaterThan(20);
    for (const { name } of lists) {
      const [type = "", field = ""] = name.split(".");
      const isOfPage = type.endsWith("Connection");
      // A fragment stands for the way that leads there; its cost is that of the list alone.
      const cost = costOf(
        `{ ...F } fragment F on ${type} { ${field} { ... { ${field}: nonsense } } }`,
      );
      expect(cost, name).toBe(isOfPage ? 2 : 26);
    }
  });

  test("LIM-24 the pages that cost counts with are those that the arguments tell of", () => {
    const paged = fields.flatMap(({ name, field }) =>
      field.args
        .filter((argument) => argument.name === "first")
        .map((argument) => ({ name, field, told: argument.description ?? "" })),
    );
    expect(paged.length).toBeGreaterThan(4);
    for (const { name, field, told } of paged) {
      const [, longest = "", usual = ""] = /0 to ([\d,]+); default (\d+)/.exec(told) ?? [];
      expect(pageOf(field.name), name).toEqual({
        longest: Number(longest.replace(",", "")),
        usual: Number(usual),
      });
    }
  });

  test("LIM-24 a page counts as long as it is asked for, and by variable as long as it may be", () => {
    const page = (args: string) =>
      costOf(`query ($n: Int) { templates${args} { nodes { id name } } }`);
    expect(page("(first: 7)")).toBe(1 + 7 * 3);
    expect(page("(last: 7)")).toBe(1 + 7 * 3);
    expect(page("")).toBe(1 + 20 * 3);
    expect(page("(first: null)")).toBe(1 + 20 * 3);
    expect(page("(first: 0)")).toBe(1 + 3);
    expect(page("(first: $n)")).toBe(1 + 100 * 3);
    expect(
      costOf("{ templates(first: 10) { nodes { operations(first: 10) { nodes { id } } } } }"),
    ).toBe(1 + 10 * (1 + 1 + 10 * 2));
    expect(costOf("{ __schema { types { name } } __typename }")).toBe(0);
  });

  test("LIM-24 a fragment counts wherever it is used, and once where it contains itself", () => {
    const twice = "{ a: viewer { ...U } b: viewer { ...U } } fragment U on User { id name }";
    expect(costOf(twice)).toBe(6);
    expect(
      costOf("{ ...A } fragment A on Query { ...B viewer { id } } fragment B on Query { ...A }"),
    ).toBe(2);
  });
});
