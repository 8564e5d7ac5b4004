/** README's example of a conflict: its requests get the answers that it prints. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startApi, type Api } from "./api.js";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const APPLY = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
  __typename
  ... on OperationsApplied { newVersion }
  ... on VersionConflict {
    message currentVersion
    conflicts { kind clientOperation serverOperation properties }
    suggestedResolution
    resolutionOptions { strategies { strategy warning } }
  } } }`;

const RESOLVE = `mutation ($input: ResolveConflictInput!) { resolveConflict(input: $input) {
  ... on ConflictResolved { newVersion discardedOps template { designData } } } }`;

/** The values of the section, in its order. */
function printedExample() {
  const [, section = ""] = readFileSync("README.md", "utf8").split("## When two people change");
  const [example = ""] = section.split("```mermaid");
  const blocks = [...example.matchAll(/^```json\n(.*?)^```$/gms)];
  const [base, theirs, mine, answer, ...more] = blocks.map(
    ([, text = ""]) => JSON.parse(text) as object,
  );
  expect(more).toEqual([]);
  return { base, theirs, mine, answer };
}

test("RES-3: README's conflict gets the answer that it prints, and its choice the card that it describes", async () => {
  const { base, theirs, mine, answer } = printedExample();
  const ada = await api.signUp("Ada");
  const createExample = () =>
    ada.createTemplate({ name: "Example", designData: { canvas: {}, audioLayers: [], ...base } });
  const templateId = await createExample();
  const apply = async (onConflict: string, operations: unknown, id = templateId) => {
    const input = { templateId: id, baseVersion: 1, onConflict, operations };
    return (await ada.data(APPLY, { input })).applyOperations;
  };

  expect(await apply("MERGE", theirs)).toEqual({ __typename: "OperationsApplied", newVersion: 3 });
  expect(await apply("MERGE", mine)).toEqual(answer);
  const input = {
    ...{ templateId, baseVersion: 1, headVersion: 3, resolution: "SERVER_WINS" },
    clientOperations: mine,
  };
  const { resolveConflict } = await ada.data(RESOLVE, { input });
  expect(resolveConflict).toMatchObject({ newVersion: 4, discardedOps: ["ada-2"] });
  const [card] = resolveConflict.template.designData.pages[0].elements;
  expect(card).toMatchObject({ x: 200, y: 40, width: 240, height: 80, fill: "#ff6b6b" });

  const another = await createExample();
  await apply("MERGE", theirs, another);
  expect(await apply("LAST_WRITER_WINS", mine, another)).toMatchObject({ newVersion: 5 });
});
