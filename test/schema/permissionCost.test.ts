/** What permissions take, and what reading them costs. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;

beforeAll(async () => {
  api = await startApi({ work: { responseBytesMax: 1_000_000 } });
  [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
});
afterAll(() => api.stop());
beforeEach(async () => {
  templateId = await ada.createTemplate({ name: "Plan" });
});

async function set(input: object) {
  const { setTemplatePermission } = await ada.data(
    `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) {
      ... on TemplatePermissionSet { changed } ... on RequestError { code message } } }`,
    { input: { templateId, userId: bob.id, ...input } },
  );
  return setTemplatePermission;
}

const ids = (count: number, units: number) =>
  Array.from({ length: count }, (_, index) => `${index}`.padStart(units, "x"));

test("ACC-43 a permission names so many bytes at most", async () => {
  const tooLarge = { role: "EDIT", elementIds: ids(100, 128), pageIds: ids(100, 128) };
  expect(await set(tooLarge)).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  expect(await set({ role: "EDIT", elementIds: ids(100, 128) })).toEqual({ changed: true });
});

test("ACC-43 all permissions of a template are bounded, and what makes it less is let through", async () => {
  await set({ role: "EDIT", elementIds: ids(100, 128) });
  await api.prisma.templatePermission.updateMany({
    where: { templateId },
    data: { restrictionBytes: 1_000_000 },
  });
  const cyd = await api.signUp("Cyd");
  const other = { userId: cyd.id, role: "EDIT" };
  expect(await set({ ...other, pageIds: ["p1"] })).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  expect(await set(other)).toEqual({ changed: true });
  expect(await set({ role: "EDIT", elementIds: ["e"] })).toEqual({ changed: true });
  expect(await set({ ...other, pageIds: ["p1"] })).toEqual({ changed: true });
});

test("ACC-43 they are read once, however often they are selected", async () => {
  await set({ role: "EDIT", elementIds: ["e1"] });
  const select = (fields: string) => ada.data(`{ template(id: "${templateId}") { ${fields} } }`);
  const one = await api.statements(() => select("permissions { role }"));
  const aliases = Array.from({ length: 10 }, (_, index) => `a${index}: permissions { role }`);
  const many = `${aliases.join(" ")} b: permissions { ... on TemplatePermission { elementIds } }`;
  expect(await api.statements(() => select(many))).toHaveLength(one.length);
  const { template } = await select(many);
  expect([template.a9, template.b]).toEqual([[{ role: "EDIT" }], [{ elementIds: ["e1"] }]]);
});

test("ACC-43 what they take is charged as often as it is told", async () => {
  await set({ role: "EDIT", elementIds: ["e1"] });
  await api.prisma.templatePermission.updateMany({
    where: { templateId },
    data: { restrictionBytes: 900_000 },
  });
  const select = (fields: string) => ada.run(`{ template(id: "${templateId}") { ${fields} } }`);
  const told = await select("a: permissions { elementIds } b: permissions { elementIds }");
  const code = (answer: { errors?: { extensions?: Record<string, unknown> }[] }) =>
    answer.errors?.[0]?.extensions?.["code"];
  expect(code(told as never)).toBe("RESPONSE_TOO_LARGE");
  expect(code((await select("permissions { role }")) as never)).toBeUndefined();
});
