/** Order in the lists of audio layers and clips, and numbers that are no places, through the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board } from "./board.js";

let api: Api;
let ada: Client;
let board: Board;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());

const clips = ["c1", "c2", "c3"].map((id, start) => ({ id, start }));
const audioLayers = ["l1", "l2", "l3"].map((id) => ({ id, clips: id === "l1" ? clips : [] }));
beforeEach(async () => {
  board = await Board.open(ada, { designData: { pages: [{ id: "p1" }], audioLayers } });
});

const op = (id: string, type: string, target: object, payload?: object) => ({
  ...{ id, type, target },
  ...(payload && { payload }),
});
const layerTo = (id: string, audioLayerId: string, afterId: string | null) =>
  op(id, "REORDER_AUDIO_LAYER", { audioLayerId }, { afterId });
const clipTo = (id: string, clipId: string, afterId: string | null) =>
  op(id, "REORDER_AUDIO_CLIP", { audioLayerId: "l1", clipId }, { afterId });
const applied = { __typename: "OperationsApplied" };
const policies = ["REJECT", "MERGE", "LAST_WRITER_WINS", "FORCE"];

async function order() {
  const { designData } = await board.read("designData");
  const layers = designData.audioLayers as { id: string; clips: { id: string }[] }[];
  const ofFirst = layers.find(({ id }) => id === "l1")?.clips ?? [];
  return [layers.map(({ id }) => id).join(), ofFirst.map(({ id }) => id).join()];
}

describe("the order of audio", () => {
  test("OP-25: layers and clips go elsewhere, and come back by undo and redo", async () => {
    await board.edit([layerTo("1", "l1", "l3"), clipTo("2", "c3", null)]);
    expect(await order()).toEqual(["l2,l3,l1", "c3,c1,c2"]);
    await board.undo();
    expect(await order()).toEqual(["l1,l2,l3", "c1,c2,c3"]);
    await board.redo();
    expect(await order()).toEqual(["l2,l3,l1", "c3,c1,c2"]);
  });

  test.each(policies.slice(1))(
    "OP-25: under %s moves of the same and of others merge, the later staying",
    async (onConflict) => {
      await board.edit([layerTo("theirs", "l1", "l2"), clipTo("other", "c1", "c2")]);
      const mine = [layerTo("mine", "l1", null), clipTo("clip", "c3", null)];
      expect(await board.apply(mine, { onConflict })).toMatchObject(applied);
      expect(await order()).toEqual(["l1,l2,l3", "c3,c2,c1"]);
    },
  );

  test("OP-25: moving what others deleted collides, and a neighbour that is gone leaves its place", async () => {
    await board.edit([op("gone", "DELETE_AUDIO_CLIP", { audioLayerId: "l1", clipId: "c2" })]);
    const conflict = await board.apply([clipTo("mine", "c2", null)], { onConflict: "MERGE" });
    expect(conflict).toMatchObject({
      ...{ __typename: "VersionConflict", conflicts: [{ kind: "DELETED_TARGET" }] },
    });
    const above = await board.apply([clipTo("above", "c3", "c2")], { onConflict: "MERGE" });
    expect(above).toMatchObject({ ...applied, operations: [{ transformedFrom: ["gone"] }] });
    expect((await order())[1]).toBe("c1,c3");
  });

  test("OP-25: one who moved a layer that others deleted undoes nothing of that", async () => {
    await board.edit([layerTo("mine", "l1", "l3")]);
    const bob = await api.signUp("Bob");
    await api.services.permissions.change(
      {
        templateId: board.id,
        holder: { kind: "user", userId: bob.id },
        permission: {
          ...{ role: "EDIT", pageIds: [], elementTypes: [] },
          ...{ elementIds: [], operationTypes: [] },
        },
      },
      () => undefined,
    );
    const removal = [op("theirs", "DELETE_AUDIO_LAYER", { audioLayerId: "l1" })];
    await board.apply(removal, { onConflict: "FORCE" }, bob);
    expect((await board.undo()).skipped).toMatchObject([
      { reason: "DELETED_BY_OTHERS", type: "REORDER_AUDIO_LAYER", properties: ["order"] },
    ]);
    expect((await order())[0]).toBe("l2,l3");
  });

  test("DOC-10: a way out to a state of one's own moves them", async () => {
    await board.edit([op("canvas", "UPDATE_CANVAS", {}, { width: 1 })]);
    const { designData, version } = await board.read("designData version");
    const [first, ...rest] = designData.audioLayers;
    const moved = { ...first, clips: first.clips.toReversed() };
    const manualState = { ...designData, audioLayers: [...rest, moved] };
    const choice = { headVersion: version, resolution: "MANUAL", manualState };
    const { operations } = await board.resolve(choice);
    expect(operations.map(({ type }: { type: string }) => type)).toEqual([
      ...["REORDER_AUDIO_LAYER", "REORDER_AUDIO_CLIP", "REORDER_AUDIO_CLIP"],
    ]);
    expect(await order()).toEqual(["l2,l3,l1", "c3,c2,c1"]);
  });
});

describe("a number named position", () => {
  const invalid = { code: "INVALID_OPERATION" };
  const rect = { type: "rect", x: 0, y: 0 };

  test.each<[string, object, object, string]>([
    ["ADD_PAGE", { pageId: "new" }, {}, "position"],
    ["UPDATE_PAGE", { pageId: "p1" }, {}, "position"],
    ["ADD_AUDIO_LAYER", { audioLayerId: "new" }, {}, "position"],
    ["UPDATE_AUDIO_LAYER", { audioLayerId: "l1" }, {}, "position"],
    ["ADD_AUDIO_CLIP", { audioLayerId: "l1", clipId: "new" }, {}, "position"],
    ["UPDATE_AUDIO_CLIP", { audioLayerId: "l1", clipId: "c1" }, {}, "position"],
    ["ADD_ELEMENT", { pageId: "p1", elementId: "new" }, rect, "position"],
    ["REORDER_PAGES", {}, { pageIds: ["p1"] }, "position"],
    ["REORDER_AUDIO_LAYER", { audioLayerId: "l1" }, { afterId: null }, "position"],
  ])("OP-26: is refused in %s, and names no place", async (type, target, payload, path) => {
    for (const position of [0, 1.5, -1]) {
      const answer = await board.apply([op("1", type, target, { ...payload, position })]);
      expect(answer).toMatchObject({ ...invalid, operationId: "1" });
      expect(answer.path.at(-1)).toBe(path);
    }
    expect(await board.version()).toBe(1);
  });

  test("OP-26: is refused in what is listed in a payload and in designs", async () => {
    const listed = { elements: [{ id: "e", ...rect, position: 1 }] };
    expect(await board.apply([op("1", "ADD_PAGE", { pageId: "new" }, listed)])).toMatchObject(
      invalid,
    );
    const clipsListed = { clips: [{ id: "c", position: 1 }] };
    expect(
      await board.apply([op("2", "ADD_AUDIO_LAYER", { audioLayerId: "n" }, clipsListed)]),
    ).toMatchObject(invalid);
    const { createTemplate } = await ada.data(
      `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
        __typename ... on RequestError { code path } } }`,
      { input: { name: "N", designData: { pages: [{ id: "p", position: 2 }] } } },
    );
    expect(createTemplate).toMatchObject({
      ...{ code: "INVALID_INPUT", path: ["designData", "pages", "0", "position"] },
    });
  });

  test("OP-26: what is no number is the editor's own, and so is the canvas'", async () => {
    for (const position of ["sticky", { x: 1, y: 2 }, [1], true, null]) {
      const target = { pageId: "p1" };
      const update = op(JSON.stringify(position), "UPDATE_PAGE", target, { position });
      expect(await board.apply([update], { onConflict: "FORCE" })).toMatchObject(applied);
    }
    const canvas = op("canvas", "UPDATE_CANVAS", {}, { position: 1 });
    expect(await board.apply([canvas], { onConflict: "FORCE" })).toMatchObject(applied);
  });
});
