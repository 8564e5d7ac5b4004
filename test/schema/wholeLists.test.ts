/** Lists that are told whole say their bound. */
import { getNamedType, getNullableType, isListType, isObjectType } from "graphql";
import { expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";

/** What is looked up by an id or a name, or asked for at the root. */
const ENTITIES = ["Query", "User", "Template", "Team", "Project", "ServiceAccount", "ShareLink"];
/** As many as the program knows, and as the deployment runs. */
const FIXED = new Set(["Query.operationTypes", "Query.serverNodes"]);

test("API-132: each list of an entity that has no pages says how long it is at most", () => {
  const schema = buildSchema();
  const told = ENTITIES.flatMap((name) => {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(`${name} is no type of the schema`);
    return Object.values(type.getFields()).flatMap((field) => {
      const isWhole =
        isListType(getNullableType(field.type)) && isObjectType(getNamedType(field.type));
      const path = `${name}.${field.name}`;
      return isWhole && !FIXED.has(path) ? [[path, field.description ?? ""] as const] : [];
    });
  });
  expect(told.map(([path]) => path)).toContain("Template.permissions");
  const silent = told.filter(([, description]) => !description.includes("at most"));
  expect(silent).toEqual([]);
});
