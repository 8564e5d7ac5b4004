/** The schema, field by field, as everybody finds it on everything there is. */
import { randomUUID } from "node:crypto";
import {
  getNamedType,
  isObjectType,
  parse,
  subscribe,
  type ExecutionResult,
  type GraphQLField,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions, type Action } from "../../src/domain/access/access.js";
import { buildSchema } from "../../src/schema/build.js";
import type { Client } from "../schema/api.js";
import {
  carriedFields,
  ownFields,
  rootRules,
  templateFields,
  type RootRule,
} from "./fieldRules.js";
import { argumentsOf, variablesOf } from "./inputs.js";
import { expected, openScene, type Scene } from "./scene.js";

const schema = buildSchema();
let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.api.stop());

type AnyField = GraphQLField<unknown, unknown>;
interface Root {
  readonly type: "Query" | "Mutation" | "Subscription";
  readonly name: string;
  readonly field: AnyField;
  readonly rule: RootRule;
}

const roots: Root[] = (["Query", "Mutation", "Subscription"] as const).flatMap((type) => {
  const fields = schema.getType(type);
  if (!isObjectType(fields)) return [];
  return Object.entries(fields.getFields()).flatMap(([name, field]) => {
    const rule = rootRules[type]?.[name];
    return rule === undefined ? [] : { type, name, field: field as AnyField, rule };
  });
});
const isAction = (rule: RootRule): rule is Action => (actions as readonly string[]).includes(rule);
const onTemplates = roots.filter(({ rule }) => isAction(rule));

/** Sends a request for the field with the ids given and nothing else that is there. */
async function ask(client: Client, { type, name, field, rule }: Root, id: string) {
  const key = rule === "team" || rule === "project" ? `${rule}Id` : "templateId";
  const given = type === "Mutation" ? { [key]: id, id: madeUp } : { [key]: id, id };
  const variables = variablesOf(field, given);
  const { declared, passed } = argumentsOf(field, variables);
  const refusal =
    type === "Mutation"
      ? "{ __typename ... on RequestError { code message path operationId } }"
      : "";
  const isLeaf = !("getFields" in getNamedType(field.type)) && type !== "Mutation";
  const selection = refusal || (isLeaf ? "" : "{ __typename }");
  const source = `${type.toLowerCase()}${declared} { ${name}${passed} ${selection} }`;
  if (type !== "Subscription") return answerOf(await client.run(source, variables), name);
  const answer = await subscribe({
    ...{ schema, document: parse(source), variableValues: variables },
    contextValue: client.context,
  });
  if (!(Symbol.asyncIterator in answer)) return answerOf(answer, name);
  await answer.return(undefined);
  return { kind: "allowed", answer: undefined } as const;
}

const madeUp = randomUUID();

interface Refusal {
  readonly __typename: string;
  readonly code: string;
  readonly path: readonly string[];
}

/** What a client can tell of an answer: all of it, where it is a refusal. */
function answerOf({ data, errors }: ExecutionResult, name: string) {
  const [error] = errors ?? [];
  if (error !== undefined) {
    const code = error.extensions["code"];
    const isHidden = code === "NOT_FOUND" || code === "UNAUTHENTICATED";
    return {
      kind: isHidden ? "hidden" : "failed",
      answer: undefined,
      code,
      message: error.message,
    };
  }
  const answer = data?.[name] as Partial<Refusal> | null;
  if (answer === null) return { kind: "hidden", answer };
  const { code, path } = answer;
  const isMissing = code === "NOT_FOUND" && /^(template|team|project)Id$/.test(path?.join() ?? "");
  if (isMissing || code === "UNAUTHENTICATED") return { kind: "hidden", answer };
  return { kind: code === "FORBIDDEN" ? "forbidden" : "allowed", answer };
}

describe("ACC-32 every field has a declared rule", () => {
  test("and every rule a field", () => {
    const declared: string[] = [];
    const say = (type: string, names: Iterable<string>) => {
      for (const name of names) declared.push(`${type}.${name}`);
    };
    for (const [type, rules] of Object.entries(rootRules)) say(type, Object.keys(rules));
    say("Template", Object.keys(templateFields));
    for (const [type, names] of Object.entries(ownFields)) say(type, names.split(" "));
    for (const [type, names] of Object.entries(carriedFields)) say(type, names.split(" "));
    const there: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || /^__|^PageInfo$|Edge$|Connection$/.test(type.name)) continue;
      for (const name of Object.keys(type.getFields())) there.push(`${type.name}.${name}`);
    }
    expect(declared.toSorted()).toEqual(there.toSorted());
  });

  test("and lists say how many there are nowhere but in the log", () => {
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || !/Edge$|Connection$/.test(type.name)) continue;
      const fields = Object.keys(type.getFields()).toSorted().join(" ");
      // Who may see a template may see all of its log.
      const isLog = type.name === "OperationConnection";
      const connection = isLog ? "edges nodes pageInfo total" : "edges nodes pageInfo";
      expect(["cursor node", connection]).toContain(fields);
    }
  });
});

