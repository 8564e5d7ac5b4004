/** Undo of edits of one text by several people, in any order, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board, text } from "./board.js";

let api: Api;
let ada: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
beforeEach(async () => {
  board = await Board.open(ada);
  await board.edit([text("start", insert("abcdefgh"))], { clientId: "start" });
});
afterAll(() => api.stop());

const START = "abcdefgh";
const keep = (retain: number, attributes?: object) => ({
  retain,
  ...(attributes && { attributes }),
});
const take = (count: number) => ({ delete: count });
const insert = (characters: string) => ({ insert: characters });

/** A client and what it does: an edit of the text, or a step. */
type Deed = readonly [client: "a" | "b", "undo" | "redo" | readonly object[]];

let edits = 0;

/** The deeds one after the other, each on the head. */
async function run(...deeds: readonly Deed[]): Promise<unknown> {
  for (const [clientId, deed] of deeds) {
    edits += 1;
    if (deed === "undo") await board.undo(clientId);
    else if (deed === "redo") await board.redo(clientId);
    else await board.edit([text(`edit-${edits}`, ...deed)], { clientId });
  }
  return (await board.first()).text;
}

describe("undo below a step that took back what others undid, too", () => {
  const typed: Deed = ["a", [keep(1), insert("X4")]];
  const gone: Deed = ["b", [keep(1), take(2)]];
  const undoAll: readonly Deed[] = [
    ["a", "undo"],
    ["b", "undo"],
    ["b", "undo"],
  ];

  test.each([
    ["an insertion", [keep(5), insert("BBBB")]],
    ["a deletion", [keep(5), take(4)]],
    ["a replacement", [keep(5), insert("BB"), take(3)]],
    ["a colour", [keep(5), keep(2, { color: "red" })]],
  ])("UNDO-45: of %s changes the characters that it was made on", async (_what, delta) => {
    expect(await run(typed, ["b", delta], gone, ...undoAll)).toBe(START);
  });

  test("UNDO-45: through redo and undo, and under later edits", async () => {
    const below: Deed = ["b", [keep(5), insert("BBBB")]];
    const steps: readonly Deed[] = [
      ["a", "undo"],
      ["b", "undo"],
      ["b", "redo"],
      ["b", "undo"],
      ["b", "undo"],
    ];
    expect(await run(typed, below, gone, ...steps)).toBe(START);
    const first: Deed = ["b", [insert("b1")]];
    const later: Deed = ["a", [insert("Z")]];
    const shifted: readonly Deed[] = [
      first,
      ["a", [keep(3), insert("X4")]],
      ["b", [keep(7), insert("BBBB")]],
      ["b", [keep(3), take(2)]],
    ];
    expect(await run(...shifted, ...undoAll, later, ["b", "undo"])).toBe(`Z${START}`);
  });

  test("UNDO-45: of one that deleted more than what others undid", async () => {
    const more: Deed = ["b", [take(4)]];
    expect(await run(typed, ["b", [keep(6), insert("B")]], more, ...undoAll)).toBe(START);
  });
});

test("UNDO-15: what one deleted goes with its writer also where both undid crosswise", async () => {
  const left = await run(
    ["a", [keep(6), insert("AAA")]],
    ["a", [insert("1")]],
    ["b", [keep(8), take(2)]],
    ["a", "undo"],
    ["b", "undo"],
    ["a", "undo"],
  );
  expect(left).toBe(START);
});

describe("UNDO-15: whoever undoes in which order, each character comes back in its place", () => {
  test("what two people deleted next to each other, undone in the order of the deeds", async () => {
    const deeds: Deed[] = [
      ["a", [keep(2), take(1)]],
      ["b", [keep(2), take(2)]],
    ];
    expect(await run(...deeds, ["a", "undo"], ["b", "undo"])).toBe(START);
  });

  test("what one wrote into what the other deleted", async () => {
    const deeds: Deed[] = [
      ["a", [keep(2), take(3)]],
      ["b", [keep(2), insert("XY")]],
      ["a", "undo"],
    ];
    expect(await run(...deeds)).toBe("abXYcdefgh");
    expect(await run(["b", "undo"])).toBe(START);
  });

  test("a colour and a character that the other overrode and deleted are taken away once", async () => {
    const deeds: Deed[] = [
      ["a", [keep(1, { color: "blue" }), keep(1), insert("X")]],
      ["b", [keep(1, { color: "red" }), keep(1), take(1)]],
    ];
    expect(await run(...deeds, ["a", "undo"], ["b", "undo"])).toBe(START);
  });
});
