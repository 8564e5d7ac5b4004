/** Quotas of people, teams and templates, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultQuotas, type Quotas } from "../../src/domain/quotas.js";
import { purgeBin } from "../../src/storage/templates/templateBin.js";
import type { Design } from "../../src/domain/document/design.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const CREATE = `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
  __typename ... on TemplateCreated { template { id } } ... on RequestError { code message retryAfterMs } } }`;
const DUPLICATE = `mutation ($id: ID!) { duplicateTemplate(input: { templateId: $id }) {
  __typename ... on RequestError { code } } }`;
const SNAPSHOT = `mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) {
  __typename ... on SnapshotCreated { snapshot { id } } ... on RequestError { code message } } }`;
const APPLY = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
  __typename ... on OperationsApplied { newVersion } ... on RequestError { code message } } }`;
const QUOTA = "{ viewer { quota { templates templatesMax bytes bytesMax editedBytesMax } } }";
const STORAGE = `query ($id: ID!) { template(id: $id) {
  storage { bytes documentBytes logBytes snapshotBytes namedVersions namedVersionsMax } } }`;

/** Runs the work under other quotas. */
async function under(quotas: Partial<Quotas>, work: () => Promise<void>): Promise<void> {
  const limits = api.services.limits as { -readonly [K in keyof Quotas]: number };
  Object.assign(limits, quotas);
  try {
    await work();
  } finally {
    Object.assign(limits, defaultQuotas);
  }
}

const codeOf = ({ code, __typename }: { code?: string; __typename: string }) => code ?? __typename;
const counts = (codes: readonly string[]) =>
  Object.fromEntries(
    [...new Set(codes)].map((code) => [code, codes.filter((c) => c === code).length]),
  );

async function make(client: Client, input: object = {}): Promise<string> {
  const { createTemplate } = await client.data(CREATE, { input: { name: "T", ...input } });
  return codeOf(createTemplate);
}

async function teamOf(client: Client): Promise<string> {
  const { createTeam } = await client.data(
    `mutation { createTeam(input: { name: "Team" }) { ... on TeamCreated { team { id } } } }`,
  );
  return createTeam.team.id;
}

/** A document of about so many bytes. */
function designOf(bytes: number): object {
  const box = { x: 0, y: 0, width: 1, height: 1 };
  const text = { id: "t", type: "rect", ...box, note: "x".repeat(bytes) };
  return { canvas: {}, pages: [{ id: "p", name: "P", elements: [text] }], audioLayers: [] };
}

