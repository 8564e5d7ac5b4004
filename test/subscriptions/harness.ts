/** Parts to drive feeds with: a log in memory, a clock, a bus that loses and reorders by seed, recording sinks. */
import type { Viewer } from "../../src/domain/access/access.js";
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import type { Footprint } from "../../src/domain/operations/footprint.js";
import { footprintOf } from "../../src/domain/operations/registry.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";
import type { Clock } from "../../src/platform/clock.js";
import { ungranted } from "../setup/access.js";
import { createHeadReader } from "../../src/storage/templates/headReader.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import type {
  LogMeasure,
  LogRange,
  TemplateHead,
} from "../../src/storage/templates/templateStore.js";
import type { BusListener, BusMessage, BusTopic, ChangeBus } from "../../src/bus/changeBus.js";
import type { FeedSettings } from "../../src/subscriptions/feedSettings.js";
import { Feeds, type FollowRequest } from "../../src/subscriptions/changes/feeds.js";
import { LocalBus } from "../../src/bus/localBus.js";
import { changeOperationOf } from "../../src/bus/changeBus.js";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type {
  EventSink,
  EndReason,
  Renderer,
  Subscription,
} from "../../src/subscriptions/subscription.js";

/** A seeded source of numbers in [0, 1) (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lets everything run that is not waiting for the clock. */
export async function settle(turns = 60): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const START_MS = 1_700_000_000_000;

export class FakeClock implements Clock {
  #now = START_MS;
  #jumpedMs = 0;
  #tasks: { at: number; task: () => void }[] = [];

  now(): number {
    return this.#now + this.#jumpedMs;
  }

  monotonic(): number {
    return this.#now - START_MS;
  }

  /** Sets the wall clock ahead or back; no time passes. */
  jump(milliseconds: number): void {
    this.#jumpedMs += milliseconds;
  }

  after(milliseconds: number, task: () => void): () => void {
    const entry = { at: this.#now + milliseconds, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Moves on, running what falls due in order, and lets its consequences settle. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      const due = this.#tasks.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#tasks = this.#tasks.filter((entry) => entry !== due);
      this.#now = Math.max(this.#now, due.at);
      due.task();
      await settle(10);
    }
    this.#now = until;
    await settle();
  }
}

export const author: Viewer = { kind: "user", userId: "author" };
export const reader: Viewer = { kind: "user", userId: "reader" };

/** Templates and their logs, with reads that are slow or fail when told to. */
export class FakeTemplates {
  readonly heads_ = new Map<string, TemplateHead>();
  readonly logs = new Map<string, LoggedOperation[]>();
  /** The design of any state; where unset, one whose canvas names the version. */
  design: Design | undefined;
  down = false;
  /** Turns of the event loop that a read takes. */
  latency: () => number = () => 1;
  reads = { heads: 0, log: 0, state: 0 };
  logReadsNow = 0;
  logReadsAtOnce = 0;

  constructor(readonly clock: Clock) {}

  add(templateId: string, isPublic = true): void {
    this.heads_.set(templateId, {
      templateId,
      authorId: "author",
      isPublic,
      deleted: false,
      version: 1,
      versionHash: "",
      logStartVersion: 1,
      lockRevision: 0,
      accessRevision: 0,
      createdAt: this.clock.now(),
      updatedAt: this.clock.now(),
    });
    this.logs.set(templateId, []);
  }

  head(templateId: string): TemplateHead {
    const head = this.heads_.get(templateId);
    if (head === undefined) throw new Error(`no template ${templateId}`);
    return head;
  }

  change(templateId: string, part: Partial<TemplateHead>): void {
    this.heads_.set(templateId, { ...this.head(templateId), ...part });
  }

