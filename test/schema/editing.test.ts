import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());

const FIELDS = `
  __typename
  ... on OperationsApplied {
    template { id version }
    appliedOps duplicateOps newVersion serverTimestamp
    operations {
      id type target { pageId elementId audioLayerId clipId } payload baseVersion resultingVersion batchId
      user { name } clientId sessionSequence clientTimestamp serverTimestamp transformedFrom
    }
  }
  ... on UserError { code message }
  ... on RequestError { operationId path retryAfterMs }
  ... on VersionConflict {
    currentVersion requestedVersion serverState conflictingOps suggestedResolution
    serverOperations { id type payload resultingVersion user { name } }
    conflicts { kind clientOperation serverOperation target { pageId elementId } properties }
    resolutionOptions {
      autoMerge { available reason preview }
      strategies { strategy description warning }
    }
  }
`;
const APPLY = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { ${FIELDS} } }`;

async function apply(client: Client, input: object) {
  return (await client.data(APPLY, { input })).applyOperations;
}

let templateId: string;
let pageId: string;
async function freshTemplate() {
  templateId = await ada.createTemplate({ name: "Canvas" });
  pageId = await ada.firstPage(templateId);
}

function add(id: string, payload: object = {}) {
  return {
    id: `add ${id}`,
    type: "ADD_ELEMENT",
    target: { pageId, elementId: id },
    payload: { type: "rect", x: 1, y: 2, ...payload },
  };
}

function move(operationId: string, elementId: string, x: number, y: number) {
  return {
    id: operationId,
    type: "MOVE_ELEMENT",
    target: { pageId, elementId },
    payload: { x, y },
  };
}

async function design() {
  return (await ada.data(`{ template(id: "${templateId}") { version designData } }`)).template;
}

describe("committing", () => {
  test("API-50: the answer shows every operation as committed", async () => {
    await freshTemplate();
    const answer = await apply(ada, {
      templateId,
      baseVersion: 1,
      operations: [{ ...add("e1"), timestamp: 5 }, move("m1", "e1", 7, 8)],
      clientId: "tab",
      sessionSequence: 3,
      batchId: "b1",
    });
    const common = {
      baseVersion: 1,
      batchId: "b1",
      user: { name: "Ada" },
      clientId: "tab",
      sessionSequence: 3,
      serverTimestamp: answer.serverTimestamp,
      transformedFrom: [],
      target: { pageId, elementId: "e1", audioLayerId: null, clipId: null },
    };
    expect(answer).toEqual({
      __typename: "OperationsApplied",
      template: { id: templateId, version: 3 },
      appliedOps: ["add e1", "m1"],
      duplicateOps: [],
      newVersion: 3,
      serverTimestamp: expect.stringMatching(/Z$/),
      operations: [
        {
          ...common,
          id: "add e1",
          type: "ADD_ELEMENT",
          payload: { type: "rect", x: 1, y: 2 },
          clientTimestamp: 5,
          resultingVersion: 2,
        },
        {
          ...common,
          id: "m1",
          type: "MOVE_ELEMENT",
          payload: { x: 7, y: 8 },
          clientTimestamp: null,
          resultingVersion: 3,
        },
      ],
    });
    expect((await design()).designData.pages[0].elements).toEqual([
      { id: "e1", type: "rect", x: 7, y: 8 },
    ]);
  });

  test("API-50: the answer reads nothing but the head, where it asks for no more", async () => {
    await freshTemplate();
    const input = { templateId, baseVersion: 1, operations: [add("e1")] };
    await design();
    const statements = await api.statements(() =>
      ada.data(
        `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
          ... on OperationsApplied { newVersion appliedOps operations { id payload resultingVersion } } } }`,
        { input },
      ),
    );
    // Who may, is it new, and the commit.
    expect(statements.length).toBeLessThanOrEqual(3);
  });

  test("API-51: sending it again answers the same and applies nothing twice", async () => {
    await freshTemplate();
    const input = { templateId, baseVersion: 1, operations: [add("e1"), move("m1", "e1", 3, 4)] };
    const first = await apply(ada, input);
    const second = await apply(ada, input);
    expect(second).toEqual({ ...first, duplicateOps: ["add e1", "m1"] });
    expect((await design()).version).toBe(3);
  });

  test("API-51: an id with other content is refused by its name", async () => {
    await freshTemplate();
    await apply(ada, { templateId, baseVersion: 1, operations: [add("e1")] });
    const operations = [
      move("m1", "e1", 1, 1),
      { ...add("e1"), payload: { type: "x", x: 0, y: 0 } },
    ];
    expect(await apply(ada, { templateId, baseVersion: 2, operations })).toMatchObject({
      __typename: "RequestError",
      code: "OPERATION_ID_REUSED",
      operationId: "add e1",
      path: ["operations", "1", "id"],
    });
    expect((await design()).version).toBe(2);
  });

  test("API-52: one operation that cannot apply refuses the batch and is named", async () => {
    await freshTemplate();
    const operations = [add("e1"), move("m1", "nowhere", 1, 1)];
    expect(await apply(ada, { templateId, baseVersion: 1, operations })).toMatchObject({
      __typename: "RequestError",
      code: "INVALID_OPERATION",
      operationId: "m1",
      path: ["operations", "1", "target", "elementId"],
    });
    expect(await design()).toMatchObject({ version: 1, designData: { pages: [{ elements: [] }] } });
  });

  test("API-53: mutations of one document run one after the other", async () => {
    await freshTemplate();
    const data = await ada.data(
      `mutation ($a: ApplyOperationsInput!, $b: ApplyOperationsInput!) {
        a: applyOperations(input: $a) { ... on OperationsApplied { newVersion } }
        b: applyOperations(input: $b) { ... on OperationsApplied { newVersion } }
      }`,
      {
        a: { templateId, baseVersion: 1, operations: [add("e1")] },
        b: { templateId, baseVersion: 2, operations: [move("m1", "e1", 1, 1)] },
      },
    );
    expect(data).toEqual({ a: { newVersion: 2 }, b: { newVersion: 3 } });
  });
});

describe("a conflict", () => {
  beforeAll(async () => {
    await freshTemplate();
    await apply(ada, { templateId, baseVersion: 1, operations: [add("e1"), add("e2")] });
    const paint = (id: string, fill: string) => ({
      id,
      type: "UPDATE_ELEMENT_PROPS",
      target: { pageId, elementId: "e1" },
      payload: { fill },
    });
    await apply(ada, { templateId, baseVersion: 3, operations: [paint("theirs", "red")] });
    mine = paint("mine", "blue");
  });
  let mine: object;

  test("API-54: tells what happened, what collides, the state and the ways out", async () => {
    const other = move("other", "e2", 5, 5);
    const answer = await apply(ada, { templateId, baseVersion: 3, operations: [mine, other] });
    expect(answer).toMatchObject({
      __typename: "VersionConflict",
      code: "VERSION_CONFLICT",
      currentVersion: 4,
      requestedVersion: 3,
      serverState: { pages: [{ elements: [{ id: "e1", fill: "red" }, { id: "e2" }] }] },
      serverOperations: [
        { id: "theirs", payload: { fill: "red" }, resultingVersion: 4, user: { name: "Ada" } },
      ],
      conflictingOps: ["mine"],
      conflicts: [
        {
          kind: "CONCURRENT_EDIT",
          clientOperation: "mine",
          serverOperation: "theirs",
          target: { pageId, elementId: "e1" },
          properties: ["fill"],
        },
      ],
      resolutionOptions: {
        autoMerge: { available: false, reason: expect.any(String), preview: null },
        strategies: [
          { strategy: "CLIENT_WINS", warning: expect.stringContaining("theirs") },
          { strategy: "SERVER_WINS", warning: expect.stringContaining("mine") },
          { strategy: "MANUAL" },
        ],
      },
    });
    expect((await design()).version).toBe(4);
  });

  test("API-54: previews the merge where nothing collides", async () => {
    const operations = [move("free", "e2", 5, 5)];
    const answer = await apply(ada, { templateId, baseVersion: 3, operations });
    expect(answer.resolutionOptions.autoMerge).toMatchObject({
      available: true,
      reason: null,
      preview: {
        pages: [
          {
            elements: [
              { id: "e1", fill: "red" },
              { id: "e2", x: 5, y: 5 },
            ],
          },
        ],
      },
    });
    expect(answer.conflicts).toEqual([]);
  });

  test("API-54: FORCE applies on top of the head", async () => {
    const input = { templateId, baseVersion: 3, operations: [mine], onConflict: "FORCE" };
    expect(await apply(ada, input)).toMatchObject({
      newVersion: 5,
      operations: [{ baseVersion: 3 }],
    });
  });
});
