/** Places in lists, through the API: several people delete, move and place at the same time. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board } from "./board.js";

let api: Api;
let ada: Client;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());

const ids = ["a", "b", "c", "d", "e"];
type Kind = "element" | "page" | "layer" | "clip";

const kinds: Record<Kind, { of: (id: string) => object; type: string; made: object }> = {
  element: {
    of: (elementId) => ({ pageId: "a", elementId }),
    type: "ELEMENT",
    made: { type: "rect", x: 0, y: 0 },
  },
  page: { of: (pageId) => ({ pageId }), type: "PAGE", made: {} },
  layer: { of: (audioLayerId) => ({ audioLayerId }), type: "AUDIO_LAYER", made: {} },
  clip: {
    of: (clipId) => ({ audioLayerId: "a", clipId }),
    type: "AUDIO_CLIP",
    made: { start: 0, duration: 1 },
  },
};

function open(): Promise<Board> {
  const designData = {
    canvas: {},
    pages: ids.map((id) => ({
      id,
      name: id,
      elements: id === "a" ? ids.map((each) => ({ id: each, ...kinds.element.made })) : [],
    })),
    audioLayers: ids.map((id) => ({
      id,
      clips: id === "a" ? ids.map((each) => ({ id: each, ...kinds.clip.made })) : [],
    })),
  };
  return Board.open(ada, { designData });
}

async function orderOf(board: Board, kind: Kind): Promise<string> {
  const { designData } = await board.read("designData");
  const { pages, audioLayers } = designData;
  const lists = {
    page: pages,
    layer: audioLayers,
    element: pages.find(({ id }: { id: string }) => id === "a")?.elements,
    clip: audioLayers.find(({ id }: { id: string }) => id === "a")?.clips,
  };
  return lists[kind].map(({ id }: { id: string }) => id).join("");
}

let count = 0;
function remove(kind: Kind, id: string) {
  count += 1;
  const { of, type } = kinds[kind];
  return { id: `o${count}`, type: `DELETE_${type}`, target: of(id) };
}

function add(kind: Kind, id: string, afterId: string) {
  count += 1;
  const { of, type, made } = kinds[kind];
  return { id: `o${count}`, type: `ADD_${type}`, target: of(id), payload: { ...made, afterId } };
}

const me = { clientId: "me" };
const other = { clientId: "other" };

describe.each(Object.keys(kinds) as Kind[])("places of a kind of thing: %s", (kind) => {
  test("UNDO-40: what was deleted comes back below what was above it", async () => {
    const board = await open();
    await board.edit([remove(kind, "c"), remove(kind, "d")], { ...me, batchId: "mine" });
    await board.edit([remove(kind, "b")], other);
    await board.undo("me");
    expect(await orderOf(board, kind)).toBe("acde");
    await board.redo("me");
    await board.undo("me");
    expect(await orderOf(board, kind)).toBe("acde");
  });

  test("UNDO-40: through a chain of neighbours that others deleted, and at the bottom", async () => {
    const board = await open();
    await board.edit([remove(kind, "d")], me);
    await board.edit([remove(kind, "c")], other);
    await board.edit([remove(kind, "b")], other);
    await board.undo("me");
    expect(await orderOf(board, kind)).toBe("ade");
    if (kind === "clip" || kind === "element") {
      await board.edit([remove(kind, "d")], me);
      await board.edit([remove(kind, "a")], other);
      await board.undo("me");
      expect(await orderOf(board, kind)).toBe("de");
    }
  });

  test("MERGE-60: what goes above something that is deleted at the same time goes to its place", async () => {
    const board = await open();
    await board.edit([remove(kind, "c")], other);
    const answer = await board.apply([add(kind, "n", "c"), add(kind, "m", "d")], {
      ...me,
      onConflict: "MERGE",
    });
    expect(answer.__typename).toBe("OperationsApplied");
    expect(await orderOf(board, kind)).toBe("abndme");
    const [first] = answer.operations;
    expect(first.payload.afterId).toBe("b");
    expect(first.transformedFrom).toHaveLength(1);
  });
});

describe("places of elements", () => {
  const reorder = (elementId: string, afterId: string | null) => {
    count += 1;
    const target = { pageId: "a", elementId };
    return { id: `o${count}`, type: "REORDER_ELEMENT", target, payload: { afterId } };
  };

  test("UNDO-40: what was moved goes back to its place, also where its neighbour was moved or deleted since", async () => {
    const board = await open();
    await board.edit([reorder("c", null)], me);
    await board.edit([reorder("b", "e")], other);
    await board.undo("me");
    expect(await orderOf(board, "element")).toBe("acdeb");
    await board.edit([reorder("d", null)], me);
    await board.edit([remove("element", "c")], other);
    await board.undo("me");
    expect(await orderOf(board, "element")).toBe("adeb");
  });

  test("UNDO-40: a deleted neighbour that its deleter brought back is one again", async () => {
    const board = await open();
    await board.edit([remove("element", "c")], me);
    await board.edit([remove("element", "b")], other);
    await board.undo("other");
    await board.undo("me");
    expect(await orderOf(board, "element")).toBe("abcde");
  });

  test("UNDO-40: what CLIENT_WINS brings back stands in its place", async () => {
    const board = await open();
    await board.edit([remove("element", "c")], other);
    await board.edit([remove("element", "b")], other);
    const fill = {
      id: "fill",
      type: "UPDATE_ELEMENT_PROPS",
      target: { pageId: "a", elementId: "c" },
      payload: { fill: "red" },
    };
    const resolved = await board.resolve({
      headVersion: 3,
      resolution: "CLIENT_WINS",
      clientOperations: [fill],
    });
    expect(resolved.__typename).toBe("ConflictResolved");
    expect(await orderOf(board, "element")).toBe("acde");
  });

  test("MERGE-60: a neighbour that others moved is followed", async () => {
    const board = await open();
    await board.edit([reorder("b", "e")], other);
    await board.apply([add("element", "n", "b")], { ...me, onConflict: "MERGE" });
    expect(await orderOf(board, "element")).toBe("acdebn");
  });
});