  /** Commits operations and says what the bus would be told. */
  commit(
    templateId: string,
    contents: readonly (OperationContent & { readonly footprint?: Footprint })[],
  ): BusMessage {
    const { version } = this.head(templateId);
    const log = this.logs.get(templateId) ?? [];
    const document = documentOf(this.design ?? { canvas: {}, pages: [], audioLayers: [] });
    const logged = contents.map((content, index): LoggedOperation => ({
      ...content,
      id: `op-${version + 1 + index}`,
      baseVersion: version + index,
      resultingVersion: version + 1 + index,
      batchId: `batch-${version}`,
      userId: "author",
      clientId: "client",
      sessionSequence: null,
      clientTimestamp: null,
      serverTimestamp: this.clock.now(),
      transformedFrom: [],
      requested: null,
      undoes: null,
      redoes: null,
      footprint: content.footprint ?? footprintOf(document, content),
      inverse: [],
      requestHash: "",
      authorProof: null,
      versionHash: "",
    }));
    log.push(...logged);
    this.change(templateId, { version: version + contents.length });
    return {
      kind: "changed",
      templateId,
      fromVersion: version,
      toVersion: version + contents.length,
      operations: logged.map(changeOperationOf),
      accessRevision: this.head(templateId).accessRevision,
    };
  }

  /** Drops the log through the version. */
  prune(templateId: string, version: number): void {
    this.change(templateId, { logStartVersion: version });
    this.logs.set(
      templateId,
      (this.logs.get(templateId) ?? []).filter((operation) => operation.resultingVersion > version),
    );
  }

  async heads(templateIds: readonly string[]): Promise<Map<string, TemplateHead>> {
    this.reads.heads += 1;
    // Read first, answered later: what comes meanwhile is not in the answer.
    const found = templateIds.flatMap((id) => this.heads_.get(id) ?? []);
    await this.#delay();
    return new Map(found.map((head) => [head.templateId, head]));
  }

  async measureLog({ templateId, afterVersion, limit }: LogRange): Promise<LogMeasure | undefined> {
    const found = (this.logs.get(templateId) ?? [])
      .filter((operation) => operation.resultingVersion > afterVersion)
      .slice(0, limit);
    const last = found.at(-1);
    return last && { throughVersion: last.resultingVersion, bytes: 0 };
  }

  async readLog(range: LogRange): Promise<LoggedOperation[]> {
    this.reads.log += 1;
    this.logReadsNow += 1;
    this.logReadsAtOnce = Math.max(this.logReadsAtOnce, this.logReadsNow);
    const found = (this.logs.get(range.templateId) ?? [])
      .filter((operation) => operation.resultingVersion > range.afterVersion)
      .slice(0, range.limit);
    try {
      await this.#delay();
    } finally {
      this.logReadsNow -= 1;
    }
    return found;
  }

  async readState(templateId: string): Promise<{ version: number; document: Document }> {
    this.reads.state += 1;
    const { version } = this.head(templateId);
    const design = this.design ?? { canvas: { at: version }, pages: [], audioLayers: [] };
    await this.#delay();
    return { version, document: documentOf(design) };
  }

  async #delay(): Promise<void> {
    if (this.down) throw new StorageUnavailable(500);
    for (let turns = this.latency(); turns > 0; turns--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.down) throw new StorageUnavailable(500);
  }
}

/** Loses, doubles, delays, reorders and strips messages, as the seed says. */
export class HostileBus implements ChangeBus {
  readonly #inner = new LocalBus(() => undefined);
  #held: BusMessage[] = [];
  healthy = true;

  constructor(readonly random: () => number) {}

  publish(message: BusMessage): void {
    const roll = this.random();
    if (roll < 0.2) return;
    if (roll < 0.45) {
      this.#held.push(message);
      return;
    }
    if (roll < 0.55) this.#hand(message);
    if (roll < 0.65 && message.kind === "changed") {
      this.#hand({ ...message, operations: null });
      return;
    }
    this.#hand(message);
    if (this.random() < 0.3) this.release();
  }

