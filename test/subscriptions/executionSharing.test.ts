/** What subscribers share is told by what they select and by the values that the execution sees, whoever chose the rest. */
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { noOrigin } from "../../src/limits/origin/requestOrigin.js";
import { ExecutionCosts } from "../../src/limits/work/executionCosts.js";
import { defaultRateSettings } from "../../src/limits/rates/rateSettings.js";
import {
  SharedExecution,
  type Opened,
  type Rendering,
} from "../../src/subscriptions/sharedExecution.js";
import { valueKey } from "../../src/subscriptions/valueKey.js";
import { author, moveTo, newWorld, reader, seededRandom, settle } from "./harness.js";
import { maskError, startSockets, tinySchema, until } from "./socketServer.js";

function setUp() {
  const world = newWorld();
  for (const id of ["t1", "t2"]) world.templates.add(id);
  let executions = 0;
  const shared = new SharedExecution({
    schema: tinySchema(),
    clock: world.clock,
    contextFor: (viewer) => ({ viewer, feeds: world.feeds, executing: () => (executions += 1) }),
    maskError,
  });
  const open = async (query: string, variables: object = {}, viewer = author) => {
    const request = {
      document: parse(query),
      variables: { ...variables },
      viewer,
      origin: noOrigin,
    };
    const opened = await shared.open(request);
    if (opened.kind === "refused") throw new Error(JSON.stringify(opened.result));
    const texts: string[] = [];
    const sink = {
      deliver: ({ text }: Rendering) => texts.push(text),
      full: () => false,
      end: () => {},
    };
    opened.source.attach(opened.renderer, sink);
    await settle();
    return { opened, last: () => JSON.parse(texts.at(-1) ?? "null") as unknown };
  };
  const commit = async (templateId = "t1") => {
    executions = 0;
    world.bus.publish(world.templates.commit(templateId, [moveTo(1)]));
    await settle();
    return executions;
  };
  return { open, commit };
}

type Opening = Extract<Opened, { kind: "opened" }>;
const keyOf = ({ opened }: { opened: Opening }) => opened.execution.key;

const conditional = `subscription ($id: ID!, $p: Boolean = true, $q: Boolean = true) {
  templateChanged(templateId: $id) { toVersion kind @include(if: $p) fromVersion @skip(if: $q) }
}`;

