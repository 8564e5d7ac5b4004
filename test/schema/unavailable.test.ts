import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let templateId: string;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
  templateId = await ada.createTemplate({ name: "Away" });
  await api.disconnect();
});
afterAll(() => api.stop());

describe("without a database", () => {
  test.each([
    "{ viewer { name } }",
    "{ templates { edges { node { id } } } }",
    "{ template(id: $id) { name } }",
    'mutation { createTemplate(input: { name: "n" }) { __typename } }',
    'mutation { updateTemplate(input: { templateId: $id, name: "n" }) { __typename } }',
    'mutation { createSnapshot(input: { templateId: $id, name: "n" }) { __typename } }',
    'mutation { signIn(input: { email: "a@example.org", password: "x" }) { __typename } }',
  ])("API-31: %s says when to try again, and nothing else", async (source) => {
    const { errors } = await ada.run(source.replace("$id", JSON.stringify(templateId)));
    expect(errors).toMatchObject([
      { extensions: { code: "UNAVAILABLE", retryAfterMs: expect.any(Number) } },
    ]);
    expect(errors?.[0]?.message).toBe("The service is unavailable; try again.");
  });
});