describe.each(["shared", "in a team's project", "public"])(
  "ACC-32 on a template that is %s",
  (which) => {
    test.each(onTemplates.map((root) => [root.type, root.name, root] as const))(
      "%s.%s answers everybody as SPEC says",
      async (_type, _name, root) => {
        const { id, projectId, people } = scene.templates[which]!;
        for (const inBin of [false, true]) {
          for (const { name, client, standing } of people) {
            await place(id, inBin, projectId);
            const { kind } = await ask(client, root, id);
            const wanted = expected(standing, root.rule as Action, inBin);
            expect([name, inBin, kind]).toEqual([name, inBin, wanted]);
          }
        }
        await place(id, false, projectId);
      },
    );
  },
);

describe("ACC-30 nothing tells that something is there", () => {
  test.each(onTemplates.map((root) => [root.type, root.name, root] as const))(
    "%s.%s answers for what is foreign as for what is missing, with as many queries",
    async (_type, _name, root) => {
      const missing = await traceOf(root, randomUUID());
      for (const inBin of [false, true]) {
        await place(scene.foreign, inBin);
        expect(await traceOf(root, scene.foreign)).toEqual(missing);
      }
      await place(scene.foreign, false);
    },
  );

  const others = roots.filter(({ rule }) => ["team", "project"].includes(rule));
  test.each(others.map((root) => [root.type, root.name, root] as const))(
    "%s.%s answers strangers as if nothing were there",
    async (_type, _name, root) => {
      const ada = scene.templates["shared"]!.people[0]!.client;
      const createdAt = new Date();
      const thing = { id: randomUUID(), name: "secret", ownerId: ada.id, createdAt };
      await scene.api.prisma.team.create({ data: thing });
      await scene.api.prisma.project.create({ data: thing });
      const there = await ask(scene.stranger, root, thing.id);
      // Some look at what is asked for before they look who asks.
      const isRefused = ({ kind, answer }: typeof there) =>
        kind === "hidden" || answer?.__typename === "RequestError";
      expect(isRefused(there)).toBe(true);
      expect(there).toEqual(await ask(scene.stranger, root, randomUUID()));
      expect(isRefused(await ask(scene.api.anonymous, root, thing.id))).toBe(true);
    },
  );

  /** The answer and the statements of the first and of a second request, without what follows the answer. */
  async function traceOf(root: Root, id: string) {
    const statements: string[] = [];
    let answer: unknown;
    for (let count = 0; count < 2; count += 1) {
      statements.push(
        ...(await scene.api.statements(async () => {
          answer = await ask(scene.stranger, root, id);
        })),
      );
    }
    return { answer, statements: statements.filter((text) => !/audit|^BEGIN|^COMMIT/i.test(text)) };
  }
});

describe("ACC-32 the fields of a template", () => {
  const read = (client: Client, id: string, name: string) => {
    const field = templateType().getFields()[name] as AnyField;
    const variables = variablesOf(field, { version: 1 });
    const { declared, passed } = argumentsOf(field, variables);
    const selection = selectionOf(field);
    const source = `query${declared.replace("(", "($template: ID!, ") || "($template: ID!)"} {
      template(id: $template) { value: ${name}${passed} ${selection} } }`;
    return client.run(source, { template: id, ...variables });
  };

  test.each(Object.entries(templateFields))("%s is told by its rule: %s", async (name, rule) => {
    const { id, people } = scene.templates["shared"]!;
    for (const { name: who, client, standing } of people) {
      const { data, errors } = await read(client, id, name);
      if (expected(standing, "view") !== "allowed") {
        expect([who, data?.template]).toEqual([who, null]);
        continue;
      }
      expect([who, errors]).toEqual([who, undefined]);
      const mayRead = rule === "details" || expected(standing, rule) === "allowed";
      const { value } = data.template;
      // Nobody used a link here.
      const shown = name === "shareLinkUses" ? "edges" : "VIEW";
      if (rule === "share" && mayRead) expect(JSON.stringify(value)).toContain(shown);
      if (!mayRead) expect([[], { edges: [] }, null]).toContainEqual(value);
    }
  });

  const selectionOf = (field: AnyField): string => {
    const type = getNamedType(field.type);
    if (!isObjectType(type)) return "";
    if (type.name.endsWith("Connection")) return "{ edges { cursor } }";
    return "role" in type.getFields() ? "{ role }" : "{ __typename }";
  };

  test("API-10 what is a person's own is told to nobody else", async () => {
    const { id, people } = scene.templates["shared"]!;
    const editor = people.find(({ name }) => name === "EDIT")!.client;
    const type = schema.getType("User");
    if (!isObjectType(type)) throw new Error("there are people");
    for (const name of ownFields["User"]!.split(" ")) {
      const selection = selectionOf(type.getFields()[name] as AnyField);
      const { data } = await editor.run(
        `query ($id: ID!) { template(id: $id) { author { value: ${name} ${selection} } } }`,
        { id },
      );
      expect([name, [[], null, { edges: [] }]]).toEqual([
        name,
        expect.arrayContaining([data.template.author.value]),
      ]);
    }
  });
});

function templateType() {
  const type = schema.getType("Template");
  if (!isObjectType(type)) throw new Error("there are templates");
  return type;
}

/** Puts it where the next request is to find it: some requests move it. */
async function place(id: string, inBin: boolean, projectId: string | null = null): Promise<void> {
  const deletedAt = inBin ? new Date() : null;
  const data = { deletedAt, teamId: null, projectId };
  await scene.api.prisma.template.update({ where: { id }, data });
}