describe("shared executions", () => {
  it("SUB-13 share what is selected alike, whatever surrounds it", async () => {
    const { open, commit } = setUp();
    const same = [
      'subscription { templateChanged(templateId: "t1") { kind toVersion } }',
      'subscription Named { templateChanged(templateId: "t1") { kind, toVersion } } # a comment',
      'subscription { templateChanged(templateId: "t1", fromVersion: 1) { kind toVersion } }',
      'subscription ($f: Int) { templateChanged(templateId: "t1", fromVersion: $f) { kind toVersion } }',
    ];
    for (let index = 0; index < 100; index += 1) {
      await open(`${same[index % 4]!} # ${index}`, { f: 1, unknown: index });
    }
    expect(await commit()).toBe(1);
  });

  it("SUB-13 differ where an absent variable is not null: nobody breaks what others follow", async () => {
    const { open, commit } = setUp();
    const stranger = await open(conditional, { id: "t2", p: null, q: null }, reader);
    const omitted = await open(conditional, { id: "t1" });
    const given = await open(conditional, { id: "t1", p: true, q: true });
    await commit("t2");
    expect(stranger.last()).toHaveProperty("errors");
    expect(await commit()).toBe(1);
    const data = { templateChanged: { toVersion: 2, kind: "OPERATIONS" } };
    expect([omitted.last(), given.last()]).toEqual([{ data }, { data }]);
  });

  it("SUB-13 SUB-14 have equal keys only where their events are equal, for random documents and values", async () => {
    const random = seededRandom(7);
    const pick = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const requests = Array.from({ length: 150 }, () => {
      const name = pick("p", "q");
      const condition = `@include(if: $${name})`;
      const field = pick(
        `kind ${condition}`,
        `operations ${condition} { id user { email } }`,
        `fromVersion @skip(if: $${name})`,
      );
      const query = `subscription ${pick("", "A", "B")}($${name}: Boolean${pick("", " = true", " = false")}) {
        ${pick("", "a: ")}templateChanged(templateId: "t1") { toVersion ${field} ...F } }
        fragment F on TemplateChange { ${pick("templateId", "kind")} }`;
      const value = pick(undefined, null, true, false);
      const variables = value === undefined ? { unknown: random() } : { [name]: value };
      const viewer = pick(author, reader);
      return { query, variables, viewer, sent: JSON.stringify([query, [value], viewer]) };
    });
    const together = setUp();
    const opened = await Promise.all(
      requests.map(({ query, variables, viewer }) => together.open(query, variables, viewer)),
    );
    await together.commit();
    const found: { key: string; sent: string; text: string }[] = [];
    for (const [index, { query, variables, viewer, sent }] of requests.entries()) {
      const alone = setUp();
      const { last } = await alone.open(query, variables, viewer);
      await alone.commit();
      expect(opened[index]!.last()).toEqual(last());
      found.push({ key: keyOf(opened[index]!), sent, text: JSON.stringify(last()) });
    }
    const groups = (by: (one: (typeof found)[number]) => string) =>
      [...new Set(found.map(by))].map((key) => found.filter((one) => by(one) === key));
    const mixed = (by: (one: (typeof found)[number]) => string) =>
      groups(by).filter((members) => new Set(members.map(({ text }) => text)).size > 1).length;
    expect(groups(({ key }) => key).length).toBeLessThan(100);
    expect(mixed(({ key }) => key)).toBe(0);
    // Sharing by what was sent, as JSON, is caught: it takes an absent variable for null.
    expect(mixed(({ sent }) => sent)).toBeGreaterThan(0);
  });

  it("SUB-13 tell apart every value that is not the same", () => {
    const values = [
      undefined,
      null,
      NaN,
      Infinity,
      -Infinity,
      0,
      -0,
      1,
      "1",
      "null",
      true,
      1n,
      {},
      [],
    ];
    const more = [
      [undefined],
      [null],
      [[]],
      { a: undefined },
      { a: null },
      new Date(0),
      new Date(1),
    ];
    const keys = [...values, ...more].map(valueKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("SUB-13 do not mind the order of keys, or 1 written as 1.0", () => {
    expect(valueKey(JSON.parse('{"a":1,"b":[2.0]}'))).toBe(
      valueKey(JSON.parse('{"b":[2],"a":1.0}')),
    );
  });
});

describe("the cost of executions", () => {
  const settings = {
    ...defaultRateSettings,
    subscriptionCostPerUserAndTemplateMax: 100,
    subscriptionCostPerUserMax: 150,
    subscriptionCostPerTemplateMax: 180,
  };
  const on = (key: string, ...templateIds: string[]) => ({ key, fields: 10, templateIds });

  it("LIM-29 is bounded by person, by template and by both, and what ends makes room", () => {
    const costs = new ExecutionCosts(settings);
    const mine = ["a", "b", "c"].map((key) => costs.enter("me", on(key, "t1")));
    expect(mine).not.toContain(undefined);
    expect(costs.enter("me", on("d", "t1"))).toBeUndefined();
    const again = costs.enter("me", on("a", "t1"));
    expect(again).toBeDefined();
    expect(costs.enter("me", on("d", "t2"))).toBeDefined();
    expect(costs.enter("me", on("e", "t2"))).toBeDefined();
    expect(costs.enter("me", on("f", "t3"))).toBeUndefined();
    for (const leave of mine) leave?.();
    expect(costs.enter("me", on("f", "t3"))).toBeDefined();
    again?.();
  });

  it("LIM-29 lets everybody join what is there, where a template has no room for more", () => {
    const costs = new ExecutionCosts(settings);
    for (const who of ["a", "b", "c", "d", "e", "f"]) costs.enter(who, on(who, "t1"));
    expect(costs.enter("g", on("g", "t1"))).toBeUndefined();
    expect(costs.enter("g", on("a", "t1"))).toBeDefined();
    expect(costs.enter("g", on("g", "t1", "t2"))).toBeUndefined();
    expect(costs.enter("g", on("g", "t2"))).toBeDefined();
  });

  it("LIM-29 leaves nothing behind", () => {
    const costs = new ExecutionCosts(settings);
    const leaves = ["a", "a", "b"].map((key) => costs.enter("me", on(key, "t1", "t1", "t2")));
    for (const leave of [...leaves, ...leaves]) leave?.();
    expect(costs.size).toBe(0);
  });

  it("LIM-29 refuses subscriptions that differ in alias, order or name, and not those that are equal", async () => {
    const server = await startSockets({ rates: { subscriptionCostPerUserAndTemplateMax: 200 } });
    server.world.templates.add("t1");
    const client = server.client();
    const codes: string[] = [];
    const follow = (query: string) =>
      client.subscribe<{ templateChanged?: object }>(
        { query },
        {
          next: ({ errors }) =>
            codes.push(
              String((errors?.[0] as { extensions?: { code?: string } })?.extensions?.code),
            ),
          error: () => codes.push("error"),
          complete: () => undefined,
        },
      );
    for (let index = 0; index < 40; index += 1) {
      follow(`subscription { a${index}: templateChanged(templateId: "t1") { kind } }`);
      follow(`subscription { templateChanged(templateId: "t1") { kind } } # ${index}`);
    }
    await until(() => server.world.feeds.subscriptions + codes.length === 80);
    expect(new Set(codes)).toEqual(new Set(["RATE_LIMITED"]));
    expect(server.world.feeds.subscriptions).toBe(40 + 8);
    await client.dispose();
    await until(() => server.world.feeds.subscriptions === 0);
    await server.close();
  });
});
