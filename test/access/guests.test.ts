/** The schema, field by field, as guests find it, who read one template without an account. */
import { randomUUID } from "node:crypto";
import {
  getNamedType,
  isObjectType,
  parse,
  subscribe,
  type GraphQLField,
  type GraphQLObjectType,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../src/domain/access/access.js";
import { buildSchema } from "../../src/schema/build.js";
import { startApi, type Api, type Client } from "../schema/api.js";
import { argumentsOf, variablesOf } from "./inputs.js";

const schema = buildSchema();
let api: Api;
let ada: Client;
let guest: Client;
let templateId: string;

/** What guests may ask for, written down once more by hand. */
const open: Readonly<Record<string, string>> = {
  Query: "operationTypes template viewer",
  Mutation: "signUp signIn refreshSession signOut resetPassword openAsGuest",
  Subscription: "templateChanged",
  Template:
    "id name description category tags isPublic openToGuests createdAt updatedAt deletedAt version versionHash designData at operations snapshots viewerRole viewerMay viewerRestrictions",
};

beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
  templateId = await ada.createTemplate({ name: "Plan" });
  await ada.addElement(templateId, await ada.firstPage(templateId), "e1");
  await ada.data(
    `mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }`,
    { input: { templateId, name: "named" } },
  );
  guest = await asGuest(ada, templateId);
});
afterAll(() => api.stop());

/** By a link that lets people edit. */
async function asGuest(author: Client, id: string): Promise<Client> {
  const { createShareLink } = await author.data(
    `mutation ($input: CreateShareLinkInput!) { createShareLink(input: $input) {
      ... on ShareLinkCreated { token } } }`,
    { input: { templateId: id, role: "EDIT", openToGuests: true } },
  );
  const { openAsGuest } = await api.anonymous.data(
    `mutation ($token: String!) { openAsGuest(input: { token: $token }) {
      ... on GuestSession { token } ... on RequestError { code } } }`,
    { token: createShareLink.token },
  );
  const proof = await api.services.guests.tokens.verify(openAsGuest.token);
  return api.viewing(proof!.guest as Viewer);
}

function fieldsOf(typeName: string): readonly GraphQLField<unknown, unknown>[] {
  return Object.values((schema.getType(typeName) as GraphQLObjectType).getFields());
}

const isClosed = (typeName: string, name: string) => !open[typeName]!.split(" ").includes(name);
const closed = Object.keys(open).flatMap((typeName) =>
  fieldsOf(typeName)
    .filter(({ name }) => isClosed(typeName, name))
    .map((field) => [typeName, field.name, field] as const),
);

/** The smallest selection that a field takes. */
function selectionOf({ type }: GraphQLField<unknown, unknown>): string {
  return "getFields" in getNamedType(type) || "getTypes" in getNamedType(type)
    ? "{ __typename }"
    : "";
}

describe("GUEST-4 guests", () => {
  test.each(closed)("are refused %s.%s", async (typeName, name, field) => {
    const variables = variablesOf(field, { templateId, id: templateId, version: 1 });
    const { declared, passed } = argumentsOf(field, variables);
    const code = (errors: unknown) =>
      (errors as { extensions: { code: string } }[] | undefined)?.[0]?.extensions.code;
    if (typeName === "Template") {
      const source = `query${declared} { template(id: "${templateId}") { ${name}${passed} ${selectionOf(field)} } }`;
      const { errors } = await guest.run(source, variables);
      expect(code(errors)).toBe("UNAUTHENTICATED");
      return;
    }
    const refusal = "{ __typename ... on RequestError { code } }";
    const selection = typeName === "Mutation" ? refusal : selectionOf(field);
    const source = `${typeName.toLowerCase()}${declared} { value: ${name}${passed} ${selection} }`;
    if (typeName === "Subscription") {
      const answer = await subscribe({
        ...{ schema, document: parse(source), variableValues: variables },
        contextValue: guest.context,
      });
      expect(Symbol.asyncIterator in answer).toBe(false);
      expect(code((answer as { errors?: unknown }).errors)).toBe("UNAUTHENTICATED");
      return;
    }
    const { data, errors } = await guest.run(source, variables);
    expect(data?.value?.code ?? code(errors)).toBe("UNAUTHENTICATED");
  });

  test("read the template, its versions and its log", async () => {
    const { template, viewer } = await guest.data(`{
      viewer { id }
      template(id: "${templateId}") {
        name version versionHash designData viewerRole viewerMay viewerRestrictions { pageIds }
        at(version: 1) { designData }
        operations { edges { node { id payload } } }
        snapshots { edges { node { name designData } } }
      }
    }`);
    expect(viewer).toBeNull();
    expect(template).toMatchObject({ name: "Plan", version: 2, viewerRole: "VIEW" });
    expect(template.viewerMay).toEqual(["VIEW"]);
    expect(template.designData.pages[0].elements).toHaveLength(1);
    expect(template.operations.edges).toHaveLength(1);
    expect(template.snapshots.edges[0].node.name).toBe("named");
  });

  test("are told of nobody", async () => {
    const { template } = await guest.data(`{ template(id: "${templateId}") {
      operations { edges { node { user { id name email } clientId } } }
      snapshots { edges { node { createdBy { name } } } } } }`);
    expect(template.operations.edges[0].node).toEqual({ user: null, clientId: null });
    expect(template.snapshots.edges[0].node).toEqual({ createdBy: null });
    const { data } = await guest.run(`{ template(id: "${templateId}") { name author { name } } }`);
    expect(data.template).toEqual({ name: "Plan", author: null });
  });

  test("do not learn by filters what somebody did", async () => {
    for (const filter of [`userId: "${ada.id}"`, `clientId: "desk"`]) {
      const { errors } = await guest.run(
        `{ template(id: "${templateId}") { operations(filter: { ${filter} }) { total } } }`,
      );
      expect(errors?.[0]?.extensions["code"]).toBe("UNAUTHENTICATED");
    }
  });

  test("find no other template, public or not", async () => {
    const others = [
      await ada.createTemplate({ name: "public", isPublic: true }),
      await ada.createTemplate({ name: "private" }),
      randomUUID(),
    ];
    const answers = await Promise.all(
      others.map((id) => guest.run(`{ template(id: "${id}") { id } }`)),
    );
    expect(answers).toEqual(others.map(() => ({ data: { template: null } })));
  });

  test("are declared by fields that there are", () => {
    for (const [typeName, names] of Object.entries(open)) {
      const type = schema.getType(typeName);
      if (!isObjectType(type)) throw new Error(`there is no type ${typeName}`);
      expect(Object.keys(type.getFields())).toEqual(expect.arrayContaining(names.split(" ")));
    }
  });
});
