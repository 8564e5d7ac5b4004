import { describe, expect, it } from "vitest";
import { TemplateClient } from "../../src/client/templateClient.js";
import { lastWriterWins } from "../../src/domain/merge/judging/verdict.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { edit, fill, newTemplate } from "../live/editing.js";
import { memoryServices } from "../setup/memoryServices.js";
import { Network, type NetworkOptions } from "./network.js";

const target = { pageId: "p1", elementId: "e1" };

async function networkOf(options: NetworkOptions) {
  const services = memoryServices();
  const templateId = await newTemplate(services);
  return { services, templateId, network: new Network(services, templateId, options) };
}

function textOf(client: TemplateClient): string {
  const element = designOf(client.document).pages[0]?.elements.find(({ id }) => id === "e1");
  return (element?.["text"] as string | undefined) ?? "";
}

/** Inserts or deletes a little at a random place, as somebody does who sees this text. */
function typing(text: string, random: () => number, letter: string): OperationContent {
  const at = Math.floor(random() * (text.length + 1));
  const deleted = random() < 0.3 ? Math.min(2, text.length - at) : 0;
  const inserted = letter.repeat(1 + Math.floor(random() * 3));
  const delta = [
    ...(at > 0 ? [{ retain: at }] : []),
    { insert: inserted },
    ...(deleted > 0 ? [{ delete: deleted }] : []),
  ];
  return { type: "EDIT_TEXT", target, payload: { delta } };
}

function anything(client: TemplateClient, random: () => number, letter: string): OperationContent {
  const elementId = random() < 0.5 ? "e1" : "e2";
  const some = Math.floor(random() * 100);
  const choices: OperationContent[] = [
    typing(textOf(client), random, letter),
    { type: "MOVE_ELEMENT", target: { pageId: "p1", elementId }, payload: { x: some, y: some } },
    {
      type: "UPDATE_ELEMENT_PROPS",
      target: { pageId: "p1", elementId },
      payload: { fill: `${letter}${some}` },
    },
    {
      type: "ADD_ELEMENT",
      target: { pageId: "p1", elementId: `${letter}-${some}` },
      payload: { type: "rect", x: some, y: 0 },
    },
  ];
  if (random() < 0.03) return { type: "DELETE_ELEMENT", target, payload: null };
  return choices[Math.floor(random() * choices.length)]!;
}

const colour = (value: string): OperationContent => ({
  type: "UPDATE_ELEMENT_PROPS",
  target,
  payload: { fill: value },
});