  /** Hands over what was held back, in any order, and keeps some to do it again. */
  release(): void {
    const held = this.#held.sort(() => this.random() - 0.5);
    this.#held = held.filter(() => this.random() < 0.2);
    for (const message of held) this.#hand(message);
  }

  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic?: T,
  ): () => void {
    return this.#inner.subscribe(templateId, listener, topic);
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  #hand(message: BusMessage): void {
    this.#inner.publish(message);
  }
}

/** Hands over the change itself. */
export const plain: Renderer<SharedChange> = { render: (change) => change };

/** Records what it is handed; `capacity` events at a time where set, until `drain`. */
export class RecordingSink implements EventSink<SharedChange> {
  readonly changes: SharedChange[] = [];
  ended: EndReason | undefined;
  subscription: Subscription<SharedChange> | undefined;
  #room: number;

  constructor(readonly capacity = Number.POSITIVE_INFINITY) {
    this.#room = capacity;
  }

  deliver(change: SharedChange): void {
    if (this.ended !== undefined) throw new Error("delivered after the end");
    this.changes.push(change);
    this.#room -= 1;
  }

  full(): boolean {
    return this.#room <= 0;
  }

  end(reason: EndReason): void {
    this.ended = reason;
  }

  /** Makes room again and says so. */
  drain(): void {
    this.#room = this.capacity;
    this.subscription?.resume();
  }

  get version(): number | undefined {
    return this.changes.at(-1)?.toVersion;
  }

  /** The versions it was handed operations for. */
  get versions(): number[] {
    return this.changes.flatMap((change) =>
      change.operations.map((operation) => operation.resultingVersion),
    );
  }
}

export interface World {
  readonly clock: FakeClock;
  readonly templates: FakeTemplates;
  readonly bus: ChangeBus;
  readonly feeds: Feeds;
  readonly warnings: string[];
}

/** Feeds over a log in memory. */
export function newWorld(
  options: { bus?: ChangeBus; settings?: Partial<FeedSettings> } = {},
): World {
  const clock = new FakeClock();
  const templates = new FakeTemplates(clock);
  const warnings: string[] = [];
  const bus = options.bus ?? new LocalBus((message) => warnings.push(message));
  const { head } = createHeadReader(templates, { batchMax: 500 });
  const feeds = new Feeds({
    store: templates,
    ...{ head, access: ungranted(head) },
    bus,
    readState: (templateId) => templates.readState(templateId),
    clock,
    warn: (message, cause) => warnings.push(`${message} ${String(cause)}`),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  return { clock, templates, bus, feeds, warnings };
}

/** Follows a template with a recording sink; undefined where it is not visible. */
export async function follow(
  world: World,
  request: Partial<FollowRequest> = {},
  sink = new RecordingSink(),
  renderer: Renderer<SharedChange> = plain,
): Promise<RecordingSink | undefined> {
  const source = await world.feeds.follow({ templateId: "t1", viewer: author, ...request });
  if (source === undefined) return undefined;
  sink.subscription = source.attach(renderer, sink);
  return sink;
}

/** An operation on an element of a page. */
export function moveTo(x: number, y = 0, elementId = "e1", pageId = "p1"): OperationContent {
  return { type: "MOVE_ELEMENT", target: { pageId, elementId }, payload: { x, y } };
}

/** Throws unless events join on from the version to the head, each operation once and in order. */
export function checkGapFree(sink: RecordingSink, fromVersion: number, head: number): void {
  let cursor = fromVersion;
  for (const change of sink.changes) {
    if (change.fromVersion !== cursor) {
      throw new Error(`event ${change.fromVersion}..${change.toVersion} after version ${cursor}`);
    }
    if (change.kind === "OPERATIONS") {
      const versions = change.operations.map((operation) => operation.resultingVersion);
      const expected = Array.from({ length: change.toVersion - cursor }, (_, i) => cursor + 1 + i);
      if (versions.join() !== expected.join()) throw new Error(`${versions.join()} in ${cursor}`);
    }
    cursor = change.toVersion;
  }
  if (cursor !== head) throw new Error(`ends at version ${cursor}, not ${head}`);
}
