/** The live templates of one node: opened on first use, kept within a memory bound, closed with the node. */
import type { Sha256 } from "../domain/hashing.js";
import type { TemplateStore } from "../storage/templates/templateStore.js";
import type { Clock } from "../platform/clock.js";
import { DocumentCopies } from "./documentCopies.js";
import { DocumentRoom } from "./documentRoom.js";
import { QueueFull, ShuttingDown, type LiveTemplates, type Proposal } from "./liveTemplates.js";
import type { LiveSettings } from "./liveSettings.js";
import type { Paced } from "./pace.js";
import { TemplateMemory } from "./templateMemory.js";
import type { CommittedBatch } from "./committedBatch.js";
import { TemplateQueue } from "./templateQueue.js";

/** How often idle templates get their checkpoint and the memory bound is looked at. */
const SWEEP_MS = 1_000;

/** When a request that found too much waiting may come again. */
const QUEUE_FULL_RETRY_MS = 500;
const QUEUES_FULL = "too many bytes of edits are queued on this node";

export interface LiveServices {
  readonly store: TemplateStore;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly newId: () => string;
  /** That of all large work of the node. */
  readonly pace: Paced;
  readonly settings: LiveSettings;
  /** Told of each commit of this node, in order per template, before its requests are answered. */
  readonly committed: (templateId: string, batch: CommittedBatch) => void;
  /** Told of a checkpoint or snapshot that could not be stored; it is tried again. */
  readonly copyFailed: (templateId: string, error: unknown) => void;
}

interface Entry {
  readonly memory: TemplateMemory;
  readonly queue: TemplateQueue;
  /** By the monotonic clock. */
  lastWriteAt: number;
}

/** Opens the live templates of this node. */
export function createLiveTemplates(services: LiveServices): LiveTemplates {
  return new LiveTemplatesOfNode(services);
}

class LiveTemplatesOfNode implements LiveTemplates {
  /** The least recently used first. */
  private readonly entries = new Map<string, Entry>();
  private readonly copies: DocumentCopies;
  private readonly room: DocumentRoom;
  /** Heap of the requests that wait or are being committed, about. */
  private queuedBytes = 0;
  private closing = false;
  private cancelSweep: () => void;

  constructor(private readonly services: LiveServices) {
    this.copies = new DocumentCopies({ ...services, failed: services.copyFailed });
    const { clock, settings } = services;
    this.room = new DocumentRoom(settings.liveBytesMax, clock, (bytes) => this.evict(bytes));
    this.cancelSweep = clock.after(SWEEP_MS, () => this.sweep());
  }

  get size(): number {
    return this.entries.size;
  }

  async submit<T>(templateId: string, proposal: Proposal<T>): Promise<T> {
    if (this.closing) throw new ShuttingDown("the node is stopping");
    const { heldBytes = 0 } = proposal;
    const isFull = this.queuedBytes + heldBytes > this.services.settings.queuedBytesMax;
    // What is larger than all room can wait alone.
    if (isFull && this.queuedBytes > 0) throw new QueueFull(QUEUE_FULL_RETRY_MS, QUEUES_FULL);
    this.queuedBytes += heldBytes;
    try {
      const { queue, memory } = this.use(templateId);
      const wasLoaded = memory.current !== undefined;
      const answer = await queue.submit(proposal);
      if (!wasLoaded) this.evict();
      return answer;
    } finally {
      this.queuedBytes -= heldBytes;
    }
  }

  async read(templateId: string, atLeastVersion: number) {
    const { memory } = this.use(templateId);
    const wasLoaded = memory.current !== undefined;
    const { head } = await memory.fresh(atLeastVersion);
    if (!wasLoaded) this.evict();
    return head;
  }

  holding<T>(heapBytes: number, work: () => Promise<T>): Promise<T> {
    return this.room.holding(heapBytes, work);
  }

  peek(templateId: string) {
    return this.entries.get(templateId)?.memory.current?.head;
  }

  async close(): Promise<void> {
    this.closing = true;
    this.cancelSweep();
    for (const { queue, memory } of this.entries.values()) {
      await queue.drained();
      await this.copies.checkpoint(memory);
    }
    this.entries.clear();
  }

  private use(templateId: string): Entry {
    const entry = this.entries.get(templateId) ?? this.open(templateId);
    this.entries.delete(templateId);
    this.entries.set(templateId, entry);
    return entry;
  }

  private open(templateId: string): Entry {
    const { store, settings, pace } = this.services;
    const memory = new TemplateMemory(templateId, store, settings, this.room, pace);
    const queue = new TemplateQueue(memory, store, settings, pace, (...commit) =>
      this.afterCommit(...commit),
    );
    return { memory, queue, lastWriteAt: -Infinity };
  }

  private afterCommit(memory: TemplateMemory, batch: CommittedBatch): void {
    const entry = this.entries.get(memory.templateId);
    if (entry !== undefined) entry.lastWriteAt = this.services.clock.monotonic();
    this.services.committed(memory.templateId, batch);
    this.copies.consider(memory);
  }

  private sweep(): void {
    const idleSince = this.services.clock.monotonic() - this.services.settings.checkpointIdleMs;
    for (const { memory, queue, lastWriteAt } of this.entries.values()) {
      if (queue.idle && lastWriteAt <= idleSince) void this.copies.checkpoint(memory);
    }
    this.evict();
    this.room.admit();
    if (!this.closing) {
      this.cancelSweep = this.services.clock.after(SWEEP_MS, () => this.sweep());
    }
  }

  /**
   * Lets go of idle templates, the least recently used first, until the rest fits with what is wanted; the log has all
   * they hold. The bytes that are held then.
   */
  private evict(wantedBytes = 0): number {
    const bytesMax = this.services.settings.liveBytesMax - wantedBytes;
    let bytes = 0;
    for (const { memory } of this.entries.values()) bytes += memory.bytes;
    for (const [templateId, { memory, queue }] of this.entries) {
      const unused = memory.current === undefined;
      if (!unused && bytes <= bytesMax) continue;
      if (!queue.idle || memory.loading) continue;
      bytes -= memory.bytes;
      this.entries.delete(templateId);
    }
    return bytes;
  }
}
