import { createSourceEventStream, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureDemo } from "../../src/seed/demo.js";
import { tourTabs, type Tab } from "../../src/http/graphiql/tour.js";
import { buildSchema } from "../../src/schema/build.js";
import { LiveSource } from "../../src/subscriptions/liveSource.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let demo: Client;
let templateId: string;
beforeAll(async () => {
  api = await startApi();
  const { services } = api;
  const made = await ensureDemo({
    services,
    password: "a password for the demo",
    findTemplate: async () => undefined,
  });
  demo = api.as(made.userId);
  templateId = made.templateId;
});
afterAll(() => api.stop());

/** The type that each field of a tab's mutation answers, by the name of its operation. */
async function press({ query, variables }: Tab): Promise<[string, unknown]> {
  const data = await demo.data(query, JSON.parse(variables));
  const [, name = ""] = /^(?:query|mutation) (\w+)/m.exec(query) ?? [];
  const types = Object.values(data).map((field) => (field as { __typename?: string }).__typename);
  return [name, types.join(" ")];
}

/** The tabs of a visit that begins now, without those that subscribe. */
async function visit(suffix: string): Promise<Tab[]> {
  const { version } = (await demo.data(`{ template(id: "${templateId}") { version } }`)).template;
  const session = { userId: demo.id, token: "", templateId, version };
  return tourTabs(session, suffix).slice(0, -2);
}

describe("GraphiQL's tour of the API", () => {
  test("works from left to right, again, and on the next visit", async () => {
    for (const suffix of ["first", "second"]) {
      const tabs = await visit(suffix);
      const walk: [string, unknown][] = [];
      for (const tab of tabs) walk.push(await press(tab));
      expect(walk).toEqual([
        ["Read", " "],
        ["Create", "TemplateCreated"],
        ["Draw", "OperationsApplied"],
        ["Move", "OperationsApplied"],
        ["Conflict", "VersionConflict"],
        ["Merge", "OperationsApplied"],
        ["Resolve", "ConflictResolved ConflictResolved ConflictResolved"],
        ["Undo", "OperationsApplied"],
        ["History", ""],
        ["Revert", "TemplateReverted"],
        ["Join", "TemplateJoined"],
      ]);
      const again: [string, unknown][] = [];
      for (const tab of tabs.slice(2, 7)) again.push(await press(tab));
      expect(again).toEqual(walk.slice(2, 7));
    }
  });

  test("its subscriptions begin", async () => {
    const tabs = tourTabs({ userId: demo.id, token: "", templateId, version: 1 }, "fourth");
    for (const { query, variables } of tabs.slice(-2)) {
      const source = await createSourceEventStream({
        schema: buildSchema(),
        document: parse(query),
        variableValues: JSON.parse(variables) as Record<string, unknown>,
        contextValue: demo.context,
      });
      expect(source).toBeInstanceOf(LiveSource);
    }
  });

  test("undo brings back what MANUAL took", async () => {
    const tabs = await visit("third");
    const documentOf = async () =>
      (await demo.data(`{ template(id: "${templateId}") { designData } }`)).template.designData;
    for (const tab of tabs.slice(2, 6)) await press(tab);
    const before = (await documentOf()).pages.length;
    await press(tabs[6]!);
    expect((await documentOf()).pages).toHaveLength(1);
    await press(tabs[7]!);
    expect((await documentOf()).pages).toHaveLength(before);
  });
});
