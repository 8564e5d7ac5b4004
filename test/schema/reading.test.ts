import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());

const UNKNOWN_ID = "01890000-0000-7000-8000-000000000000";
const READ = /* GraphQL */ `
  query ($id: ID!) {
    template(id: $id) {
      id
      name
      version
      designData
      author {
        name
        email
      }
    }
  }
`;

describe("reading one template", () => {
  test("ACC-3, ACC-4, ACC-5: what does not exist, is no id and may not be seen is null alike", async () => {
    const secret = await ada.createTemplate({ name: "Secret" });
    const inBin = await ada.createTemplate({ name: "Bin" });
    await ada.deleteTemplate(inBin);
    for (const id of [UNKNOWN_ID, "", "1", "'; drop table users; --", "\u0000", secret, inBin]) {
      expect(await bob.run(READ, { id })).toEqual({ data: { template: null } });
      expect(await api.anonymous.run(READ, { id })).toEqual({ data: { template: null } });
    }
    expect(await ada.data(READ, { id: inBin })).toEqual({ template: null });
  });

  test("ACC-2: who is signed in reads public templates, and not their author's address", async () => {
    const id = await ada.createTemplate({ name: "Open", isPublic: true });
    const { template } = await bob.data(READ, { id });
    expect(template).toMatchObject({ name: "Open", author: { name: "Ada", email: null } });
    expect(await api.anonymous.data(READ, { id })).toEqual({ template: null });
  });

  test("ACC-6: a public template outlives its author's account", async () => {
    const gone = await api.signUp("Gone");
    const id = await gone.createTemplate({ name: "Orphan", isPublic: true });
    const hidden = await gone.createTemplate({ name: "Hidden" });
    await api.prisma.user.delete({ where: { id: gone.id } });
    const { template } = await bob.data(READ, { id });
    expect(template).toMatchObject({ name: "Orphan", author: null });
    expect(await gone.data(READ, { id: hidden })).toEqual({ template: null });
  });

  test("API-13: what is not selected is not read, and the document's column never", async () => {
    const id = await ada.createTemplate({ name: "Cheap" });
    const short = await api.statements(() => ada.data(`{ template(id: "${id}") { id version } }`));
    expect(short).toHaveLength(1);
    // The head, the columns, the author.
    const details = await api.statements(() =>
      ada.data(`{ template(id: "${id}") { name tags version versionHash author { name } } }`),
    );
    expect(details).toHaveLength(3);
    expect(details.join()).not.toContain("design_data");
  });

  test("API-14: version, document and log of one answer belong together while others write", async () => {
    const id = await ada.createTemplate({ name: "Busy" });
    const page = await ada.firstPage(id);
    const writing = new AbortController();
    const writer = (async () => {
      for (let count = 0; !writing.signal.aborted; count += 1) {
        await ada.addElement(id, page, `e${count}`);
      }
    })();
    try {
      const hashes = new Map<number, string>();
      for (let count = 0; count < 40; count += 1) {
        const { template } = await ada.data(
          `{ template(id: "${id}") {
            version designData versionHash
            operations(first: 1000) { edges { node { resultingVersion } } }
          } }`,
        );
        expect(template.designData.pages[0].elements).toHaveLength(template.version - 1);
        expect(template.operations.edges).toHaveLength(template.version - 1);
        hashes.set(template.version, template.versionHash);
      }
      expect(new Set(hashes.values()).size).toBe(hashes.size);
      expect(hashes.size).toBeGreaterThan(1);
    } finally {
      writing.abort();
      await writer;
    }
  });
});
