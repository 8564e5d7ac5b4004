import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { add, Board, remove, set } from "./board.js";

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  board = await Board.open(ada, { isPublic: true });
});
afterAll(() => api.stop());

const RULES = "mergeRules { version rules { elementType property policy } }";
const MERGE = { onConflict: "MERGE" };
const rule = (policy: string, property = "fill", elementType = "rect") => ({
  elementType,
  property,
  policy,
});

describe("merge rules", () => {
  test("API-87: are none at first, and come back as they were set, to whoever may see", async () => {
    expect(await board.read(RULES)).toEqual({ mergeRules: { version: 0, rules: [] } });
    const rules = [rule("CLIENT"), rule("LAST_WRITER", "*"), rule("REJECT", "*", "*")];
    const mergeRules = { version: 1, rules };
    expect(await board.setRules(0, rules)).toEqual({
      __typename: "MergeRulesUpdated",
      template: { mergeRules },
    });
    expect(await board.read(RULES, bob)).toEqual({ mergeRules });
    expect(await board.version()).toBe(1);
  });

  test("API-87, RULE-1: the most specific that fits decides under MERGE, by type and property", async () => {
    const general = [rule("REJECT", "*", "*"), rule("SERVER", "fill", "*"), rule("REJECT", "*")];
    await board.setRules(0, [...general, rule("CLIENT", "stroke"), rule("SERVER", "fill")]);
    await board.edit([set("theirs", { fill: "red", stroke: "red" })]);
    const answer = await board.apply([set("mine", { fill: "blue", stroke: "blue" })], MERGE);
    expect(answer.operations).toMatchObject([
      { payload: { stroke: "blue" }, transformedFrom: ["theirs"] },
    ]);
    expect(await board.first()).toMatchObject({ fill: "red", stroke: "blue" });
  });

  test("API-87: a rule for another type, REJECT and other policies leave the conflict", async () => {
    await board.setRules(0, [rule("CLIENT", "fill", "text"), rule("REJECT"), rule("CLIENT", "*")]);
    await board.edit([set("theirs", { fill: "red", stroke: "red" })]);
    expect((await board.apply([set("a", { fill: "blue" })], MERGE)).__typename).toBe(
      "VersionConflict",
    );
    // Under REJECT they only tell what MERGE would do.
    const rejected = await board.apply([set("b", { stroke: "blue" })]);
    expect(rejected).toMatchObject({
      __typename: "VersionConflict",
      conflictingOps: ["b"],
      resolutionOptions: { autoMerge: { available: true } },
    });
    const { preview } = rejected.resolutionOptions.autoMerge;
    expect(preview.pages[0].elements[0]).toMatchObject({ fill: "red", stroke: "blue" });
    expect(await board.version()).toBe(2);
  });

  test.each([
    ["LAST_WRITER", ["mine"], []],
    ["SERVER", ["mine"], ["delete"]],
    ["CLIENT", undefined, []],
    ["REJECT", undefined, undefined],
  ])(
    "RULE-2: %s for every property decides over deletions, too",
    async (policy, changed, deleted) => {
      await board.setRules(0, [
        rule("REJECT", "*", "*"),
        rule("CLIENT"),
        rule(policy, "*", "rect"),
      ]);
      await board.edit([remove("theirs"), set("change", { fill: "red" }, {}, "e2")]);
      const change = await board.apply([set("mine", { fill: "blue" })], MERGE);
      expect(change.supersededOps).toEqual(changed);
      const deletion = await board.apply([remove("delete", "e2")], MERGE);
      expect(deletion.supersededOps).toEqual(deleted);
      expect((await board.elements()).map(({ id }) => id)).toEqual(
        policy === "SERVER" || policy === "REJECT" ? ["e2"] : [],
      );
    },
  );

  test("RULE-2: SERVER leaves what others changed out of a cleared page", async () => {
    await board.setRules(0, [rule("SERVER", "*", "*")]);
    await board.edit([set("change", { fill: "red" }, {}, "e2")]);
    const clear = { id: "clear", type: "CLEAR_PAGE", target: { pageId: "p1" } };
    const answer = await board.apply([clear], MERGE);
    expect(answer.operations).toMatchObject([
      { payload: { elementIds: ["e1"] }, transformedFrom: ["change"], requested: { payload: {} } },
    ]);
    expect(await board.elements()).toMatchObject([{ id: "e2", fill: "red" }]);
  });

  test("RULE-3: an addition under an id that a lost deletion did not free is reported", async () => {
    await board.setRules(0, [rule("SERVER", "*", "*")]);
    await board.edit([set("change", { fill: "red" })]);
    const answer = await board.apply([remove("mine"), add("new", "e1")], MERGE);
    expect(answer).toMatchObject({ __typename: "VersionConflict", conflictingOps: ["mine"] });
  });

  test("API-88: a change on another version than the newest is refused", async () => {
    await board.setRules(0, [rule("CLIENT")]);
    for (const expectedVersion of [0, 2, -1]) {
      expect(await board.setRules(expectedVersion, [])).toMatchObject({
        __typename: "RequestError",
        code: "VERSION_CONFLICT",
        path: ["expectedVersion"],
      });
    }
    expect((await board.read(RULES)).mergeRules.version).toBe(1);
  });

  test.each<[string, object[], string[]]>([
    ["an empty property", [rule("CLIENT", "")], ["rules", "0", "property"]],
    ["a long type", [rule("CLIENT", "a", "x".repeat(129))], ["rules", "0", "elementType"]],
    ["NUL", [rule("CLIENT", "a\0")], ["rules"]],
    ["half a surrogate pair", [rule("CLIENT", "\ud800")], ["rules"]],
    ["more than 100", Array.from({ length: 101 }, () => rule("CLIENT")), ["rules"]],
  ])("API-88: %s is refused by its place", async (_what, rules, path) => {
    expect(await board.setRules(0, rules)).toMatchObject({ code: "INVALID_INPUT", path });
    expect((await board.read(RULES)).mergeRules.version).toBe(0);
  });

  test("ACC-2, ACC-3, ACC-4: they are set by the author alone", async () => {
    const hidden = await Board.open(ada);
    expect((await board.setRules(0, [], api.anonymous)).code).toBe("UNAUTHENTICATED");
    expect((await board.setRules(0, [], bob)).code).toBe("FORBIDDEN");
    expect((await hidden.setRules(0, [], bob)).code).toBe("NOT_FOUND");
    expect(await hidden.read(RULES, bob)).toBeNull();
    expect(await board.read(RULES, api.anonymous)).toBeNull();
  });

  test("API-13: those of a list of templates cost no query each", async () => {
    for (let index = 0; index < 5; index += 1) await Board.open(ada);
    const statements = await api.statements(() =>
      ada.data(`{ templates(filter: { mine: true }) { edges { node { ${RULES} } } } }`),
    );
    expect(statements.length).toBeLessThanOrEqual(2);
  });
});
