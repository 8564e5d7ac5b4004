/** Every argument of every field of the schema, with values that nobody sends by accident: each gets a typed answer. */
import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isLeafType,
  parse,
  subscribe,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
} from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { createMaskError } from "../../src/schema/maskError.js";
import { startApi, type Api, type Client } from "./api.js";

const texts = [
  ...[
    "",
    " ",
    "x",
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\udc00x",
    "__proto__",
    "-1",
    "1e400",
    "%",
    "'",
  ],
  ...["00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "\u202e💥"],
  "x".repeat(70_000),
];
const oddValues: Readonly<Record<string, readonly unknown[]>> = {
  ID: texts,
  String: texts,
  Int: [-2_147_483_648, -1, 0, 1, 2_147_483_647],
  Float: [-1e308, -1, 0, 5e-324, 1e308],
  Boolean: [true, false],
  DateTime: [
    ...["0000-01-01T00:00:00Z", "0000-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z"],
    ...["0000-01-01T00:00:00+23:59", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
    ...["9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z"],
  ],
  Timestamp: [-8.64e15, -1, 0, 8.64e15],
  JSON: [null, [], {}, "\u0000", "\ud800", { "\u0000": 1 }, { a: "\udfff" }, -1e308, [[[[{}]]]]],
};

let api: Api;
let client: Client;
/** Values by the name of the argument, so that what is beside an odd one leads on. */
const known: Record<string, unknown> = {};
/** How each type with fields that take arguments is reached. */
let ways: Readonly<Record<string, string>>;

beforeAll(async () => {
  api = await startApi();
  client = await api.signUp("Odd");
  const templateId = await client.createTemplate({ name: "Odd" });
  const pageId = await client.firstPage(templateId);
  await client.addElement(templateId, pageId, "e1");
  const { createTeam } = await client.data(
    `mutation { createTeam(input: { name: "T" }) { ... on TeamCreated { team { id } } } }`,
  );
  const { createProject } = await client.data(
    `mutation { createProject(input: { name: "P" }) { ... on ProjectCreated { project { id } } } }`,
  );
  const [teamId, projectId] = [createTeam.team.id, createProject.project.id];
  Object.assign(known, { templateId, pageId, teamId, projectId, userId: client.id });
  Object.assign(known, { elementId: "e1", templateIds: [templateId], first: 1, version: 1 });
  await api.services.users.setRole(client.id, "ADMIN");
  const thread = { templateId, id: "thread-1", body: "Odd", anchor: {} };
  await client.data(
    `mutation ($input: CreateCommentInput!) { createComment(input: $input) { __typename ... on RequestError { message } } }`,
    { input: thread },
  );
  ways = {
    Query: "query",
    Mutation: "mutation",
    Subscription: "subscription",
    Template: `template(id: "${templateId}")`,
    Team: `team(id: "${teamId}")`,
    Project: `project(id: "${projectId}")`,
    User: "viewer",
    CommentThread: `template(id: "${templateId}") { comments(first: 1) { nodes`,
    TemplateVersion: `template(id: "${templateId}") { at(version: 1)`,
  };
});
afterAll(() => api.stop());

const schema = buildSchema();

type Input = GraphQLArgument | GraphQLInputField;

/** A value that the type takes; what may be omitted is, but for lists of what one has. */
function valueOf(name: string, type: GraphQLInputType): unknown {
  if (name in known && !isListType(isNonNullType(type) ? type.ofType : type)) return known[name];
  if (isNonNullType(type)) return valueOf(name, type.ofType);
  if (isListType(type)) return known[name] ?? [valueOf(name, type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) return required(Object.values(type.getFields()));
  const plain: Record<string, unknown> = {
    ...{ ID: "some-id", String: "text", Int: 1, Float: 1, Boolean: true, JSON: {} },
    ...{ DateTime: "2027-01-01T00:00:00.000Z", Timestamp: 1_700_000_000_000 },
  };
  return plain[type.name];
}

function required(inputs: readonly Input[]): Record<string, unknown> {
  const needed = inputs.filter(({ type }) => isNonNullType(type));
  return Object.fromEntries(needed.map(({ name, type }) => [name, valueOf(name, type)]));
}

/** The inputs with one leaf replaced, for every leaf and every odd value; recursive inputs go a few levels deep. */
function* oddly(
  inputs: readonly Input[],
  base: Record<string, unknown>,
  depth = 0,
): Generator<readonly [path: string, values: Record<string, unknown>]> {
  for (const { name, type } of inputs) {
    const named = getNamedType(type);
    const wrap = (value: unknown) =>
      isListType(isNonNullType(type) ? type.ofType : type) ? [value] : value;
    if (isInputObjectType(named)) {
      if (depth > 3) continue;
      const fields = Object.values(named.getFields());
      const inner = required(fields);
      for (const [path, values] of oddly(fields, inner, depth + 1)) {
        yield [`${name}.${path}`, { ...base, [name]: wrap(values) }];
      }
    } else if (!isEnumType(named)) {
      const odd = oddValues[named.name];
      if (odd === undefined) throw new Error(`no odd values are known for ${named.name}`);
      for (const value of odd) {
        yield [`${name} = ${JSON.stringify(value).slice(0, 60)}`, { ...base, [name]: wrap(value) }];
      }
      if (wrap(0) !== 0) yield [`${name} = []`, { ...base, [name]: [] }];
    }
  }
}

/** So much is selected that a field's own queries run. */
function selectionOf(field: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(field.type);
  if (isLeafType(named)) return "";
  const lists = isObjectType(named) ? named.getFields() : {};
  const deeper = ["nodes", "edges"].filter((name) => name in lists);
  return `{ __typename ${deeper.map((name) => `${name} { __typename }`).join(" ")} }`;
}

function documentOf(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string {
  const variables = field.args.map(({ name, type }) => `$${name}: ${String(type)}`).join(", ");
  const given = field.args.map(({ name }) => `${name}: $${name}`).join(", ");
  const asked = `${field.name}(${given}) ${selectionOf(field)}`;
  const way = ways[parent.name]!;
  const isRoot = ["query", "mutation", "subscription"].includes(way);
  return isRoot
    ? `${way} (${variables}) { ${asked} }`
    : `query (${variables}) { ${way} { ${asked} } ${way
        .split("{")
        .slice(1)
        .map(() => "}")
        .join(" ")} }`;
}

const unexpected: unknown[] = [];
const maskError = createMaskError((error) => unexpected.push(error));

async function ask(source: string, variables: object): Promise<readonly unknown[]> {
  if (!source.startsWith("subscription")) return (await client.run(source, variables)).errors ?? [];
  const contextValue = client.context;
  try {
    const result = await subscribe({
      ...{ schema, document: parse(source), contextValue },
      variableValues: JSON.parse(JSON.stringify(variables)) as Record<string, unknown>,
    });
    if ("errors" in result) return result.errors!.map(maskError);
    await (result as AsyncGenerator).return(undefined);
    return [];
  } finally {
    contextValue.work.end();
  }
}

function fieldsWithArguments(): (readonly [GraphQLObjectType, GraphQLField<unknown, unknown>])[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith("__"))
    .flatMap((type) =>
      Object.values((type as GraphQLObjectType).getFields())
        .filter(({ args }) => args.length > 0)
        .map((field) => [type as GraphQLObjectType, field] as const),
    );
}

/** They end what the walk needs: who asks, or the sign-in. Each is asked on its own elsewhere. */
const ending = new Set(["deleteAccount", "changePassword"]);

test("API-34 no value of any argument is an internal error", async () => {
  const internal: string[] = [];
  let asked = 0;
  for (const [parent, field] of fieldsWithArguments()) {
    if (!(parent.name in ways) || ending.has(field.name)) continue;
    const source = documentOf(parent, field);
    for (const [path, variables] of oddly(field.args, required(field.args))) {
      asked += 1;
      const errors = await ask(source, variables);
      if (!JSON.stringify(errors).includes("INTERNAL_SERVER_ERROR")) continue;
      internal.push(`${parent.name}.${field.name} ${path}`);
    }
  }
  expect(internal).toEqual([]);
  expect(asked).toBeGreaterThan(1_000);
});

test("API-34 every type whose fields take arguments is reached", () => {
  const others = fieldsWithArguments().filter(([{ name }]) => !(name in ways));
  expect([...new Set(others.map(([{ name }]) => name))].sort()).toEqual([]);
});
