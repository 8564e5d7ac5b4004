/** Several nodes' rooms over one store in memory, a simulated clock and a bus that can fail. */
import type { Viewer } from "../../../src/domain/access/access.js";
import type { Lock } from "../../../src/domain/locks/lock.js";
import type { Session } from "../../../src/storage/sessions/sessionStore.js";
import type { TemplateHead } from "../../../src/storage/templates/templateStore.js";
import { decodeEnvelope, encodeEnvelope } from "../../../src/bus/busEnvelope.js";
import type { BusListener, BusMessage, BusTopic, ChangeBus } from "../../../src/bus/changeBus.js";
import { LocalBus } from "../../../src/bus/localBus.js";
import { MemoryPresenceStore } from "../../../src/subscriptions/presence/stores/memoryPresenceStore.js";
import type { PresenceEntry } from "../../../src/bus/presenceEntry.js";
import type { PresenceEvent } from "../../../src/subscriptions/presence/presenceSource.js";
import { PresenceRooms } from "../../../src/subscriptions/presence/presenceRooms.js";
import { readChanges } from "../../../src/subscriptions/presence/textSelections.js";
import type { PresenceStore } from "../../../src/subscriptions/presence/stores/presenceStore.js";
import type {
  EndReason,
  EventSink,
  LiveSubscription,
  Renderer,
} from "../../../src/subscriptions/subscription.js";
import { ungranted } from "../../setup/access.js";
import { author, FakeClock, FakeTemplates, settle } from "../harness.js";

const lifetimeMs = 60_000;

/** Carries messages between nodes as Redis does, as well as it is let. */
class Wire {
  readonly endpoints = new Set<Endpoint>();
  /** How often, and when, a message arrives at another node: immediately where omitted. */
  arrivals: (deliver: () => void) => void = (deliver) => deliver();
  away = false;

  carry(from: Endpoint, message: BusMessage): void {
    if (this.away) return;
    const text = encodeEnvelope({ node: from.name, message }, 64_000);
    for (const endpoint of this.endpoints) {
      if (endpoint === from) continue;
      this.arrivals(() => {
        const envelope = decodeEnvelope(text);
        if (envelope === undefined) throw new Error(`the bus cannot read ${text}`);
        endpoint.inner.publish(envelope.message);
      });
    }
  }

  /** Carries again, and lets everybody know. */
  comeBack(templateId: string): void {
    this.away = false;
    for (const { inner } of this.endpoints) inner.publish({ kind: "accessChanged", templateId });
  }
}

class Endpoint implements ChangeBus {
  readonly inner = new LocalBus((message, error) => {
    throw new Error(message, { cause: error });
  });
  sent = 0;

  constructor(
    readonly name: string,
    private readonly wire: Wire,
  ) {
    wire.endpoints.add(this);
  }

  get healthy(): boolean {
    return !this.wire.away;
  }

  publish(message: BusMessage): void {
    this.sent += 1;
    this.inner.publish(message);
    this.wire.carry(this, message);
  }

  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic?: T,
  ): () => void {
    return this.inner.subscribe(templateId, listener, topic);
  }

  async close(): Promise<void> {
    this.wire.endpoints.delete(this);
  }
}

/** A store that can be away, or lose all it holds. */
class FragileStore implements PresenceStore {
  away = false;
  reads = 0;
  #inner: MemoryPresenceStore;

  constructor(private readonly clock: FakeClock) {
    this.#inner = new MemoryPresenceStore(clock, lifetimeMs);
  }

  empty(): void {
    this.#inner = new MemoryPresenceStore(this.clock, lifetimeMs);
  }

  async read(templateId: string) {
    this.reads += 1;
    if (this.away) throw new Error("the store is away");
    return this.#inner.read(templateId);
  }

  async write(templateId: string, entries: readonly PresenceEntry[], over: readonly string[]) {
    if (this.away) throw new Error("the store is away");
    await this.#inner.write(templateId, entries, over);
  }

  async close(): Promise<void> {}
}

export interface Node {
  readonly rooms: PresenceRooms;
  readonly bus: Endpoint;
  /** Sessions that the node serves. */
  readonly served: Set<string>;
  /** Sessions that subscriptions hold. */
  readonly held: string[];
}

