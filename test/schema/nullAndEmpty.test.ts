/** That null, an empty object and what is absent are told apart, as far as they mean different things. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let id: string;
let pageId: string;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());
beforeEach(async () => {
  id = await ada.createTemplate({ name: "Null" });
  pageId = await ada.firstPage(id);
  await ada.addElement(id, pageId, "e1");
  await ada.addElement(id, pageId, "e2");
});

const OPERATION = "id type payload hasPayload requested { payload hasPayload }";
const APPLY = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
  __typename
  ... on OperationsApplied { newVersion operations { ${OPERATION} } }
  ... on VersionConflict { serverOperations { ${OPERATION} } }
  ... on RequestError { code } } }`;

const deletion = (elementId: string, more: object = {}) => ({
  id: api.services.newId(),
  type: "DELETE_ELEMENT",
  target: { pageId, elementId },
  ...more,
});
const update = (payload: object, operationId = api.services.newId()) => ({
  id: operationId,
  type: "UPDATE_ELEMENT_PROPS",
  target: { pageId, elementId: "e1" },
  payload,
});
async function apply(operations: object[], more: object = {}) {
  const input = { templateId: id, baseVersion: 1, onConflict: "FORCE", ...more, operations };
  return (await ada.data(APPLY, { input })).applyOperations;
}

test.each<[string, object]>([
  ["absent", {}],
  ["null", { payload: null }],
  ["empty", { payload: {} }],
])(
  "API-114: a payload that is %s is none, for types without one, wherever it is told",
  async (_name, given) => {
    const none = { type: "DELETE_ELEMENT", payload: {}, hasPayload: false };
    const applied = await apply([deletion("e2", given)]);
    expect(applied.operations).toMatchObject([none]);
    const conflict = await apply([update({ fill: "red" })], {
      onConflict: "REJECT",
      baseVersion: 3,
    });
    expect(conflict.serverOperations).toMatchObject([none]);
    const { template } = await ada.data(
      `query ($id: ID!) { template(id: $id) {
       operations { nodes { ${OPERATION} } }
       only: operations { nodes { type hasPayload } }
     } }`,
      { id },
    );
    const types = template.only.nodes.map(({ type, hasPayload }: Record<string, unknown>) => [
      type,
      hasPayload,
    ]);
    expect(types).toEqual([
      ["ADD_ELEMENT", true],
      ["ADD_ELEMENT", true],
      ["DELETE_ELEMENT", false],
    ]);
    expect(template.operations.nodes[2]).toMatchObject({ ...none, requested: null });
  },
);

test("API-114: an empty payload of a type with one is there", async () => {
  await apply([deletion("e1"), deletion("e2")]);
  const cleared = await apply([
    { id: api.services.newId(), type: "CLEAR_PAGE", target: { pageId }, payload: {} },
  ]);
  expect(cleared.operations).toMatchObject([{ payload: { elementIds: [] }, hasPayload: true }]);
  const nothing = await apply([deletion("e1")], { onConflict: "MERGE", baseVersion: 3 });
  // A deletion of what is gone became no-op; that is an operation with an empty payload, asked for without one.
  expect(nothing.operations).toMatchObject([
    { payload: {}, hasPayload: true, requested: { payload: {}, hasPayload: false } },
  ]);
});

test("API-114: null removes a property, an empty object is a value, and both stay what they are further inside", async () => {
  const hashes = new Set<string>();
  const cases: [object, object | undefined][] = [
    [{ style: {} }, {}],
    [{ style: null }, undefined],
    [{ style: { a: null } }, { a: null }],
    [{ style: { a: {} } }, { a: {} }],
    [{ style: { a: [] } }, { a: [] }],
    [{ style: { a: [null] } }, { a: [null] }],
    [{ style: { a: [{}] } }, { a: [{}] }],
  ];
  for (const [payload, style] of cases) {
    const { operations, newVersion } = await apply([update(payload)]);
    expect(operations).toMatchObject([{ payload, hasPayload: true }]);
    const { template } = await ada.data(
      `query ($id: ID!, $version: Int!) { template(id: $id) { at(version: $version) { designData designHash } } }`,
      { id, version: newVersion },
    );
    const [element] = template.at.designData.pages[0].elements;
    expect(element.style).toEqual(style);
    hashes.add(template.at.designHash);
  }
  expect(hashes.size).toBe(cases.length);
});

test("API-114: an id that is sent again with an empty object for null is another operation", async () => {
  const { operations } = await apply([update({ style: null, fill: "red" })]);
  const again = operations[0].id as string;
  expect(await apply([update({ style: {}, fill: "red" }, again)])).toMatchObject({
    code: "OPERATION_ID_REUSED",
  });
  expect(await apply([update({ fill: "red" }, again)])).toMatchObject({
    code: "OPERATION_ID_REUSED",
  });
  expect(await apply([update({ style: null, fill: "red" }, again)])).toMatchObject({
    __typename: "OperationsApplied",
  });
});
