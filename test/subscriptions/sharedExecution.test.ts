import { buildSchema, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { noOrigin } from "../../src/limits/origin/requestOrigin.js";
import type { Viewer } from "../../src/domain/access/access.js";
import { LiveSource } from "../../src/subscriptions/liveSource.js";
import { SharedExecution, type Rendering } from "../../src/subscriptions/sharedExecution.js";
import type { EventSink } from "../../src/subscriptions/subscription.js";
import { author, FakeClock, moveTo, newWorld, reader, settle, type World } from "./harness.js";
import { maskError, tinySchema } from "./socketServer.js";

class TextSink implements EventSink<Rendering> {
  readonly texts: Rendering[] = [];
  ended = false;
  deliver(rendering: Rendering): void {
    this.texts.push(rendering);
  }
  full(): boolean {
    return false;
  }
  end(): void {
    this.ended = true;
  }
  get last(): any {
    return JSON.parse(this.texts.at(-1)?.text ?? "null");
  }
}

interface Setup {
  readonly world: World;
  contexts: Viewer[];
  open(
    query: string,
    variables?: object,
    viewer?: Viewer,
    operationName?: string,
  ): Promise<TextSink>;
  refused(query: string, variables?: object, viewer?: Viewer): Promise<any>;
}

function setUp(): Setup {
  const world = newWorld();
  world.templates.add("t1");
  world.templates.commit("t1", [moveTo(1), moveTo(2), moveTo(3)]);
  const contexts: Viewer[] = [];
  const shared = new SharedExecution({
    schema: tinySchema(),
    clock: world.clock,
    contextFor: (viewer) => ({
      viewer,
      feeds: world.feeds,
      executing: (viewer: Viewer) => contexts.push(viewer),
    }),
    maskError,
  });
  const openAny = (
    query: string,
    variables = {},
    viewer: Viewer = author,
    operationName?: string,
  ) =>
    shared.open({
      document: parse(query),
      operationName,
      variables: { ...variables },
      viewer,
      origin: noOrigin,
    });
  return {
    world,
    contexts,
    async open(...args) {
      const opened = await openAny(...args);
      if (opened.kind === "refused") throw new Error(JSON.stringify(opened.result));
      const sink = new TextSink();
      opened.source.attach(opened.renderer, sink);
      await settle();
      return sink;
    },
    async refused(...args) {
      const opened = await openAny(...args);
      if (opened.kind !== "refused") throw new Error("not refused");
      return JSON.parse(JSON.stringify(opened.result)) as unknown;
    },
  };
}

async function commit({ world }: Setup): Promise<void> {
  world.bus.publish(world.templates.commit("t1", [moveTo(9)]));
  await settle();
}

const plain = 'subscription { templateChanged(templateId: "t1") { toVersion operations { id } } }';
const withVariables =
  "subscription S($id: ID!, $from: Int, $v: Viewport, $p: Boolean = false) { templateChanged(templateId: $id, fromVersion: $from, viewport: $v) { toVersion operations { id payload @include(if: $p) } } }";
const withEmail =
  'subscription { templateChanged(templateId: "t1") { ...F } } fragment F on TemplateChange { toVersion operations { user { name email } } }';

describe("shared execution", () => {
  it("SUB-13 executes once per change for a hundred equal subscribers", async () => {
    const setup = setUp();
    const sinks = await Promise.all(Array.from({ length: 100 }, () => setup.open(plain)));
    await commit(setup);
    await commit(setup);
    expect(setup.contexts).toHaveLength(2);
    for (const sink of sinks) {
      expect(sink.texts).toHaveLength(2);
      expect(sink.texts[1]).toBe(sinks[0]?.texts[1]);
      expect(sink.last).toEqual({
        data: { templateChanged: { toVersion: 6, operations: [{ id: "op-6" }] } },
      });
    }
  });

  it("SUB-13 executes once per selection", async () => {
    const setup = setUp();
    const one = await setup.open(plain);
    const two = await setup.open('subscription { t: templateChanged(templateId: "t1") { kind } }');
    await setup.open(plain);
    await commit(setup);
    expect(setup.contexts).toHaveLength(2);
    expect(one.last.data.templateChanged.toVersion).toBe(5);
    expect(two.last).toEqual({ data: { t: { kind: "OPERATIONS" } } });
  });

  it("SUB-13 shares between clients that only start at different versions", async () => {
    const setup = setUp();
    for (const from of [4, null, undefined, 3]) await setup.open(withVariables, { id: "t1", from });
    await commit(setup);
    const before = setup.contexts.length;
    await commit(setup);
    expect(setup.contexts).toHaveLength(before + 1);
  });

  it("SUB-13 does not share between variables that show, nor between viewports", async () => {
    const setup = setUp();
    const viewport = { pageId: "p1", x: 0, y: 0, width: 1, height: 1 };
    const short = await setup.open(withVariables, { id: "t1" });
    const long = await setup.open(withVariables, { id: "t1", p: true });
    await setup.open(withVariables, { id: "t1", v: viewport });
    await setup.open(withVariables, { id: "t1", v: { ...viewport, x: 1 } });
    await setup.open(withVariables, { id: "t1", v: { ...viewport } });
    await commit(setup);
    expect(setup.contexts).toHaveLength(4);
    expect(short.last.data.templateChanged.operations).toEqual([{ id: "op-5" }]);
    expect(long.last.data.templateChanged.operations).toEqual([
      { id: "op-5", payload: { x: 9, y: 0 } },
    ]);
  });

  it("SUB-14 executes without a viewer where none shows, and per viewer where one does", async () => {
    const setup = setUp();
    await setup.open(plain, {}, author);
    await setup.open(plain, {}, reader);
    const mine = await setup.open(withEmail, {}, author);
    const alsoMine = await setup.open(withEmail, {}, { ...author });
    const theirs = await setup.open(withEmail, {}, reader);
    await commit(setup);
    expect(setup.contexts.map((viewer) => JSON.stringify(viewer)).sort()).toEqual(
      [{ kind: "anonymous" }, author, reader].map((viewer) => JSON.stringify(viewer)).sort(),
    );
    const email = (sink: TextSink) => sink.last.data.templateChanged.operations[0].user.email;
    expect([email(mine), email(alsoMine), email(theirs)]).toEqual(["author", "author", "reader"]);
  });

  it("SUB-15 carries errors of an execution in the event, masked", async () => {
    const setup = setUp();
    const sink = await setup.open(
      'subscription { templateChanged(templateId: "t1") { toVersion operations { secret } } }',
    );
    await commit(setup);
    expect(sink.last.errors).toHaveLength(1);
    expect(sink.last.errors[0].message).toBe("Unexpected error.");
    expect(JSON.stringify(sink.last)).not.toContain("secrets");
    expect(sink.last.data.templateChanged).toMatchObject({ toVersion: 5 });
    expect(sink.last.errors[0].extensions).not.toHaveProperty("http");
  });

  it("finds the root field through fragments, aliases and conditions", async () => {
    const setup = setUp();
    const query = `subscription A($id: ID!, $no: Boolean = false) { ...R @skip(if: $no) }
      fragment R on Subscription { ... on Subscription { c: templateChanged(templateId: $id, fromVersion: 1) { toVersion } } }
      query B { who }`;
    const sink = await setup.open(query, { id: "t1" }, author, "A");
    expect(sink.last).toEqual({ data: { c: { toVersion: 4 } } });
    expect(await setup.refused(query, { id: "t1", no: true })).toHaveProperty("errors");
  });

  it("SUB-9 refuses what is not there as what is not visible", async () => {
    const setup = setUp();
    setup.world.templates.add("hidden", false);
    const query = "subscription ($id: ID!) { templateChanged(templateId: $id) { toVersion } }";
    const missing = await setup.refused(query, { id: "none" }, reader);
    expect(missing.errors[0].extensions.code).toBe("NOT_FOUND");
    expect(await setup.refused(query, { id: "hidden" }, reader)).toEqual(missing);
    const nobody = { kind: "anonymous" } as const;
    const [existing, absent] = [
      await setup.refused(query, { id: "t1" }, nobody),
      await setup.refused(query, { id: "none" }, nobody),
    ];
    expect(existing.errors[0].extensions.code).toBe("UNAUTHENTICATED");
    expect(absent).toEqual(existing);
  });

  it("refuses variables that do not fit, and says so when the database is away", async () => {
    const setup = setUp();
    const query = "subscription ($id: ID!) { templateChanged(templateId: $id) { toVersion } }";
    expect((await setup.refused(query, {})).errors[0].message).toContain("$id");
    setup.world.templates.down = true;
    expect((await setup.refused(query, { id: "t1" })).errors[0].message).toBe("Unexpected error.");
  });

  it("SUB-16 shares what executions read for the time its source allows, until one fails", async () => {
    const schema = buildSchema(
      "type Query { a: Int } type Subscription { other: Item } type Item { read: Int fails: Int }",
    );
    const clock = new FakeClock();
    const source = new OtherSource(10_000);
    const fields = schema.getSubscriptionType()?.getFields() ?? {};
    if (fields["other"] !== undefined) fields["other"].subscribe = () => source;
    let contexts = 0;
    const shared = new SharedExecution({
      ...{ schema, clock, maskError },
      contextFor: () => ({ number: (contexts += 1) }),
    });
    const open = async (query: string) => {
      const opened = await shared.open({
        document: parse(query),
        viewer: author,
        origin: noOrigin,
      });
      if (opened.kind === "refused") throw new Error(JSON.stringify(opened.result));
      contexts = 0;
      return async (event: object) => (await opened.renderer.render(event)).text;
    };
    const render = await open("subscription { other { read fails } }");
    const item = { read: (_args: object, { number }: { number: number }) => number };
    const read = async (event: object = item) =>
      (JSON.parse(await render(event)) as any).data.other.read as number;
    expect([await read(), await read()]).toEqual([1, 1]);
    await clock.advance(10_000);
    expect([await read(), await read()]).toEqual([2, 2]);
    const fails = () => {
      throw new Error("away");
    };
    expect([await read({ ...item, fails }), await read()]).toEqual([2, 3]);
  });
});

class OtherSource extends LiveSource {
  readonly field = "other";
  readonly templateIds = [];
  constructor(override readonly contextMs: number) {
    super();
  }
  attach(): never {
    throw new Error("nobody attaches");
  }
}