describe("clients of one template", () => {
  it("LOG-3 show the same text after typing at once over a network that loses requests and answers", async () => {
    let lost = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const { network, services, templateId } = await networkOf({ seed, lost: 0.2 });
      const clients = [network.join(), network.join()];
      for (let step = 0; step < 40; step += 1) {
        for (const [index, client] of clients.entries()) {
          const content = typing(textOf(client), network.random, "ab"[index]!);
          if (network.random() < 0.6) expect(client.edit(content).ok).toBe(true);
        }
        if (network.random() < 0.5) network.deliver();
        if (network.random() < 0.5) await network.pause();
      }
      await network.settle();
      expect(network.failures, `seed ${seed}`).toEqual([]);
      const [first, ...others] = await network.designs();
      for (const other of others) expect(other, `seed ${seed}`).toEqual(first);
      await expectEachOnce(services, templateId);
      lost += network.lostCount;
    }
    expect(lost).toBeGreaterThan(100);
  });

  it.each(["MERGE", "LAST_WRITER_WINS"] as const)(
    "CLIENT-11 show the same design after editing anything at once under %s",
    async (onConflict) => {
      for (let seed = 1; seed <= 40; seed += 1) {
        const { network } = await networkOf({ seed, lost: 0.1, onConflict });
        const isKnown = onConflict === "LAST_WRITER_WINS" && seed % 4 < 2;
        const rules = (clientId: string) =>
          isKnown ? { rules: { judge: lastWriterWins(300_000), clientId } } : {};
        const insisting = seed % 2 === 0 ? ("insist" as const) : ("giveUp" as const);
        const clients = [
          network.join(rules("client-0")),
          network.join({ onConflict: () => insisting, ...rules("client-1") }),
        ];
        for (let step = 0; step < 40; step += 1) {
          for (const [index, client] of clients.entries()) {
            client.edit(anything(client, network.random, "ab"[index]!));
          }
          if (network.random() < 0.5) network.deliver();
          if (network.random() < 0.5) await network.pause();
        }
        await network.settle();
        expect(network.failures, `seed ${seed}`).toEqual([]);
        const [first, ...others] = await network.designs();
        for (const other of others) expect(other, `seed ${seed}`).toEqual(first);
      }
    },
  );

  it("CLIENT-8 asks what to do about a conflict, and gives up what collides", async () => {
    const { network, services, templateId } = await networkOf({ seed: 1, lost: 0 });
    const gone: (readonly string[])[] = [];
    const client = network.join({ onGone: (ids) => void gone.push(ids) });
    await edit(services, templateId, [fill("theirs", "red")]);
    client.edit(colour("blue"));
    client.edit({ type: "MOVE_ELEMENT", target, payload: { x: 7, y: 7 } });
    await network.settle();
    expect(gone).toEqual([["client-0-1"]]);
    const [shown, held] = await network.designs();
    expect(shown).toEqual(held);
    expect(held?.pages[0]?.elements[0]).toMatchObject({ fill: "red", x: 7 });
  });

  it.each(["giveUp", "insist"] as const)(
    "CLIENT-7, CLIENT-9 asks about what waits as about a batch: %s",
    async (choice) => {
      const { network, services, templateId } = await networkOf({ seed: 6, lost: 0 });
      const asked: (readonly string[])[] = [];
      const gone: (readonly string[])[] = [];
      let mayLeave = false;
      const client = network.join({
        ready: () => mayLeave,
        onConflict: ({ conflictingOps }) => {
          asked.push(conflictingOps);
          return choice;
        },
        onGone: (ids) => void gone.push(ids),
      });
      client.edit(colour("blue"));
      await edit(services, templateId, [fill("theirs", "red")]);
      while (client.version === 1) {
        network.deliver();
        await network.pause();
      }
      mayLeave = true;
      client.flush();
      await network.settle();
      expect(asked).toEqual([["client-0-1"]]);
      expect(gone).toEqual(choice === "giveUp" ? [["client-0-1"]] : []);
      const [shown, held] = await network.designs();
      expect(shown).toEqual(held);
      const expected = choice === "giveUp" ? "red" : "blue";
      expect(held?.pages[0]?.elements[0]).toMatchObject({ fill: expected });
    },
  );

  it("CLIENT-9 insists where somebody chose to", async () => {
    const { network, services, templateId } = await networkOf({ seed: 2, lost: 0.3 });
    const client = network.join({ onConflict: () => "insist" });
    await edit(services, templateId, [fill("theirs", "red")]);
    client.edit(colour("blue"));
    await network.settle();
    const [shown, held] = await network.designs();
    expect(shown).toEqual(held);
    expect(held?.pages[0]?.elements[0]).toMatchObject({ fill: "blue" });
  });

  it.each([
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "INVALID_INPUT",
    "VERSION_CONFLICT",
    "NEW_CODE",
  ])("CLIENT-12 keeps a batch that is refused with %s, until it is sent again", async (code) => {
    const { network, services, templateId } = await networkOf({ seed: 7, lost: 0 });
    const told: string[] = [];
    let refusals = 1;
    const client = network.join({
      onPaused: (reason) => void told.push(reason.code),
      onGone: () => told.push("gone"),
      transport: network.refusing("client-0", () => (refusals-- > 0 ? code : undefined)),
    });
    client.edit(colour("blue"));
    while (told.length === 0) await network.pause();
    client.edit({ type: "MOVE_ELEMENT", target, payload: { x: 7, y: 7 } });
    await edit(services, templateId, [fill("theirs", "red", "e2")]);
    for (let turn = 0; turn < 20; turn += 1) {
      network.deliver();
      await network.pause();
    }
    expect(client).toMatchObject({ uncommitted: 2, pausedBy: { code }, setAside: [] });
    expect(client.unconfirmed.map(({ id }) => id)).toEqual(["client-0-1", "client-0-2"]);
    expect(designOf(client.document).pages[0]?.elements[0]).toMatchObject({ fill: "blue", x: 7 });
    client.resume();
    await network.settle();
    expect(told).toEqual([code]);
    const [shown, held] = await network.designs();
    expect(shown).toEqual(held);
    expect(held?.pages[0]?.elements[0]).toMatchObject({ fill: "blue", x: 7 });
  });

  it("CLIENT-12 sets a refused batch aside where somebody chose to, and sends the rest", async () => {
    const { network } = await networkOf({ seed: 8, lost: 0 });
    let refusals = 1;
    const client = network.join({
      onPaused: () => client.resume("giveUp"),
      transport: network.refusing("client-0", () => (refusals-- > 0 ? "FORBIDDEN" : undefined)),
    });
    client.edit(colour("blue"));
    client.edit({ type: "MOVE_ELEMENT", target, payload: { x: 7, y: 7 } });
    await network.settle();
    expect(client.setAside).toMatchObject([
      { operations: [{ payload: { fill: "blue" } }], reason: { code: "FORBIDDEN" } },
    ]);
    expect((await network.designs())[1]?.pages[0]?.elements[0]).toMatchObject({ x: 7 });
  });

  it("CLIENT-12 keeps what it held where it has to stop", async () => {
    const { network } = await networkOf({ seed: 9, lost: 1 });
    const client = network.join();
    client.edit(colour("blue"));
    client.receive([
      {
        id: "x",
        resultingVersion: 2,
        clientTimestamp: null,
        type: "DELETE_PAGE",
        target: { pageId: "none" },
        payload: null,
      },
    ]);
    expect(network.failures).toHaveLength(1);
    expect(client.unconfirmed).toMatchObject([{ payload: { fill: "blue" } }]);
  });

  it("gives up a refused operation and goes on with the others", async () => {
    const { network } = await networkOf({ seed: 3, lost: 0 });
    const reasons: string[] = [];
    const client = network.join({ onGone: (_ids, { message }) => void reasons.push(message) });
    const wrong = { x: 1, y: "wrong" };
    client.edit({ type: "MOVE_ELEMENT", target, payload: wrong });
    client.edit(colour("blue"));
    await network.settle();
    expect(reasons).toEqual([expect.stringContaining("payload.y")]);
    expect(client.takeSetAside()).toMatchObject([
      { operations: [{ id: "client-0-1", payload: wrong }], reason: { code: "INVALID_OPERATION" } },
    ]);
    expect(client.setAside).toEqual([]);
    expect((await network.designs())[1]?.pages[0]?.elements[0]).toMatchObject({ fill: "blue" });
  });

  it("tells where an edit cannot apply, and sends nothing", async () => {
    const { network } = await networkOf({ seed: 4, lost: 0 });
    const client = network.join();
    const absent = { pageId: "p1", elementId: "absent" };
    const edited = client.edit({ type: "DELETE_ELEMENT", target: absent, payload: null });
    expect(edited).toMatchObject({ ok: false, error: { code: "INVALID_OPERATION" } });
    expect(client.uncommitted).toBe(0);
  });

  it("sends nothing more once it is closed", async () => {
    const { network } = await networkOf({ seed: 5, lost: 1 });
    const client = network.join();
    client.edit(colour("blue"));
    client.close();
    const lost = network.lostCount;
    for (let turn = 0; turn < 20; turn += 1) await network.pause();
    expect(network.lostCount).toBeLessThanOrEqual(lost + 1);
  });
});

/** Whether the log holds every id once, and as many as its version says. */
async function expectEachOnce(
  services: ReturnType<typeof memoryServices>,
  templateId: string,
): Promise<void> {
  const ids = services.published.flatMap((message) => {
    return message.kind === "changed" ? (message.operations ?? []).map(({ id }) => id) : [];
  });
  expect(new Set(ids).size).toBe(ids.length);
  expect((await services.head(templateId))?.version).toBe(1 + ids.length);
}
