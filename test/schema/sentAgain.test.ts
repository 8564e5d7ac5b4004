/** Mutations that are sent again because their answer was lost. */
import { buildSchema as schemaOf } from "graphql";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { stateRetryRules } from "../../src/schema/retryRules.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;
let pageId: string;

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());
beforeEach(async () => {
  templateId = await ada.createTemplate({ name: "Board", isPublic: true });
  pageId = await ada.firstPage(templateId);
});

/** Sends a mutation with an input; the selection is of its success. */
function mutation(name: string, success: string, selection: string) {
  const Input = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const source = `mutation ($input: ${Input}!) { result: ${name}(input: $input) {
    __typename ... on ${success} { ${selection} } ... on RequestError { code path } } }`;
  return async (client: Client, input: object) => (await client.data(source, { input })).result;
}

describe("retry rules", () => {
  const mutations = Object.values(buildSchema().getMutationType()!.getFields());

  test.each(mutations.map((field) => [field.name, field] as const))(
    "API-58: %s says what becomes of it when it is sent again",
    (_name, { description }) => {
      expect(description).toMatch(/ On retry: \S.{10,}/);
    },
  );

  test("API-58: a mutation without a rule is not let into the schema", () => {
    const schema = schemaOf("type Query { a: Int } type Mutation { doubleEverything: Int }");
    expect(() => stateRetryRules(schema)).toThrow("doubleEverything has no retry rule");
  });

  test("API-58: a mutation whose rule names a key takes that key", () => {
    const named = mutations.flatMap(({ name, description, args }) => {
      const rule = description?.split(" On retry: ")[1] ?? "";
      const keys = ["idempotencyKey", "batchId"].filter((key) => rule.includes(`\`${key}\``));
      return keys.map((key) => ({ name, key, type: args[0]!.type }));
    });
    expect(named.length).toBeGreaterThanOrEqual(8);
    for (const { name, key, type } of named) {
      const input = buildSchema().getType(String(type).replace("!", ""));
      expect(Object.keys(input && "getFields" in input ? input.getFields() : {}), name).toContain(
        key,
      );
    }
  });
});

describe("what is made under an idempotency key", () => {
  const cases = [
    ["createTemplate", "TemplateCreated", "template { id }", () => ({ name: "New" })],
    [
      "createTemplate",
      "TemplateCreated",
      "template { id }",
      () => ({ name: "Drawn", designData: { canvas: { note: 1 }, pages: [], audioLayers: [] } }),
    ],
    ["duplicateTemplate", "TemplateDuplicated", "template { id }", () => ({ templateId })],
    [
      "createSnapshot",
      "SnapshotCreated",
      "snapshot { id version designHash }",
      () => ({ templateId, name: "kept" }),
    ],
    ["createTeam", "TeamCreated", "team { id }", () => ({ name: "Team" })],
    ["createProject", "ProjectCreated", "project { id }", () => ({ name: "Project" })],
  ] as const;
  let count = 0;

  test.each(cases)(
    "API-59: %s is made once, also where both tries come at once",
    async (name, success, selection, content) => {
      const send = mutation(name, success, selection);
      const idempotencyKey = `key-${(count += 1)}`;
      const input = { ...content(), idempotencyKey };
      const answers = await Promise.all([send(ada, input), send(ada, input), send(ada, input)]);
      await ada.addElement(templateId, pageId, "later");
      answers.push(await send(ada, input));
      expect(answers[0].__typename).toBe(success);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    },
  );

  test.each(cases)(
    "API-59: %s under another key, with other content, without a key or by somebody else is another one",
    async (name, success, selection, content) => {
      const send = mutation(name, success, selection);
      const key = `key-${(count += 1)}`;
      const input = { ...content(), idempotencyKey: key };
      const answers = [];
      const others = [
        { ...input, idempotencyKey: `${key}b` },
        { ...input, name: "Other" },
      ];
      for (const each of [input, ...others, content(), content()]) {
        // A version has one snapshot by name.
        if (name === "createSnapshot")
          await ada.addElement(templateId, pageId, api.services.newId());
        answers.push(await send(ada, each));
      }
      if (name !== "createSnapshot") answers.push(await send(bob, input));
      const ids = answers.map((answer) => JSON.stringify(answer));
      expect(new Set(ids).size).toBe(answers.length);
      for (const answer of answers) expect(answer.__typename).toBe(success);
    },
  );

  test("API-59: a template in a project is made once", async () => {
    const project = await mutation(
      "createProject",
      "ProjectCreated",
      "project { id }",
    )(ada, {
      name: "Place",
    });
    const input = { name: "Placed", projectId: project.project.id, idempotencyKey: "placed" };
    const send = mutation("createTemplate", "TemplateCreated", "template { id }");
    const answers = await Promise.all([send(ada, input), send(ada, input)]);
    expect(answers[0].__typename).toBe("TemplateCreated");
    expect(answers[1]).toEqual(answers[0]);
  });

  test.each(["went to the bin", "is private by now"])(
    "API-59: a copy is answered also where its source %s",
    async (what) => {
      const send = mutation("duplicateTemplate", "TemplateDuplicated", "template { id name }");
      const input = { templateId, idempotencyKey: "kept copy" };
      const first = await send(bob, input);
      expect(first.__typename).toBe("TemplateDuplicated");
      if (what === "went to the bin") await ada.deleteTemplate(templateId);
      else {
        await ada.data(`mutation { updateTemplate(input: { templateId: "${templateId}", isPublic: false }) {
          __typename } }`);
      }
      expect(await send(bob, input)).toEqual(first);
      expect(await send(bob, { ...input, idempotencyKey: "another" })).toMatchObject({
        code: "NOT_FOUND",
      });
      expect(await send(ada, { ...input, name: "Other" })).not.toEqual(first);
    },
  );

  test("API-59: a key that is no id is refused by its place", async () => {
    for (const [name, success, selection, content] of cases) {
      const input = { ...content(), idempotencyKey: "" };
      const answer = await mutation(name, success, selection)(ada, input);
      expect(answer, name).toMatchObject({ code: "INVALID_INPUT", path: ["idempotencyKey"] });
    }
  });
});