describe("templates", () => {
  test("LIM-80: of sixty creations at once a person's quota lets through what it has room for", async () => {
    const ada = await api.signUp("Ada");
    await under({ templatesPerPersonMax: 5 }, async () => {
      const codes = await Promise.all(Array.from({ length: 60 }, () => make(ada)));
      expect(counts(codes)).toEqual({ TemplateCreated: 5, QUOTA_EXCEEDED: 55 });
      expect((await ada.data(QUOTA)).viewer.quota).toMatchObject({ templates: 5, templatesMax: 5 });
    });
  });

  test("LIM-80: a team's quota counts its projects and what is moved there, whoever is the author", async () => {
    const [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
    const teamId = await teamOf(ada);
    const { createProject } = await ada.data(
      `mutation ($teamId: ID!) { createProject(input: { name: "P", teamId: $teamId }) {
        ... on ProjectCreated { project { id } } } }`,
      { teamId },
    );
    const projectId = createProject.project.id;
    const own = await ada.createTemplate({ name: "Own" });
    await under({ templatesPerTeamMax: 4 }, async () => {
      const places = Array.from({ length: 30 }, (_, i) =>
        i % 2 === 0 ? { teamId } : { projectId },
      );
      const codes = await Promise.all(places.map((place) => make(ada, place)));
      expect(counts(codes)).toEqual({ TemplateCreated: 4, QUOTA_EXCEEDED: 26 });
      const { moveTemplate } = await ada.data(
        `mutation ($input: MoveTemplateInput!) { moveTemplate(input: $input) {
          __typename ... on RequestError { code } } }`,
        { input: { templateId: own, teamId } },
      );
      expect(codeOf(moveTemplate)).toBe("QUOTA_EXCEEDED");
      const { team } = await ada.data(
        "query ($id: ID!) { team(id: $id) { quota { templates templatesMax bytes } } }",
        { id: teamId },
      );
      expect(team.quota).toMatchObject({ templates: 4, templatesMax: 4 });
      expect(team.quota.bytes).toBeGreaterThan(0);
      expect(await make(bob)).toBe("TemplateCreated");
    });
  });

  test("LIM-80: a project that comes to a team brings its templates, and one that goes around adds nothing", async () => {
    const ada = await api.signUp("Ada");
    const teamId = await teamOf(ada);
    const { createProject } = await ada.data(
      `mutation { createProject(input: { name: "P" }) { ... on ProjectCreated { project { id } } } }`,
    );
    const projectId = createProject.project.id;
    for (let count = 0; count < 3; count += 1) await ada.createTemplate({ name: "T", projectId });
    const move = async () =>
      codeOf(
        (
          await ada.data(
            `mutation ($input: TransferProjectInput!) { transferProject(input: $input) {
              __typename ... on RequestError { code } } }`,
            { input: { projectId, teamId } },
          )
        ).transferProject,
      );
    await under({ templatesPerTeamMax: 2 }, async () => {
      expect(await move()).toBe("QUOTA_EXCEEDED");
    });
    await under({ templatesPerTeamMax: 3 }, async () => {
      expect(await move()).toBe("ProjectTransferred");
      expect(await move()).toBe("ProjectTransferred");
    });
  });

  test("LIM-80: whoever is given a template needs room for it", async () => {
    const [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
    const templateId = await ada.createTemplate({ name: "Gift" });
    await bob.createTemplate({ name: "Own" });
    await ada.data(
      `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
      { input: { templateId, userId: bob.id, role: "EDIT" } },
    );
    const give = async () =>
      codeOf(
        (
          await ada.data(
            `mutation ($input: TransferTemplateInput!) { transferTemplate(input: $input) {
              __typename ... on RequestError { code } } }`,
            { input: { templateId, userId: bob.id } },
          )
        ).transferTemplate,
      );
    await under({ templatesPerPersonMax: 1 }, async () => {
      expect(await give()).toBe("QUOTA_EXCEEDED");
    });
    expect(await give()).toBe("TemplateTransferred");
  });

  test("LIM-80: what was made is answered again where there is no room for another", async () => {
    const ada = await api.signUp("Ada");
    await under({ templatesPerPersonMax: 1 }, async () => {
      const input = { name: "T", idempotencyKey: randomUUID() };
      const made = await Promise.all([make(ada, input), make(ada, input), make(ada, input)]);
      expect(counts(made)).toEqual({ TemplateCreated: 3 });
      expect(await make(ada)).toBe("QUOTA_EXCEEDED");
    });
  });

  test("LIM-80: the bin counts until it is emptied", async () => {
    const ada = await api.signUp("Ada");
    await under({ templatesPerPersonMax: 1 }, async () => {
      const id = await ada.createTemplate({ name: "T" });
      await ada.deleteTemplate(id);
      expect(await make(ada)).toBe("QUOTA_EXCEEDED");
      await purgeBin(api.prisma, Date.now() + 60_000);
      expect(await make(ada)).toBe("TemplateCreated");
    });
  });
});

describe("bytes", () => {
  test("LIM-81: the bytes of documents, logs and snapshots count, and copies stop where there is no room", async () => {
    const ada = await api.signUp("Ada");
    const id = await ada.createTemplate({ name: "T", designData: designOf(10_000) });
    const pageId = await ada.firstPage(id);
    const storage = async () => (await ada.data(STORAGE, { id })).template.storage;
    const before = await storage();
    expect(before.documentBytes).toBeGreaterThan(10_000);
    expect(before).toMatchObject({ logBytes: 0, snapshotBytes: 0, namedVersions: 0 });
    await ada.addElement(id, pageId, "e1");
    await ada.addElement(id, pageId, "e2");
    const [{ bytes: logged }] = (await api.prisma.$queryRawUnsafe<{ bytes: number }[]>(
      `SELECT sum(row_bytes)::float8 AS bytes FROM template_operations WHERE template_id = '${id}'`,
    )) as [{ bytes: number }];
    await ada.data(SNAPSHOT, { input: { templateId: id, name: "S" } });
    const after = await storage();
    expect(after.logBytes).toBe(logged);
    expect(after.snapshotBytes).toBeGreaterThan(10_000);
    expect(after.namedVersions).toBe(1);
    const { quota } = (await ada.data(QUOTA)).viewer;
    expect(quota.bytes).toBe(after.bytes);

    await under({ storedBytesPerPersonMax: quota.bytes + 25_000 }, async () => {
      const design = designOf(10_000);
      const codes = await Promise.all(
        Array.from({ length: 10 }, async (_, i) =>
          i % 2 === 0
            ? make(ada, { designData: design })
            : codeOf((await ada.data(DUPLICATE, { id })).duplicateTemplate),
        ),
      );
      expect(codes.filter((code) => code !== "QUOTA_EXCEEDED")).toHaveLength(2);
      await ada.addElement(id, pageId, "between");
      const { createSnapshot } = await ada.data(SNAPSHOT, {
        input: { templateId: id, name: "No" },
      });
      expect(codeOf(createSnapshot)).toBe("QUOTA_EXCEEDED");
      // Creating and copying stop; editing goes on.
      await ada.addElement(id, pageId, "e3");
    });
  });

  test("LIM-82: edits stop at a bound of their own, and what was committed is answered again", async () => {
    const ada = await api.signUp("Ada");
    const id = await ada.createTemplate({ name: "T" });
    const pageId = await ada.firstPage(id);
    const { editQuota } = api.services;
    const apply = async (elementId: string, baseVersion: number) =>
      codeOf(
        (
          await ada.data(APPLY, {
            input: {
              templateId: id,
              baseVersion,
              onConflict: "MERGE",
              operations: [
                {
                  id: `add ${elementId}`,
                  type: "ADD_ELEMENT",
                  target: { pageId, elementId },
                  payload: { type: "rect", x: 0, y: 0, width: 1, height: 1 },
                },
              ],
            },
          })
        ).applyOperations,
      );
    expect(await apply("a", 1)).toBe("OperationsApplied");
    await under({ storedBytesPerPersonMax: 1, editedBytesPerPersonMax: 1 }, async () => {
      await editQuota.measure(id);
      expect(await apply("b", 2)).toBe("QUOTA_EXCEEDED");
      expect(await apply("a", 1)).toBe("OperationsApplied");
      const { undo } = await ada.data(
        `mutation ($id: ID!) { undo(input: { templateId: $id }) { __typename ... on RequestError { code } } }`,
        { id },
      );
      expect(codeOf(undo)).toBe("QUOTA_EXCEEDED");
    });
    await editQuota.measure(id);
    expect(await apply("b", 2)).toBe("OperationsApplied");
  });

  test("LIM-81: pruning the log gives back its bytes", async () => {
    const ada = await api.signUp("Ada");
    const id = await ada.createTemplate({ name: "T" });
    const pageId = await ada.firstPage(id);
    for (const element of ["a", "b", "c"]) await ada.addElement(id, pageId, element);
    await ada.data(SNAPSHOT, { input: { templateId: id, name: "S" } });
    const { templates, live } = api.services;
    const { document, versionHash } = await live.read(id, 4);
    const { designOf: shown } = await import("../../src/domain/document/toDesign.js");
    await templates.writeCheckpoint({
      templateId: id,
      version: 4,
      versionHash,
      design: shown(document),
    });
    await templates.pruneLog(id, 4);
    expect((await ada.data(STORAGE, { id })).template.storage).toMatchObject({ logBytes: 0 });
  });
});

describe("named versions", () => {
  test("LIM-83: of sixty at once a template takes what it has room for, and automatic ones do not count", async () => {
    const ada = await api.signUp("Ada");
    const id = await ada.createTemplate({ name: "T" });
    await under({ namedVersionsPerTemplateMax: 4 }, async () => {
      const { templates, limits } = api.services;
      const snapshot = (version: number, kind: "AUTO" | "MANUAL") => ({
        ...{ id: randomUUID(), templateId: id, version, kind, name: null, reason: null },
        design: designOf(1_000) as unknown as Design,
        ...{ designHash: "00".repeat(32), createdById: null, createdAt: Date.now() },
      });
      // A version has one, so these are of as many versions.
      const stored = await Promise.all(
        Array.from({ length: 60 }, (_, i) =>
          templates.addSnapshot(snapshot(i + 2, "MANUAL"), limits),
        ),
      );
      expect(counts(stored.map(({ kind }) => kind))).toEqual({ stored: 4, quotaFull: 56 });
      const { createSnapshot } = await ada.data(SNAPSHOT, {
        input: { templateId: id, name: "No" },
      });
      expect(codeOf(createSnapshot)).toBe("QUOTA_EXCEEDED");
      await templates.addSnapshot(snapshot(1, "AUTO"));
      const { storage } = (await ada.data(STORAGE, { id })).template;
      expect(storage).toMatchObject({ namedVersions: 4, namedVersionsMax: 4 });
    });
  });

  test("LIM-83: what a template takes is told to those who may edit it alone", async () => {
    const [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
    const id = await ada.createTemplate({ name: "T", isPublic: true });
    expect((await bob.data(STORAGE, { id })).template).toEqual({ storage: null });
    const { template } = await bob.data(
      "query ($id: ID!) { template(id: $id) { author { quota { bytes } } } }",
      { id },
    );
    expect(template.author.quota).toBeNull();
  });
});
