import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildClientSchema, getIntrospectionQuery, isAbstractType, isObjectType } from "graphql";
import type { GraphQLFieldMap, GraphQLSchema, IntrospectionQuery } from "graphql";
import { operationTypes, possibleTypes, typePolicies } from "strata/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawCard, removeElement } from "../../examples/typedOperations.js";
import { operationReference } from "../../src/domain/operations/registry.js";
import {
  newAuthor,
  query,
  startTestServer,
  type TestServer,
} from "../integration/runningServer.js";

/** Those of the operations, written as text, that do not compile. */
function compileErrors(operations: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "strata-types-"));
  try {
    const file = join(folder, "operations.ts");
    const declarations = resolve("schema/index.js");
    const values = operations.map((text) => `export const _: OperationInput = ${text};`);
    const numbered = values.map((text, index) => text.replace("_", `operation${index}`));
    const head = `import type { OperationInput } from ${JSON.stringify(declarations)};`;
    writeFileSync(file, [head, ...numbered].join("\n"));
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "false", "--module", "nodenext"];
    const { stdout } = spawnSync("npx", ["tsc", ...flags, "--ignoreConfig", file], {
      encoding: "utf8",
    });
    // The first line imports the type.
    const lines = [...stdout.matchAll(/^.*operations\.ts\((\d+),\d+\): error TS/gm)];
    const wrong = new Set(lines.map(([, line]) => Number(line) - 2));
    return operations.filter((_, index) => wrong.has(index));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fieldsOf(schema: GraphQLSchema, name: string): GraphQLFieldMap<unknown, unknown> {
  const type = schema.getType(name);
  return isObjectType(type) ? type.getFields() : {};
}

describe("the types that clients get", () => {
  test("API-93 take the example of every operation type", () => {
    const operations = operationReference().map(({ type, example }) => {
      const { target, payload } = example;
      return JSON.stringify({ id: "1", type, target, payload });
    });
    expect(operationTypes).toEqual(operationReference().map(({ type }) => type));
    expect(compileErrors(operations)).toEqual([]);
  });

  const target = '{ pageId: "p", elementId: "e" }';
  const misfits = [
    `{ id: "1", type: "MOVE", target: ${target}, payload: { x: 1, y: 1 } }`,
    `{ id: "1", type: "MOVE_ELEMENT", target: ${target}, payload: { x: "1", y: 1 } }`,
    `{ id: "1", type: "MOVE_ELEMENT", target: ${target}, payload: { x: 1 } }`,
    `{ id: "1", type: "MOVE_ELEMENT", target: ${target}, payload: { x: 1, y: 1, z: 1 } }`,
    `{ id: "1", type: "MOVE_ELEMENT", target: ${target} }`,
    `{ id: "1", type: "MOVE_ELEMENT", target: { pageId: "p" }, payload: { x: 1, y: 1 } }`,
    `{ id: "1", type: "DELETE_ELEMENT", target: ${target}, payload: { x: 1 } }`,
    `{ id: "1", type: "UPDATE_ELEMENT_PROPS", target: ${target}, payload: { parentId: "g" } }`,
    `{ id: "1", type: "ADD_ELEMENT", target: ${target}, payload: { type: "rect", x: 1, y: 1, fill: () => 1 } }`,
    `{ id: "1", type: "EDIT_TEXT", target: ${target}, payload: { delta: [{ insert: 1 }] } }`,
    `{ id: "1", type: "EXTEND_STROKE", target: ${target}, payload: { points: [[1]] } }`,
    `{ type: "DELETE_ELEMENT", target: ${target} }`,
  ];

  test("API-93 do not take what is refused for its shape", () => {
    const fits = `{ id: "1", type: "MOVE_ELEMENT", target: ${target}, payload: { x: 1, y: 1 } }`;
    expect(compileErrors([fits, ...misfits])).toEqual(misfits);
  });
});

describe("an API whose types clients know", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  test("API-93 takes what the example writes with them", async () => {
    const { token, templateId } = await newAuthor(server);
    const [card, ...rest] = drawCard("page-1", "Hello", { fill: "#ffd43b", width: 90, height: 40 });
    const remove = removeElement("page-1", card?.target["elementId" as never] ?? "");
    const { text } = await query(
      server,
      `mutation ($input: ApplyOperationsInput!) {
        applyOperations(input: $input) {
          __typename
          ... on OperationsApplied { newVersion }
          ... on UserError { code message }
        }
      }`,
      { input: { templateId, baseVersion: 1, operations: [card, ...rest, remove] } },
      token,
    );
    expect(text).toContain('"__typename":"OperationsApplied","newVersion":5');
  });

  test("API-94 tells members of interfaces and unions as `possibleTypes` does", async () => {
    const document = "{ __schema { types { kind name possibleTypes { name } } } }";
    const { json } = await query(server, document);
    const told = json.data?.["__schema"] as {
      types: { name: string; kind: string; possibleTypes: { name: string }[] | null }[];
    };
    const members = told.types.flatMap(({ name, possibleTypes }) =>
      possibleTypes === null ? [] : [[name, possibleTypes.map(({ name }) => name)] as const],
    );
    expect(possibleTypes).toEqual(Object.fromEntries(members));
    expect(possibleTypes["UserError"]).toEqual(["RequestError", "VersionConflict"]);
  });

  test("API-95 tells caches to keep apart what shares an id, and to replace lists", async () => {
    const { json } = await query(server, getIntrospectionQuery());
    const schema = buildClientSchema(json.data as unknown as IntrospectionQuery);
    const shared = Object.keys(schema.getTypeMap()).filter((name) => {
      const { id } = fieldsOf(schema, name);
      return id?.description?.includes("unique within the template") === true;
    });
    expect(shared).toContain("Operation");
    for (const name of shared) expect(typePolicies[name], name).toEqual({ keyFields: false });
    expect(typePolicies["Template"]?.fields?.["operations"]).toEqual({ merge: false });
    for (const [name, { fields = {} }] of Object.entries(typePolicies)) {
      const known = Object.keys(fieldsOf(schema, name));
      expect(known, name).toEqual(expect.arrayContaining(Object.keys(fields)));
    }
  });

  test("API-94 lets a fragment on UserError stand in every outcome with a refusal", async () => {
    const { json } = await query(server, getIntrospectionQuery());
    const schema = buildClientSchema(json.data as unknown as IntrospectionQuery);
    const unions = Object.values(schema.getTypeMap()).filter(isAbstractType);
    for (const union of unions) {
      const refusals = schema
        .getPossibleTypes(union)
        .filter((type) => isObjectType(type) && "message" in type.getFields());
      for (const refusal of refusals) {
        expect(
          refusal.getInterfaces().map(({ name }) => name),
          refusal.name,
        ).toContain("UserError");
      }
    }
  });
});
