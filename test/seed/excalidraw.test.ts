import { describe, expect, test } from "vitest";
import { parseDesign } from "../../src/domain/document/parseDesign.js";
import { defaultDomainLimits } from "../../src/domain/limits.js";
import { demoDesign, demoNoteId, demoPageId } from "../../src/seed/demoDesign.js";
import { convertLibrary, convertWhatFits } from "../../src/seed/excalidraw.js";

const box = { x: 100, y: 50, width: 40, height: 20 };

function convertOne(...elements: readonly object[]) {
  const items = [{ name: "An item", elements }];
  const [page] = convertLibrary({ type: "excalidrawlib", version: 2, libraryItems: items }).pages;
  return page;
}

describe("convertLibrary", () => {
  test("makes a page of each item, named and measured from its upper left corner", () => {
    const page = convertOne(
      { ...box, id: "a", type: "rectangle", strokeColor: "#000", version: 3, link: null },
      { ...box, id: "b", type: "ellipse", x: 160.006, y: 90, angle: Math.PI / 2 },
    );
    expect(page).toEqual({
      id: "an-item",
      name: "An item",
      width: 101,
      height: 60,
      elements: [
        { id: "a", type: "rect", x: 0, y: 0, width: 40, height: 20, strokeColor: "#000" },
        { id: "b", type: "ellipse", x: 60.01, y: 40, width: 40, height: 20, rotation: 90 },
      ],
    });
  });

  test("keeps points, and the pressure of a stroke where it was recorded", () => {
    const points = [
      [0, 0],
      [1.234, -5],
    ];
    const stroke = { ...box, id: "s", type: "freedraw", points, pressures: [0.5, 0.756] };
    const page = convertOne(
      { ...stroke },
      { ...stroke, id: "t", simulatePressure: true },
      { ...box, id: "l", type: "line", points },
    );
    expect(page?.elements.map(({ type, points: kept }) => [type, kept])).toEqual([
      [
        "stroke",
        [
          [0, 0, 0.5],
          [1.23, -5, 0.76],
        ],
      ],
      [
        "stroke",
        [
          [0, 0],
          [1.23, -5],
        ],
      ],
      [
        "line",
        [
          [0, 0],
          [1.23, -5],
        ],
      ],
    ]);
  });

  test("makes groups and frames parents that stand below what they hold", () => {
    const page = convertOne(
      { ...box, id: "a", type: "text", groupIds: ["inner", "outer"], frameId: "f" },
      { ...box, id: "b", type: "text", x: 200, groupIds: ["outer"], frameId: "f" },
      { ...box, id: "f", type: "frame", groupIds: ["outer"] },
      { ...box, id: "gone", type: "text", isDeleted: true },
    );
    expect(page?.elements.map(({ id, parentId }) => [id, parentId])).toEqual([
      ["f", undefined],
      ["outer", "f"],
      ["inner", "outer"],
      ["a", "inner"],
      ["b", "outer"],
    ]);
    const outer = page?.elements.find(({ id }) => id === "outer");
    expect(outer).toMatchObject({ type: "group", x: 0, y: 0, width: 140, height: 20 });
  });

  test("gives pages of one name ids of their own, and names to those without", () => {
    const items = [{ name: "Tab" }, { name: "tab!" }, {}].map((item) => ({
      ...item,
      elements: [{ ...box, id: "a", type: "rectangle" }],
    }));
    const { pages } = convertLibrary({ type: "excalidrawlib", libraryItems: items });
    expect(pages.map(({ id }) => id)).toEqual(["tab", "tab-2", "item-3"]);
  });

  test("reads the first version of the format", () => {
    const library = [[{ ...box, id: "a", type: "diamond" }]];
    const { pages } = convertLibrary({ type: "excalidrawlib", version: 1, library });
    expect(pages[0]?.elements[0]).toMatchObject({ id: "a", type: "diamond" });
  });

  test("names each bad element, and converts the rest where it may", () => {
    const elements = [
      { ...box, id: "a", type: "rectangle", groupIds: ["huge"] },
      { ...box, id: "b", type: "rectangle", x: "no" },
      { ...box, id: "a", type: "ellipse" },
      { ...box, id: "c", type: "text", text: 7 },
      { ...box, id: "d", type: "line", note: "x\u0000" },
      "nothing",
    ];
    const library = { type: "excalidrawlib", libraryItems: [{ name: "Tab", elements }] };
    const { design, leftOut } = convertWhatFits(library);
    expect(design.pages[0]?.elements.map(({ id }) => id)).toEqual(["huge", "a"]);
    expect(leftOut.map(({ place }) => place)).toEqual([
      "libraryItems.0.elements.1.x",
      "libraryItems.0.elements.5",
      "libraryItems.0.elements.2.id",
      "libraryItems.0.elements.3",
      "libraryItems.0.elements.4",
    ]);
    expect(() => convertLibrary(library)).toThrow("libraryItems.0.elements.3: text must be");
  });

  test("what was in a bad group stays, and a message names a bounded number", () => {
    const groupIds = [`g${"x".repeat(1_000)}`];
    const elements = Array.from({ length: 25 }, (_, index) => ({
      ...box,
      id: `e${index}`,
      type: "rectangle",
      ...(index === 0 ? { groupIds } : { width: "wide" }),
    }));
    const library = { type: "excalidrawlib", libraryItems: [{ name: "Tab", elements }] };
    const { design, leftOut } = convertWhatFits(library);
    expect(design.pages[0]?.elements).toMatchObject([{ id: "e0" }]);
    expect(leftOut).toHaveLength(25);
    expect(() => convertLibrary(library)).toThrow("and 5 more");
  });

  test.each([null, [], {}, { type: "excalidraw", elements: [] }])("refuses %j", (value) => {
    expect(() => convertLibrary(value)).toThrow("not an Excalidraw library");
  });
});

test("the demo's design is one that a client could have sent", async () => {
  const design = await demoDesign();
  const parsed = parseDesign(design, defaultDomainLimits);
  expect(parsed.ok && parsed.value).toEqual(design);
  expect(design.pages).toHaveLength(75);
  const page = design.pages.find(({ id }) => id === demoPageId);
  expect(page?.elements.at(-1)?.id).toBe(demoNoteId);
  for (const { elements } of design.pages) {
    const seen = new Set<unknown>([undefined]);
    for (const { id, parentId } of elements) {
      expect(seen.has(parentId)).toBe(true);
      seen.add(id);
    }
  }
});
