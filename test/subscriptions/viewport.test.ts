import { describe, expect, it } from "vitest";
import type { Design } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import type { FollowedViewport } from "../../src/subscriptions/changes/followedViewport.js";
import {
  checkGapFree,
  follow,
  moveTo,
  newWorld,
  RecordingSink,
  settle,
  type World,
} from "./harness.js";

const viewport: FollowedViewport = { pageId: "p1", x: 0, y: 0, width: 100, height: 100 };

const design: Design = {
  canvas: {},
  audioLayers: [],
  pages: [
    {
      id: "p1",
      elements: [
        { id: "near", type: "rect", x: 10, y: 10, width: 10, height: 10 },
        { id: "far", type: "rect", x: 500, y: 500, width: 10, height: 10 },
        { id: "sizeless", type: "text", x: 500, y: 500 },
        { id: "frame", type: "frame", x: 500, y: 500, width: 10, height: 10 },
        { id: "child", type: "rect", parentId: "frame", x: 500, y: 500, width: 1, height: 1 },
        { id: "stroke", type: "stroke", x: 500, y: 500, width: 1, height: 1, points: [[0, 0]] },
        { id: "turned", type: "rect", x: 110, y: 40, width: 200, height: 10, rotation: 90 },
      ],
    },
    { id: "p2", elements: [{ id: "other", type: "rect", x: 10, y: 10, width: 10, height: 10 }] },
  ],
};

async function watching(): Promise<{ world: World; sink: RecordingSink }> {
  const world = newWorld();
  world.templates.add("t1");
  world.templates.design = design;
  const sink = await follow(world, { viewport, fromVersion: 1 });
  if (sink === undefined) throw new Error("not visible");
  await settle();
  return { world, sink };
}

/** Whether each of the operations, committed one by one, reached the viewport. */
async function seen(operations: readonly OperationContent[]): Promise<boolean[]> {
  const { world, sink } = await watching();
  for (const operation of operations) {
    world.bus.publish(world.templates.commit("t1", [operation]));
    await settle(5);
  }
  const versions = new Set(sink.versions);
  expect(sink.version).toBe(operations.length + 1);
  expect(sink.changes.map((change) => change.fromVersion)).toEqual(operations.map((_, i) => i + 1));
  return operations.map((_, index) => versions.has(index + 2));
}

function on(
  type: OperationContent["type"],
  elementId: string,
  payload: OperationContent["payload"] = null,
  pageId = "p1",
): OperationContent {
  return { type, target: { pageId, elementId }, payload };
}

describe("viewport", () => {
  it("SUB-12 leaves out what is wholly outside, and versions still advance", async () => {
    expect(
      await seen([
        on("ROTATE_ELEMENT", "near", { rotation: 0 }),
        on("UPDATE_ELEMENT_PROPS", "far", { fill: "red" }),
        moveTo(600, 600, "far"),
        on("ADD_ELEMENT", "new", { type: "rect", x: 300, y: 0, width: 5, height: 5 }),
        on("UPDATE_ELEMENT_PROPS", "new", { fill: "red" }),
        on("ADD_ELEMENT", "here", { type: "rect", x: 95, y: 0, width: 50, height: 5 }),
        on("UPDATE_ELEMENT_PROPS", "other", { fill: "red" }, "p2"),
      ]),
    ).toEqual([true, false, false, false, false, true, false]);
  });

  it("SUB-12 delivers an element that leaves or enters", async () => {
    expect(
      await seen([
        moveTo(900, 900, "near"),
        moveTo(901, 900, "near"),
        moveTo(50, 50, "near"),
        on("RESIZE_ELEMENT", "far", { width: 10, height: 10, x: -20, y: -20 }),
        on("RESIZE_ELEMENT", "far", { width: 30, height: 30 }),
        on("UPDATE_ELEMENT_PROPS", "near", { x: 700 }),
        on("UPDATE_ELEMENT_PROPS", "near", { fill: "red" }),
      ]),
    ).toEqual([true, false, true, false, true, true, false]);
  });

  it("SUB-12 delivers what may be anywhere, and groups as what is in them", async () => {
    expect(
      await seen([
        moveTo(600, 600, "sizeless"),
        moveTo(600, 600, "frame"),
        moveTo(600, 600, "child"),
        moveTo(60, 60, "child"),
        moveTo(900, 900, "frame"),
        on("REORDER_ELEMENT", "child", { parentId: null }),
        on("UPDATE_ELEMENT_PROPS", "frame", { fill: "red" }),
      ]),
    ).toEqual([true, false, false, true, true, true, false]);
  });

  it("SUB-12 delivers strokes where their points, width and rotation bring them", async () => {
    expect(
      await seen([
        on("EXTEND_STROKE", "stroke", { points: [[1, 1]] }),
        on("EXTEND_STROKE", "stroke", { points: [[-450, -450]] }),
        on("EXTEND_STROKE", "stroke", { points: [], from: 1 }),
        on("UPDATE_ELEMENT_PROPS", "stroke", { strokeWidth: 401 }),
        on("UPDATE_ELEMENT_PROPS", "stroke", { strokeWidth: 2 }),
        on("UPDATE_ELEMENT_PROPS", "turned", { fill: "red" }),
        on("ROTATE_ELEMENT", "turned", { rotation: 180 }),
        on("UPDATE_ELEMENT_PROPS", "turned", { fill: "red" }),
      ]),
    ).toEqual([false, true, true, true, true, false, false, false]);
  });

  it("SUB-12 always delivers pages, canvas and audio, but not the clearing of another page", async () => {
    expect(
      await seen([
        { type: "ADD_PAGE", target: { pageId: "p3" }, payload: {} },
        { type: "UPDATE_PAGE", target: { pageId: "p2" }, payload: { name: "x" } },
        { type: "DELETE_PAGE", target: { pageId: "p3" }, payload: null },
        { type: "REORDER_PAGES", target: {}, payload: { pageIds: ["p2", "p1"] } },
        { type: "UPDATE_CANVAS", target: {}, payload: { width: 1 } },
        { type: "ADD_AUDIO_LAYER", target: { audioLayerId: "a" }, payload: {} },
        { type: "CLEAR_PAGE", target: { pageId: "p2" }, payload: { elementIds: ["other"] } },
        { type: "CLEAR_PAGE", target: { pageId: "p1" }, payload: { elementIds: ["near"] } },
      ]),
    ).toEqual([true, true, true, true, true, true, false, true]);
  });

  it("SUB-12 delivers everything of the page while catching up from the log", async () => {
    const world = newWorld();
    world.templates.add("t1");
    world.templates.commit("t1", [moveTo(900, 900, "far"), moveTo(1, 1, "other", "p2")]);
    const sink = await follow(world, { viewport, fromVersion: 1 });
    await settle();
    expect(sink?.versions).toEqual([2]);
    expect(sink?.version).toBe(3);
  });
});

it("SUB-12 a viewport is gap-free in versions", async () => {
  const { world, sink } = await watching();
  for (let index = 0; index < 10; index++) {
    world.bus.publish(world.templates.commit("t1", [moveTo(500 + index, 500, "far")]));
    await settle(5);
  }
  expect(() => checkGapFree(sink, 1, 11)).toThrow();
  expect(sink.versions).toEqual([]);
  expect(sink.version).toBe(11);
});
