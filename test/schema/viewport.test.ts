import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

const READ = /* GraphQL */ `
  query ($id: ID!, $viewport: ViewportInput, $version: Int!) {
    template(id: $id) {
      version
      whole: designData
      designData(viewport: $viewport)
      at(version: $version) {
        designData(viewport: $viewport)
      }
    }
  }
`;
const CREATE = /* GraphQL */ `
  mutation ($input: CreateTemplateInput!) {
    createTemplate(input: $input) {
      __typename
      ... on RequestError {
        message
        path
      }
    }
  }
`;

interface Element {
  readonly id: string;
  readonly [property: string]: unknown;
}

let api: Api;
let ada: Client;
let bob: Client;
beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
afterAll(() => api.stop());

const corner = { pageId: "p1", x: 0, y: 0, width: 50, height: 50 };

async function templateOf(elements: readonly Element[]): Promise<string> {
  const pages = [
    { id: "p1", elements },
    { id: "p2", name: "Other", elements: [{ id: "other", type: "rect", x: 1, y: 1 }] },
  ];
  return ada.createTemplate({ name: "Wide", designData: { canvas: { width: 9 }, pages } });
}

/** The ids that a viewport shows, told alike by the head and by a version. */
async function shown(elements: readonly Element[], viewport: object = corner): Promise<string[]> {
  const id = await templateOf(elements);
  const { template } = await ada.data(READ, { id, viewport, version: 1 });
  expect(template.at.designData).toEqual(template.designData);
  return template.designData.pages[0].elements.map((element: Element) => element.id);
}

const box = (id: string, x: number, y: number, more: object = {}): Element => ({
  ...{ id, type: "rect", x, y, width: 10, height: 10 },
  ...more,
});
const stroke = (id: string, x: number, y: number, more: object = {}): Element => ({
  ...{ id, type: "stroke", x, y },
  points: [
    [0, 0],
    [8, 8],
  ],
  ...more,
});

describe("what a viewport shows", () => {
  test("VIEW-1: boxes and points, edges included, with their strokes", async () => {
    const elements = [
      ...[box("in", 10, 10), box("edge", 50, 50), box("out", 51, 10), box("left", -10, 0)],
      ...[
        stroke("far", 900, 900),
        stroke("near", 45, 45),
        stroke("wide", 60, 20, { strokeWidth: 12 }),
      ],
      stroke("back", 900, 900, {
        points: [
          [0, 0],
          [-860, -870, 0.5],
        ],
      }),
      ...[
        stroke("dot", 900, 900, { points: [] }),
        { id: "sizeless", type: "text", x: 900, y: 900 },
      ],
      stroke("boxed", 900, 900, { width: 5, height: 5 }),
    ];
    expect(await shown(elements)).toEqual([
      "in",
      "edge",
      "left",
      "near",
      "wide",
      "back",
      "dot",
      "sizeless",
    ]);
  });

  test("VIEW-1: what is turned, about its middle", async () => {
    const long = { width: 200, height: 10 };
    const elements = [
      ...[box("flat", 60, 20, long), box("up", -50, 100, { ...long, rotation: 90 })],
      ...[
        box("upright", 60, 20, { ...long, rotation: 90 }),
        box("half", 60, 20, { ...long, rotation: -180 }),
      ],
      box("aslant", 55, 20, { width: 40, height: 40, rotation: 45 }),
      stroke("line", 10, 100, {
        points: [
          [0, 0],
          [200, 0],
        ],
        rotation: 270,
      }),
      stroke("bent", 0, 100, {
        points: [
          [0, 0],
          [100, 0],
        ],
        rotation: -90,
      }),
    ];
    expect(await shown(elements)).toEqual(["up", "aslant", "bent"]);
  });

  test("VIEW-2: groups show as what is in them, however deep, and their children where they are", async () => {
    const group = (id: string, x: number, more: object = {}): Element => ({
      ...{ id, type: "group", x, y: x },
      ...more,
    });
    const elements = [
      ...[group("far", 900), box("far child", 905, 905, { parentId: "far" })],
      ...[
        group("reaching", 900, { width: 20, height: 20 }),
        box("reached", 20, 20, { parentId: "reaching" }),
      ],
      ...[group("outer", 900), group("inner", 900, { parentId: "outer", type: "frame" })],
      ...[box("deep", 1, 1, { parentId: "inner" }), box("sibling", 700, 1, { parentId: "outer" })],
      ...[group("empty here", 5), group("empty there", 500), group("held", 5, { parentId: "far" })],
      ...[
        group("around", 0, { width: 40, height: 40 }),
        box("not in sight", 99, 99, { parentId: "around" }),
      ],
    ];
    expect(await shown(elements)).toEqual([
      ...["far", "reaching", "reached", "outer", "inner", "deep", "empty here", "held", "around"],
    ]);
  });

  test("VIEW-2: what is in a turned group shows turned with it and as it stands", async () => {
    const turnedGroup = {
      id: "group",
      type: "group",
      x: 100,
      y: 0,
      width: 200,
      height: 100,
      rotation: 180,
    };
    const child = box("child", 370, 40, { parentId: "group" });
    expect(await shown([turnedGroup, child])).toEqual(["group", "child"]);
    expect(await shown([turnedGroup, child], { ...corner, x: 365 })).toEqual(["group", "child"]);
    expect(await shown([{ ...turnedGroup, rotation: 360 }, child])).toEqual([]);
    // The bounds of many turns within one another are wide, and hold at least what is there.
    const chain = Array.from({ length: 2_000 }, (_, index) =>
      box(`g${index}`, 10, 10, { rotation: 1, ...(index > 0 && { parentId: `g${index - 1}` }) }),
    );
    expect(await shown(chain)).toHaveLength(2_000);
    expect(await shown(chain.slice(0, 3), { ...corner, x: -900 })).toEqual([]);
  });
});

