/** Names of all kinds, as the API takes them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let templateId: string;

beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
  templateId = await ada.createTemplate({ name: "Board" });
});
afterAll(() => api.stop());

const kinds = [
  ["createTemplate", (name: string) => ({ name }), ["name"]],
  ["createTemplate", (category: string) => ({ name: "n", category }), ["category"]],
  ["createTemplate", (tag: string) => ({ name: "n", tags: ["a", tag] }), ["tags", "1"]],
  ["updateTemplate", (name: string) => ({ templateId, name }), ["name"]],
  ["duplicateTemplate", (name: string) => ({ templateId, name }), ["name"]],
  ["createSnapshot", (name: string) => ({ templateId, name }), ["name"]],
  ["createTeam", (name: string) => ({ name }), ["name"]],
  ["createProject", (name: string) => ({ name }), ["name"]],
  [
    "createApiToken",
    (name: string) => ({ name, scopes: ["READ"], expiresAt: new Date(Date.now() + 60_000_000) }),
    ["name"],
  ],
  [
    "signUp",
    (name: string) => ({ name, email: `p${Math.random()}@example.org`, password: "long enough" }),
    ["name"],
  ],
] as const;

async function send(mutation: string, input: object) {
  const Input = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const { result } = await ada.data(
    `mutation ($input: ${Input}!) { result: ${mutation}(input: $input) {
      __typename ... on RequestError { code message path } } }`,
    { input },
  );
  return result;
}

describe("API-47 a name", () => {
  const refused = {
    "a space of zero width": "\u200b",
    "joiners and marks of order": "\u200d\u2060\u200e\ufeff",
    "spaces of all kinds": " \u00a0\u2003\u3000",
    "letters that are drawn as nothing": "\u3164\u115f\uffa0",
    "a blank of braille": "\u2800",
    "variation selectors and tags": "\ufe0f\u{e0041}",
    "an override of direction": "gpj.\u202egnp",
    "an isolate of direction": "a\u2066b",
    "a line feed": "a\nb",
    "a control character": "a\u001bb",
  };
  test.each(kinds)(
    "of %s (%#) is refused by its place where it cannot be seen or deceives",
    async (mutation, input, path) => {
      for (const [what, name] of Object.entries(refused)) {
        const answer = await send(mutation, input(name));
        expect(answer, what).toMatchObject({ code: "INVALID_INPUT", path: [...path] });
      }
    },
  );

  test.each(kinds)(
    "of %s (%#) may be in any script, with joiners in it",
    async (mutation, input) => {
      for (const name of ["שלום\u200f א", "👩\u200d👧", "می\u200cخواهم", "é", "—"]) {
        const answer = await send(mutation, input(name));
        // Of API tokens a person has few in tests.
        expect(answer.code, name).not.toBe("INVALID_INPUT");
      }
    },
  );
});

describe("COM-1 a comment", () => {
  const says = async (id: string, body: string) => {
    const { result } = await ada.data(
      `mutation ($input: CreateCommentInput!) { result: createComment(input: $input) {
        __typename ... on CommentSaved { comment { body } } ... on RequestError { code path } } }`,
      { input: { templateId, id, body } },
    );
    return result;
  };

  test("has tabs, and its lines end with line feeds, also when it is sent again", async () => {
    const id = crypto.randomUUID();
    const body = "a\tb\r\nc\rd\ne";
    const first = await says(id, body);
    expect(first.comment?.body).toBe("a\tb\nc\nd\ne");
    expect(await says(id, body)).toEqual(first);
    expect(await says(id, "a\tb\nc\nd\ne")).toEqual(first);
    expect(await says(crypto.randomUUID(), "\t\r\n\u200b")).toMatchObject({
      code: "INVALID_INPUT",
    });
    expect(await says(crypto.randomUUID(), "a\u0007")).toMatchObject({ code: "INVALID_INPUT" });
  });
});
