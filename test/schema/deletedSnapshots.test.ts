/** The end of named versions, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { designOf } from "../../src/domain/document/toDesign.js";
import { startApi, type Api, type Client } from "./api.js";

const REFUSAL = "... on RequestError { code path }";
const KEEP = `mutation ($input: CreateSnapshotInput!) { createSnapshot(input: $input) {
  ... on SnapshotCreated { snapshot { id } } ${REFUSAL} } }`;
const DELETE = `mutation ($input: DeleteSnapshotInput!) { deleteSnapshot(input: $input) {
  ... on SnapshotDeleted { snapshotId template { id } } ${REFUSAL} } }`;
const PERMIT = `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`;

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
});
afterAll(() => api.stop());
beforeEach(async () => {
  templateId = await ada.createTemplate({ name: "T" });
  await permit("EDIT");
});

const permit = (role: string, more: object = {}) =>
  ada.data(PERMIT, { input: { templateId, userId: bob.id, role, ...more } });
async function keep(by: Client, name: string): Promise<string> {
  const page = await ada.firstPage(templateId);
  await ada.addElement(templateId, page, randomUUID());
  return (await by.data(KEEP, { input: { templateId, name } })).createSnapshot.snapshot.id;
}
const remove = async (by: Client, snapshotId: string, of = templateId) =>
  (await by.data(DELETE, { input: { templateId: of, snapshotId } })).deleteSnapshot;
const read = async (fields: string) =>
  (await ada.data(`{ template(id: "${templateId}") { ${fields} } }`)).template;
const USE = "version storage { snapshotBytes namedVersions }";

test("API-131: one's own goes, an administrator deletes anybody's, and count and bytes are free again", async () => {
  const [own, other] = [await keep(bob, "Bob's"), await keep(ada, "Ada's")];
  const before = await read(USE);
  expect(before.storage.namedVersions).toBe(2);
  expect(await remove(bob, other)).toEqual({ code: "FORBIDDEN", path: ["snapshotId"] });
  const gone = { snapshotId: own, template: { id: templateId } };
  expect(await remove(bob, own)).toEqual(gone);
  expect(await remove(bob, own)).toEqual({ code: "NOT_FOUND", path: ["snapshotId"] });
  const last = await keep(bob, "Bob's last");
  expect(await remove(ada, last)).toMatchObject({ snapshotId: last });
  expect(await remove(ada, other)).toMatchObject({ snapshotId: other });
  const { storage } = await read(USE);
  expect(storage).toEqual({ snapshotBytes: 0, namedVersions: 0 });
  expect((await read("snapshots { nodes { id } }")).snapshots.nodes).toEqual([]);
  // The version is read from the log as before.
  expect((await read("at(version: 2) { designHash }")).at.designHash).toHaveLength(64);
});

test("API-131: is for who keeps versions, of named ones of that template alone", async () => {
  const kept = await keep(bob, "Bob's");
  const elsewhere = await ada.createTemplate({ name: "Elsewhere" });
  const missing = { code: "NOT_FOUND", path: ["snapshotId"] };
  for (const id of [randomUUID(), "no id", ""]) expect(await remove(ada, id)).toEqual(missing);
  expect(await remove(ada, kept, elsewhere)).toEqual(missing);
  const reverted = await ada.data(
    `mutation { revertTemplate(input: { templateId: "${templateId}", targetVersion: 1 }) { __typename } }`,
  );
  expect(reverted.revertTemplate.__typename).toBe("TemplateReverted");
  const left = (await read(`snapshots(kind: REVERT) { nodes { id } }`)).snapshots.nodes[0].id;
  expect(await remove(ada, left)).toEqual(missing);
  for (const role of ["VIEW", "COMMENT"]) {
    await permit(role);
    expect(await remove(bob, kept)).toMatchObject({ code: "FORBIDDEN" });
  }
  await permit("EDIT", { elementTypes: ["rect"] });
  expect(await remove(bob, kept)).toMatchObject({ code: "FORBIDDEN" });
  expect(await remove(await api.signUp("Eve"), kept)).toMatchObject({ code: "NOT_FOUND" });
  expect(await remove(api.anonymous, kept)).toMatchObject({ code: "UNAUTHENTICATED" });
});

test("API-131: the one that a pruned log leads on from stays", async () => {
  const early = await keep(ada, "Early");
  const kept = await keep(ada, "Base");
  const { version, design, versionHash } = await stored();
  await api.services.templates.writeCheckpoint({ templateId, version, design, versionHash });
  await api.services.templates.pruneLog(templateId, version);
  expect(await remove(ada, kept)).toEqual({ code: "INVALID_INPUT", path: ["snapshotId"] });
  expect(await remove(ada, early)).toMatchObject({ snapshotId: early });
});

async function stored() {
  const { version } = await read("version");
  const { document } = await api.services.live.read(templateId, version);
  const head = (await api.services.templates.heads([templateId])).get(templateId)!;
  return { version, design: designOf(document), versionHash: head.versionHash };
}