export class PresenceWorld {
  readonly clock = new FakeClock();
  readonly wire = new Wire();
  readonly store = new FragileStore(this.clock);
  readonly templates = new FakeTemplates(this.clock);
  locks: readonly Lock[] = [];
  /** What reading them waits for. */
  locksGate: Promise<void> | undefined;
  lockReads = 0;
  readonly warnings: string[] = [];
  /** Reads of heads wait for it. */
  headGate: Promise<void> = Promise.resolve();
  #nodes = 0;

  constructor() {
    this.templates.add("t1");
  }

  node(): Node {
    this.#nodes += 1;
    const tag = this.#nodes;
    const bus = new Endpoint(`node ${tag}`, this.wire);
    const served = new Set<string>();
    const held: string[] = [];
    const head = async (templateId: string): Promise<TemplateHead | undefined> => {
      await this.headGate;
      return this.templates.heads_.get(templateId);
    };
    const rooms = new PresenceRooms({
      bus,
      clock: this.clock,
      store: this.store,
      tag,
      warn: (message) => void this.warnings.push(message),
      ...{ head, access: ungranted(head) },
      readLocks: async () => {
        await this.locksGate;
        this.lockReads += 1;
        return this.locks;
      },
      readChanges: (templateId, afterVersion) =>
        readChanges(this.templates, templateId, afterVersion),
      hold: (session) => {
        held.push(session.id);
        return () => void held.splice(held.indexOf(session.id), 1);
      },
      serves: (sessionId) => served.has(sessionId),
    });
    return { rooms, bus, served, held };
  }

  /** Lets what just happened be told, in steps that are shorter than any wait. */
  async round(): Promise<void> {
    await settle(5);
    for (let step = 0; step < 5; step++) await this.clock.advance(20);
  }
}

export function session(id: string, clock: FakeClock, templateId = "t1"): Session {
  const now = clock.now();
  return {
    ...{ id, templateId, userId: `user of ${id}`, clientId: `client of ${id}`, nodeId: "n" },
    ...{ color: "#0072b2", lastKnownVersion: 1 },
    ...{ joinedAt: now, lastActiveAt: now, expiresAt: now + 40_000 },
  };
}

/** Applies events as a client does, and complains about what a client could not make sense of. */
export class Watcher implements EventSink<PresenceEvent> {
  readonly shown = new Map<string, PresenceEntry>();
  readonly events: PresenceEvent[] = [];
  readonly problems: string[] = [];
  locks: readonly Lock[] | undefined;
  ended: EndReason | undefined;
  subscription: LiveSubscription | undefined;
  #room: number;

  constructor(readonly capacity = Number.POSITIVE_INFINITY) {
    this.#room = capacity;
  }

  deliver(event: PresenceEvent): void {
    if (this.ended !== undefined) this.problems.push("an event after the end");
    this.events.push(event);
    this.#room -= 1;
    for (const entry of event.joined) this.#show(entry);
    for (const entry of event.moved) {
      if (!this.shown.has(entry.sessionId)) this.problems.push(`${entry.sessionId} moved unseen`);
      this.#show(entry);
    }
    for (const { sessionId } of event.left) {
      if (!this.shown.delete(sessionId)) this.problems.push(`${sessionId} left unseen`);
    }
    if (event.locks !== null) this.locks = event.locks;
  }

  full(): boolean {
    return this.#room <= 0;
  }

  end(reason: EndReason): void {
    this.ended = reason;
  }

  drain(): void {
    this.#room = this.capacity;
    this.subscription?.resume();
  }

  /** Where each cursor is shown. */
  get cursors(): Record<string, number | undefined> {
    return Object.fromEntries([...this.shown].map(([id, { cursor }]) => [id, cursor?.x]));
  }

  #show(entry: PresenceEntry): void {
    const known = this.shown.get(entry.sessionId);
    if (known !== undefined && known.sequence > entry.sequence) {
      this.problems.push(`${entry.sessionId} went back`);
    }
    this.shown.set(entry.sessionId, entry);
  }
}

const plain: Renderer<PresenceEvent, PresenceEvent> = { render: (event) => event };

export async function watch(
  { rooms }: Node,
  {
    viewer = author,
    watcher = new Watcher(),
    renderer = plain,
    own,
  }: {
    viewer?: Viewer;
    watcher?: Watcher;
    renderer?: Renderer<PresenceEvent, PresenceEvent>;
    own?: Session;
  } = {},
): Promise<Watcher> {
  const source = await rooms.follow({ templateId: "t1", viewer });
  if (source === undefined) throw new Error("not visible");
  const held = own === undefined ? source : source.heldBy(own);
  watcher.subscription = held.attach(renderer, watcher);
  return watcher;
}
