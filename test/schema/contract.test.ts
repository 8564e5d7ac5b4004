import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  printSchema,
  validateSchema,
  type GraphQLArgument,
  type GraphQLNamedType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { contractDifferences } from "./contractDifferences.js";

const contract = readFileSync(new URL("contract.graphql", import.meta.url), "utf8");

describe("the contract", () => {
  test("API-1: the schema holds every name, argument, default, type and nullability of it", () => {
    expect(contractDifferences(contract, printSchema(buildSchema()))).toEqual([]);
  });

  test.each([
    ["type A { f: Int! }", "type A { f: Int }", "A.f: Int instead of Int!"],
    ["type A { f: Int }", "type A { g: Int }", "A.f"],
    ["type A { f(x: Int): Int }", "type A { f: Int }", "A.f(x)"],
    ["type A { f: Int }", "type A { f(x: Int!): Int }", "A.f(x): must be given"],
    ["input A { f: Int = 1 }", "input A { f: Int = 2 }", "A.f: default 2 instead of 1"],
    ["input A { f: Int! }", "input A { f: Int }", "A.f: Int instead of Int!"],
    ["enum A { X Y }", "enum A { X }", "A.Y"],
    ["union A = B | C", "union A = B", "A.C"],
    ["type A implements B { f: Int }", "type A { f: Int }", "A.B"],
    ["scalar A", "enum A { X }", "A: EnumTypeDefinition instead of ScalarTypeDefinition"],
    ["scalar A", "scalar B", "A"],
  ])("API-1: a schema that breaks it is noticed: %s / %s", (promised, built, difference) => {
    const [found] = contractDifferences(promised, built);
    expect(found).toContain(difference);
  });
});

describe("the schema", () => {
  test("API-2: is valid", () => {
    expect(validateSchema(buildSchema())).toEqual([]);
  });

  test("API-2: describes every type, field, argument and enum value", () => {
    expect(Object.values(buildSchema().getTypeMap()).flatMap(undescribedIn)).toEqual([]);
  });

  test("API-3: schema.graphql is what the code says", () => {
    const result = spawnSync("npx", ["tsx", "scripts/writeSchema.ts", "--check"], {
      encoding: "utf8",
    });
    expect(result.stderr).not.toContain("differs");
    expect(result.status).toBe(0);
  });
});

function undescribedIn(type: GraphQLNamedType): string[] {
  if (isIntrospectionType(type) || isSpecifiedScalarType(type)) return [];
  const own = type.description ? [] : [type.name];
  if (isEnumType(type)) {
    const values = type.getValues().filter(({ description }) => !description);
    return [...own, ...values.map(({ name }) => `${type.name}.${name}`)];
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return own;
  const inner = Object.values(type.getFields()).flatMap((field) => [
    ...(field.description ? [] : [`${type.name}.${field.name}`]),
    ...("args" in field ? (field.args as readonly GraphQLArgument[]) : [])
      .filter(({ description }) => !description)
      .map(({ name }) => `${type.name}.${field.name}(${name})`),
  ]);
  return [...own, ...inner];
}
