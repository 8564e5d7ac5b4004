/** One person edits, a thousand watch: what a change costs the server per watcher. */
import { randomUUID } from "node:crypto";
import type { Benchmark, BenchContext, Measurement } from "./benchmark.js";
import { openEditRequests } from "./editRequests.js";
import { keepInFlight } from "./inFlight.js";
import { atPace } from "./pace.js";
import { startChild, type Child, type Usage } from "./processes/child.js";
import type { Deliveries } from "./processes/subscribers.js";
import { elementCount, moveOf, rectanglesOf, type Edit } from "./rectangles.js";
import { median } from "./statistics.js";
import { startStrata } from "./strata.js";

const SUBSCRIBERS = 1_000;
const CHANGE_BYTES = 400;
const CHANGES_PER_SECOND = 20;
const DOCUMENT_BYTES = 50_000;
const CONNECTIONS = 8;
const DELIVERY_WAIT_MS = 10_000;

export const fanOut: Benchmark = {
  name: "fan-out",
  description:
    "server CPU per delivered message for 400-byte changes to 1,000 graphql-ws subscribers, 20 a second, the edits' own requests and commits included; against a bare ws server sending a prepared string as long as Strata's frame",
  run: measure,
};

interface Side {
  /** Makes one change; it has to carry `sentAt`. */
  readonly change: (count: number) => Promise<unknown>;
  readonly clients: Child;
  readonly usage: () => Promise<Usage>;
  readonly subscribers: number;
}

interface Round extends Deliveries {
  readonly cpuUsPerDelivery: number;
}

async function measure(context: BenchContext): Promise<Measurement> {
  const { smoke, progress } = context;
  const [rounds, changes, subscribers, warmUpMs] = smoke
    ? [1, 4, 20, 100]
    : [5, 60, SUBSCRIBERS, 6_000];
  const strata = await startStrata(context);
  const bare = await startChild("bareSockets");
  const watchers = await startChild("subscribers");
  const listeners = await startChild("subscribers");
  const design = rectanglesOf(DOCUMENT_BYTES);
  const templateId = await strata.newTemplate(design);
  const requests = openEditRequests({ ...strata, templateId }, CONNECTIONS);
  try {
    // A server that just started runs code that is not compiled yet: twenty requests a second would not warm it.
    progress("warming up the server");
    const elements = elementCount(design);
    await keepInFlight(CONNECTIONS, warmUpMs, async (_client, count) => {
      await requests.send(changeOf(count, elements), "editor");
    });
    progress(`connecting ${subscribers} subscribers`);
    const { url, token } = strata;
    await watchers.ask("subscribe", { url, token, templateId, count: subscribers });
    await listeners.ask("connectBare", { url: bare.url, count: subscribers });
    const own: Side = {
      change: (count) => requests.send(changeOf(count, elements), "editor"),
      clients: watchers,
      usage: () => strata.usage({ collect: false }),
      subscribers,
    };
    await untilAllHear(own);
    const { frameBytes } = await deliver(own, changes, "warming up", progress);
    const other: Side = {
      change: () => bare.ask("broadcast", { text: textOf(frameBytes) }),
      clients: listeners,
      usage: () => bare.ask<Usage>("usage", { collect: false }),
      subscribers,
    };
    await deliver(other, changes, "warming up", progress);
    const measured: { readonly own: Round; readonly other: Round }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const label = `round ${round} of ${rounds}`;
      measured.push({
        other: await deliver(other, changes, label, progress),
        own: await deliver(own, changes, label, progress),
      });
    }
    return summaryOf(measured);
  } finally {
    requests.close();
    await Promise.all([watchers.stop(), listeners.stop()]);
    await Promise.all([strata.stop(), bare.stop()]);
  }
}

/** Subscribing is not acknowledged: a change now and then tells when everyone listens. */
async function untilAllHear(side: Side): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await side.clients.ask("forget");
    await side.change(attempt);
    const wanted = { changes: side.subscribers, waitMs: 500 };
    const { changes } = await side.clients.ask<Deliveries>("deliveries", wanted);
    if (changes === side.subscribers) return;
  }
  throw new Error("not all subscribers hear of changes");
}

async function deliver(
  side: Side,
  changes: number,
  label: string,
  progress: BenchContext["progress"],
): Promise<Round> {
  progress(label);
  await side.clients.ask("forget");
  const before = await side.usage();
  await atPace(CHANGES_PER_SECOND, changes, side.change);
  const wanted = { changes: changes * side.subscribers, waitMs: DELIVERY_WAIT_MS };
  const delivered = await side.clients.ask<Deliveries>("deliveries", wanted);
  const after = await side.usage();
  if (delivered.changes !== wanted.changes) {
    throw new Error(`${delivered.changes} of ${wanted.changes} deliveries arrived`);
  }
  // Per frame: where a busy machine lets several changes go in one, that must not look cheaper.
  const cpuUs = (after.cpuMs - before.cpuMs) * 1_000;
  return { ...delivered, cpuUsPerDelivery: cpuUs / delivered.frames };
}

/** A change of properties whose JSON, as subscribers get it, takes the wanted bytes. */
function changeOf(count: number, elements: number): Edit {
  const { target } = moveOf(count, elements);
  const edit = { id: randomUUID(), type: "UPDATE_ELEMENT_PROPS", target } as const;
  const payload = { sentAt: now(), note: "" };
  const note = "n".repeat(Math.max(0, CHANGE_BYTES - JSON.stringify({ ...edit, payload }).length));
  return { ...edit, payload: { ...payload, note } };
}

function textOf(bytes: number): string {
  const text = `{"sentAt":${now()},"note":""}`;
  return text.replace('""', `"${"n".repeat(Math.max(0, bytes - text.length))}"`);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function summaryOf(rounds: readonly { readonly own: Round; readonly other: Round }[]): Measurement {
  return {
    value: median(rounds.map(({ own }) => own.cpuUsPerDelivery)),
    reference: median(rounds.map(({ other }) => other.cpuUsPerDelivery)),
    unit: "µs CPU/message",
    ratio: median(rounds.map(({ own, other }) => own.cpuUsPerDelivery / other.cpuUsPerDelivery)),
    bar: { atMost: 2 },
    details: {
      "delivery p50 ms": median(rounds.map(({ own }) => own.p50Ms)),
      "delivery p99 ms": median(rounds.map(({ own }) => own.p99Ms)),
      "bare p50 ms": median(rounds.map(({ other }) => other.p50Ms)),
      "bare p99 ms": median(rounds.map(({ other }) => other.p99Ms)),
      "frame bytes": median(rounds.map(({ own }) => own.frameBytes)),
    },
  };
}