describe("designData(viewport:)", () => {
  test("VIEW-3: says what was looked at and how much was left out, and is no whole design", async () => {
    const id = await templateOf([box("in", 1, 1), box("out", 99, 99)]);
    const { template } = await ada.data(READ, { id, viewport: corner, version: 1 });
    const { pages, viewport, ...rest } = template.designData;
    expect(rest).toEqual({ canvas: { width: 9 }, audioLayers: [] });
    expect(pages).toEqual([
      { id: "p1", elements: [box("in", 1, 1)] },
      { id: "p2", name: "Other", elements: [] },
    ]);
    expect(viewport).toEqual({ ...corner, elementsLeftOut: 2 });
    expect(template.whole).not.toHaveProperty("viewport");
    const sentBack = { name: "Copy", designData: template.designData };
    expect((await ada.data(CREATE, { input: sentBack })).createTemplate).toMatchObject({
      ...{ __typename: "RequestError", path: ["designData", "viewport"] },
    });
  });

  test("VIEW-3: an unknown page shows nothing, and a negative size is refused", async () => {
    const id = await templateOf([box("in", 1, 1)]);
    const elsewhere = { ...corner, pageId: "__proto__" };
    const { template } = await ada.data(READ, { id, viewport: elsewhere, version: 1 });
    expect(template.designData.pages.map((page: { elements: [] }) => page.elements)).toEqual([
      [],
      [],
    ]);
    expect(template.designData.viewport.elementsLeftOut).toBe(2);
    const { errors } = await ada.run(READ, { id, viewport: { ...corner, width: -1 }, version: 1 });
    expect(errors?.map(({ extensions }) => extensions["code"])).toContain("BAD_USER_INPUT");
    const infinite = await ada.run(READ, { id, viewport: { ...corner, x: 1e999 }, version: 1 });
    expect(infinite.errors).toBeDefined();
  });

  test("VIEW-3: who may not see the template gets none of it", async () => {
    const id = await templateOf([box("in", 1, 1)]);
    const asked = { id, viewport: corner, version: 1 };
    expect(await bob.data(READ, asked)).toEqual({ template: null });
    expect(await api.anonymous.data(READ, asked)).toEqual({ template: null });
  });

  test("VIEW-3: costs what reading the document costs", async () => {
    const small = await startApi({ work: { responseBytesMax: 1_000 } });
    const someone = await small.signUp("Someone");
    const elements = Array.from({ length: 20 }, (_, index) => box(`e${index}`, 900, index));
    const designData = { pages: [{ id: "p1", elements }] };
    const id = await someone.createTemplate({ name: "Large", designData });
    const twice = `query ($id: ID!, $v: ViewportInput) {
      template(id: $id) { a: designData(viewport: $v) b: designData(viewport: $v) } }`;
    const { errors } = await someone.run(twice, { id, v: corner });
    expect(errors?.[0]?.extensions["code"]).toBe("RESPONSE_TOO_LARGE");
    await small.stop();
  });
});
