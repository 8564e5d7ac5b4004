import {
  graphql,
  GraphQLObjectType,
  GraphQLSchema,
  type ExecutionResult,
  type GraphQLScalarType,
} from "graphql";
import { describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";

function scalar(name: string): GraphQLScalarType {
  return buildSchema().getType(name) as GraphQLScalarType;
}

let received: unknown;

/** A field that takes a value of the scalar and notes what a resolver gets. */
function echo(name: string, source: string, variables?: Record<string, unknown>) {
  const type = scalar(name);
  received = undefined;
  const query = new GraphQLObjectType({
    name: "Query",
    fields: {
      echo: {
        type,
        args: { value: { type } },
        resolve: (_root, { value }: { value?: unknown }) => {
          received = value;
          return value;
        },
      },
    },
  });
  return graphql({
    schema: new GraphQLSchema({ query }),
    source,
    ...(variables && { variableValues: variables }),
  });
}

function literal(name: string, text: string): Promise<ExecutionResult> {
  return echo(name, `{ echo(value: ${text}) }`);
}

function variable(name: string, value: unknown): Promise<ExecutionResult> {
  return echo(name, `query($value: ${name}) { echo(value: $value) }`, { value });
}

describe("JSON", () => {
  test("API-20: a literal and a variable give the same plain data", async () => {
    await literal("JSON", '{ a: [1, -2.5, "x", true, null, { b: {} }], e: 1e3 }');
    const fromLiteral = received;
    await variable("JSON", { a: [1, -2.5, "x", true, null, { b: {} }], e: 1_000 });
    expect(fromLiteral).toEqual(received);
  });

  test("API-20: variables inside of a literal are replaced at any depth", async () => {
    const source = "query($x: JSON, $list: [JSON], $gone: JSON) { echo(value: ";
    await echo("JSON", `${source}{ a: { b: [$x, $gone] }, c: $list, d: $gone }) }`, {
      x: 3,
      list: [{ y: 1 }],
    });
    expect(received).toEqual({ a: { b: [3, null] }, c: [{ y: 1 }] });
  });

  test.each(["__proto__", "constructor", "toString"])(
    "API-21: the name %s arrives as an own property and changes no prototype",
    async (name) => {
      await literal("JSON", `{ ${name}: { polluted: true } }`);
      const fromLiteral = received as object;
      await variable("JSON", JSON.parse(`{ "${name}": { "polluted": true } }`));
      for (const value of [fromLiteral, received as object]) {
        expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
        expect(Object.keys(value)).toEqual([name]);
        expect(Object.getOwnPropertyDescriptor(value, name)?.value).toEqual({ polluted: true });
      }
      expect("polluted" in {}).toBe(false);
    },
  );

  test("API-21: a literal with one name twice is refused", async () => {
    const { errors } = await literal("JSON", "{ a: 1, b: { c: 1, c: 2 } }");
    expect(errors?.[0]?.message).toContain('one input field named "c"');
    expect(received).toBeUndefined();
  });

  test("API-21: numbers that JSON cannot hold reach the checks as such", async () => {
    await literal("JSON", "[1e999, -1e999, 123456789012345678901234567890]");
    expect(received).toEqual([Infinity, -Infinity, 123456789012345678901234567890]);
  });
});

describe("Timestamp", () => {
  test.each([0, 1, -1, 1_767_225_600_000, 8.64e15, -8.64e15])(
    "API-22: %d is taken, as literal and as variable",
    async (value) => {
      expect(await literal("Timestamp", String(value))).toEqual({ data: { echo: value } });
      expect(await variable("Timestamp", value)).toEqual({ data: { echo: value } });
    },
  );

  test.each([
    ["1.5", 1],
    ["-0.5", 0],
    ["1e3", 1_000],
    ["1767225600000.9", 1_767_225_600_000],
    ["8640000000000001", 8.64e15],
    ["1767225600000000000", 8.64e15],
    ["-1e99", -8.64e15],
    ["1e999", 8.64e15],
  ])("API-22: of a wrong clock's %s what can be stored is taken", async (text, value) => {
    expect(await literal("Timestamp", text)).toEqual({ data: { echo: value } });
    expect(await variable("Timestamp", JSON.parse(text))).toEqual({ data: { echo: value } });
  });

  test.each(['"1"', "true", "{}", "[1]"])(
    "API-22: %s is refused, as literal and as variable",
    async (text) => {
      expect((await literal("Timestamp", text)).errors).toHaveLength(1);
      expect((await variable("Timestamp", JSON.parse(text))).errors).toHaveLength(1);
      expect(received).toBeUndefined();
    },
  );

  test("API-22: what is no number is refused", async () => {
    expect((await variable("Timestamp", NaN)).errors).toHaveLength(1);
  });
});

describe("DateTime", () => {
  test("API-22: is given as ISO 8601 in UTC with milliseconds", () => {
    const instant = Date.UTC(2026, 0, 31, 12, 0, 0, 5);
    expect(scalar("DateTime").serialize(instant)).toBe("2026-01-31T12:00:00.005Z");
    expect(scalar("DateTime").serialize(new Date(instant))).toBe("2026-01-31T12:00:00.005Z");
  });

  test.each(["2026-01-31T12:00:00Z", "2026-01-31T13:00:00.000+01:00"])(
    "API-22: %s is taken",
    (text) => {
      expect(scalar("DateTime").parseValue(text)).toEqual(new Date(Date.UTC(2026, 0, 31, 12)));
    },
  );

  test.each(["", "2026-01-31", "2026-01-31T12:00:00", "2026-13-31T12:00:00Z", 5, null])(
    "API-22: %j is refused",
    (value) => {
      expect(() => scalar("DateTime").parseValue(value)).toThrow("DateTime");
    },
  );
});