describe("a revert that is sent again", () => {
  const revert = mutation(
    "revertTemplate",
    "TemplateReverted",
    "revertedFrom revertedTo operationsRolledBack newVersion",
  );
  const elements = async () => {
    const { template } = await ada.data(`{ template(id: "${templateId}") { version designData
      snapshots(kind: REVERT, first: 10) { edges { node { version } } } } }`);
    return {
      version: template.version,
      ids: template.designData.pages[0].elements.map(({ id }: { id: string }) => id),
      snapshots: template.snapshots.edges.map(({ node }: Node) => node.version),
    };
  };
  interface Node {
    readonly node: { readonly version: number };
  }

  beforeEach(async () => {
    for (const id of ["a", "b", "c"]) await ada.addElement(templateId, pageId, id);
  });

  test("HIS-20: is answered as the first time, and what others did since stays", async () => {
    const input = { templateId, targetVersion: 2, batchId: "back", headVersion: 4 };
    const first = await revert(ada, input);
    expect(first).toMatchObject({ revertedFrom: 4, revertedTo: 2, operationsRolledBack: 2 });
    await ada.addElement(templateId, pageId, "theirs");
    expect(await revert(ada, input)).toEqual(first);
    expect(await revert(ada, { ...input, headVersion: undefined })).toEqual(first);
    expect(await elements()).toEqual({
      version: first.newVersion + 1,
      ids: ["a", "theirs"],
      snapshots: [first.newVersion],
    });
  });

  test("HIS-20: is made once where both tries come at once", async () => {
    const input = { templateId, targetVersion: 2, batchId: "back" };
    const answers = await Promise.all([revert(ada, input), revert(ada, input), revert(ada, input)]);
    expect(answers[0].__typename).toBe("TemplateReverted");
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await elements()).version).toBe(answers[0].newVersion);
  });

  test("HIS-21: on a head that moved on nothing is reverted", async () => {
    const input = { templateId, targetVersion: 2, headVersion: 3 };
    const refusal = { code: "VERSION_CONFLICT", path: ["headVersion"] };
    expect(await revert(ada, input)).toMatchObject(refusal);
    expect(await revert(ada, { ...input, batchId: "back" })).toMatchObject(refusal);
    expect(await elements()).toMatchObject({ version: 4, ids: ["a", "b", "c"] });
  });

  test.each([
    ["to the head itself", 4],
    ["to a version with the document of the head", 2],
  ])("HIS-20: one that changes nothing, %s, reverts nothing later either", async (_to, target) => {
    if (target === 2) await revert(ada, { templateId, targetVersion: 2 });
    const { version, ids } = await elements();
    const input = { templateId, targetVersion: target, batchId: "none" };
    const first = await revert(ada, { ...input, headVersion: version });
    expect(first).toMatchObject({ revertedFrom: version, newVersion: version + 1 });
    await ada.addElement(templateId, pageId, "theirs");
    expect(await revert(ada, input)).toEqual(first);
    expect(await revert(ada, { ...input, headVersion: version })).toEqual(first);
    expect(await elements()).toMatchObject({ version: version + 2, ids: [...ids, "theirs"] });
  });

  test("HIS-20: one that changes nothing and names no batch leaves nothing in the log", async () => {
    expect(await revert(ada, { templateId, targetVersion: 4 })).toMatchObject({ newVersion: 4 });
    expect((await elements()).version).toBe(4);
  });

  test("HIS-20: a batch id of something else is refused", async () => {
    const used = { code: "OPERATION_ID_REUSED", path: ["batchId"] };
    const input = { templateId, targetVersion: 2, batchId: "back" };
    await revert(ada, input);
    expect(await revert(ada, { ...input, targetVersion: 3 })).toMatchObject(used);
    expect(await revert(ada, { ...input, clientId: "other" })).toMatchObject(used);
    const operation = { id: "edit-1", type: "UPDATE_CANVAS", target: {}, payload: { a: 1 } };
    await ada.data(
      `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`,
      {
        input: {
          templateId,
          baseVersion: 1,
          operations: [operation],
          batchId: "edit",
          onConflict: "FORCE",
        },
      },
    );
    expect(await revert(ada, { ...input, batchId: "edit" })).toMatchObject(used);
    expect(await revert(ada, { ...input, batchId: "" })).toMatchObject({
      code: "INVALID_INPUT",
      path: ["batchId"],
    });
    expect(await revert(ada, { ...input, headVersion: 0 })).toMatchObject({
      code: "INVALID_INPUT",
      path: ["headVersion"],
    });
  });

  test("HIS-20: without a batch id each one is another", async () => {
    const input = { templateId, targetVersion: 2 };
    const first = await revert(ada, input);
    await ada.addElement(templateId, pageId, "theirs");
    const second = await revert(ada, input);
    expect(second.newVersion).toBeGreaterThan(first.newVersion);
    expect((await elements()).ids).toEqual(["a"]);
  });
});
