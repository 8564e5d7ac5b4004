/** What requests read, charged by its size: one client's aliases, lists and copies do not take what others use. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const BYTES = 100_000;
const work = { responseBytesMax: 250_000, pageBytesMax: 150_000 };

let api: Api;
let ada: Client;
let templateId: string;

const many = (count: number, field: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `f${index}: ${field(index)}`).join(" ");
const codesOf = (answer: { readonly errors?: readonly { extensions: object }[] | undefined }) =>
  answer.errors?.map(({ extensions }) => (extensions as { code?: string }).code);
const inTemplate = (selection: string) =>
  ada.run(`query ($id: ID!) { template(id: $id) { ${selection} } }`, { id: templateId });

async function applyNotes(sizes: readonly number[], more: object = {}) {
  const input = {
    templateId,
    baseVersion: 1,
    onConflict: "FORCE",
    operations: sizes.map((size, index) => ({
      id: `${api.services.newId()}-${index}`,
      type: "UPDATE_CANVAS",
      target: {},
      payload: { set: { note: "x".repeat(size) } },
    })),
    ...more,
  };
  return ada.run(
    `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
      __typename ... on OperationsApplied { newVersion }
      ... on VersionConflict { currentVersion serverOperationsThrough serverOperations { resultingVersion payload } }
      ... on RequestError { code message } } }`,
    { input },
  );
}

beforeAll(async () => {
  api = await startApi({ work });
  ada = await api.signUp("Ada");
  const designData = { canvas: { note: "x".repeat(BYTES) }, pages: [], audioLayers: [] };
  templateId = await ada.createTemplate({ name: "Large", designData });
  const { data } = await applyNotes([BYTES, BYTES, BYTES, BYTES]);
  expect(data.applyOperations).toMatchObject({ __typename: "OperationsApplied", newVersion: 5 });
});
afterAll(() => api.stop());

describe("LIM-71 conflicts are pages of bytes", () => {
  const CONFLICTS = `query ($id: ID!, $after: String) { template(id: $id) { conflicts(first: 50, after: $after) {
    nodes { id clientOperations { payload } serverOperations { payload } }
    pageInfo { hasNextPage endCursor } } } }`;

  test("that carry operations, and all of them are reached; without operations they are short", async () => {
    const own = await ada.createTemplate({ name: "Conflicts" });
    for (const [index, onConflict] of ["FORCE", ...Array<string>(5).fill("REJECT")].entries()) {
      const { data } = await applyNotes([60_000], { templateId: own, onConflict });
      const expected = index === 0 ? "OperationsApplied" : "VersionConflict";
      expect(data.applyOperations.__typename).toBe(expected);
    }
    const seen = new Set<string>();
    let after: string | null = null;
    for (let pages = 0; ; pages += 1) {
      const { template } = await ada.data(CONFLICTS, { id: own, after });
      const { nodes, pageInfo } = template.conflicts;
      // Two operations of 60 KB each: what takes them back is read along with those of the log.
      expect(nodes).toHaveLength(1);
      expect(nodes[0].clientOperations[0].payload.set.note).toHaveLength(60_000);
      expect(nodes[0].serverOperations[0].payload.set.note).toHaveLength(60_000);
      for (const { id } of nodes) seen.add(id);
      if (!pageInfo.hasNextPage) break;
      expect(pages).toBeLessThan(10);
      after = pageInfo.endCursor;
    }
    expect(seen.size).toBe(5);
    const { template } = await ada.data(
      "query ($id: ID!) { template(id: $id) { conflicts(first: 50) { nodes { id } } } }",
      { id: own },
    );
    expect(template.conflicts.nodes).toHaveLength(5);
  });

  test("and are charged", async () => {
    const own = await ada.createTemplate({ name: "Charged" });
    await applyNotes([60_000], { templateId: own });
    await applyNotes([60_000], { templateId: own, onConflict: "REJECT" });
    const field = (index: number) =>
      `conflicts(first: ${index + 1}) { nodes { clientOperations { payload } } }`;
    const answer = await ada.run(`query ($id: ID!) { template(id: $id) { ${many(9, field)} } }`, {
      id: own,
    });
    expect(new Set(codesOf(answer))).toEqual(new Set(["RESPONSE_TOO_LARGE"]));
  });
});

describe("LIM-70 what one answer is made from is bounded", () => {
  test.each([
    [
      "versions that are hashed",
      (index: number) => `at(version: ${(index % 4) + 1}) { designHash }`,
    ],
    ["one version again and again", () => "at(version: 2) { designData }"],
    ["the document again and again", () => "designData"],
    ["pages of operations", () => "operations(first: 1) { nodes { payload } }"],
  ])("%s", async (_name, field) => {
    expect(codesOf(await inTemplate(many(1, field)))).toBeUndefined();
    const answer = await inTemplate(many(29, field));
    expect(new Set(codesOf(answer))).toEqual(new Set(["RESPONSE_TOO_LARGE"]));
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining("request fewer") as string,
      extensions: { responseBytesMax: work.responseBytesMax },
    });
  });

  test("one document alone is read, however large it is", async () => {
    const designData = { canvas: { a: "x".repeat(190_000), b: "x".repeat(190_000) } };
    const id = await ada.createTemplate({ name: "Larger", designData });
    const { template } = await ada
      .data("query ($id: ID!) { template(id: $id) { designData at(version: 1) { version } } }", {
        id,
      })
      .catch(() => ({ template: null }));
    expect(template).toBeNull();
    const alone = await ada.data("query ($id: ID!) { template(id: $id) { designData } }", { id });
    expect(alone.template.designData.canvas.b).toHaveLength(190_000);
  });

  test("what was read counts against a rate of the person", async () => {
    const rate = { points: 250_000, perMs: 60_000 };
    const limited = await startApi({ work: { readRate: rate } });
    const bob = await limited.signUp("Bob");
    const designData = { canvas: { note: "x".repeat(BYTES) } };
    const id = await bob.createTemplate({ name: "Large", designData });
    const read = () => bob.run("query ($id: ID!) { template(id: $id) { designData } }", { id });
    expect(codesOf(await read())).toBeUndefined();
    expect(codesOf(await read())).toBeUndefined();
    const refused = await read();
    expect(codesOf(refused)).toEqual(["RATE_LIMITED"]);
    expect(refused.errors?.[0]?.extensions["retryAfterMs"]).toBeGreaterThan(0);
    await limited.stop();
  });
});

describe("LIM-71 pages have a bound of bytes, and everything can be read by them", () => {
  test("operations with their payloads", async () => {
    const read: number[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const { template } = await ada.data(
        `query ($id: ID!, $after: String) { template(id: $id) { operations(first: 100, after: $after) {
          nodes { resultingVersion payload } pageInfo { hasNextPage endCursor } } } }`,
        { id: templateId, after },
      );
      const { nodes, pageInfo } = template.operations;
      expect(nodes.length).toBeLessThanOrEqual(2);
      read.push(...nodes.map((node: { resultingVersion: number }) => node.resultingVersion));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
      pages += 1;
    } while (after !== null);
    expect(read).toEqual([2, 3, 4, 5]);
    expect(pages).toBeGreaterThan(1);
  });

  test("operations without payloads are one page", async () => {
    const { data } = await inTemplate("operations(first: 100) { nodes { resultingVersion } }");
    expect(data.template.operations.nodes).toHaveLength(4);
  });

  test("snapshots with their documents", async () => {
    const designData = { canvas: { note: "x".repeat(BYTES) }, pages: [], audioLayers: [] };
    const own = await ada.createTemplate({ name: "Snapshots", designData });
    for (const name of ["a", "b", "c"]) {
      await applyNotes([1], { templateId: own });
      const { createSnapshot } = await ada.data(
        `mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) { __typename } }`,
        { input: { templateId: own, name } },
      );
      expect(createSnapshot.__typename).toBe("SnapshotCreated");
    }
    const names: string[] = [];
    let after: string | null = null;
    do {
      const { template } = await ada.data(
        `query ($id: ID!, $after: String) { template(id: $id) { snapshots(first: 100, after: $after) {
          nodes { name designData } pageInfo { hasNextPage endCursor } } } }`,
        { id: own, after },
      );
      const { nodes, pageInfo } = template.snapshots;
      expect(nodes).toHaveLength(1);
      expect(nodes[0].designData.canvas.note).toHaveLength(BYTES);
      names.push(nodes[0].name);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(names).toEqual(["c", "b", "a"]);
  });

  test("what was missed is left to the document where it is more than a page", async () => {
    const join = async (lastKnownVersion: number) =>
      (
        await ada.data(
          `mutation ($input: JoinTemplateInput!) { joinTemplate(input: $input) {
            ... on TemplateJoined { missedOperations { resultingVersion payload } } } }`,
          { input: { templateId, clientId: "c", lastKnownVersion } },
        )
      ).joinTemplate.missedOperations;
    expect(await join(1)).toBeNull();
    expect(await join(4)).toHaveLength(1);
  });

  test("a conflict tells others' operations as far as a page goes, and through which version", async () => {
    const { data } = await applyNotes([1], { onConflict: "REJECT" });
    const conflict = data.applyOperations;
    const told = conflict.serverOperations as readonly { readonly resultingVersion: number }[];
    expect(told.length).toBeLessThan(4);
    expect(conflict.serverOperationsThrough).toBe(told.at(-1)?.resultingVersion);
    expect(conflict.currentVersion).toBe(5);
  });
});

describe("LIM-73 mutations count one by one", () => {
  test("each mutation of a document is a request", async () => {
    const limited = await startApi({ work: { requestRate: { points: 4, perMs: 60_000 } } });
    const bob = await limited.signUp("Bob");
    const id = await bob.createTemplate({ name: "Small" });
    const { data } = await bob.run(
      `mutation ($input: CreateSnapshotInput!) { ${many(
        10,
        () =>
          "createSnapshot(input: $input) { __typename ... on RequestError { code retryAfterMs } }",
      )} }`,
      { input: { templateId: id, name: "Copy" } },
    );
    const answers = Object.values(data) as { __typename: string; code?: string }[];
    expect(answers.filter(({ __typename }) => __typename === "SnapshotCreated")).toHaveLength(5);
    expect(answers.filter(({ code }) => code === "RATE_LIMITED")).toHaveLength(5);
    await limited.stop();
  });
});
