/**
 * The carets and ranges that a room shows, moved along by what is committed. Each counts at a version; the operations
 * since then are taken from the bus and, where that told less than all of them, from the log: no more than a bounded
 * number, no more often than once a second. What is farther behind is shown no longer, until its client says it again.
 */
import {
  type TopicMessages,
  type ChangeOperation,
  changeOperationOf,
} from "../../bus/changeBus.js";
import { ChangeRing } from "../changes/changeRing.js";
import { Pacer } from "../../platform/pacer.js";
import type { PresenceEntry, ShownTextSelection } from "../../bus/presenceEntry.js";
import type { RoomParts } from "./roomParts.js";
import type { Roster } from "./roster.js";
import type { RichText } from "../../domain/text/richText.js";
import {
  selectionAfterDelta,
  selectionWithin,
  type EditedBy,
} from "../../domain/text/textSelection.js";
import { deletesNode, nodePath } from "../../domain/operations/footprint.js";
import { deltaOf, incrementalSetBy } from "../../domain/operations/traits.js";
import type { TemplateStore } from "../../storage/templates/templateStore.js";

/** How far behind the head a selection may be. */
const SELECTION_OPERATIONS_MAX = 500;
const ringLimits = { ringOperationsMax: 2 * SELECTION_OPERATIONS_MAX, ringBytesMax: 2_000_000 };
const whole = { pageOperationsMax: Infinity, pageBytesMax: Infinity };
const READ_INTERVAL_MS = 1_000;

export class TextSelections {
  readonly #templateId: string;
  readonly #parts: RoomParts;
  readonly #roster: Roster;
  /** Something else is shown. */
  readonly #changed: () => void;
  /** Sessions with a selection. */
  readonly #holders = new Set<string>();
  /** Undefined until the head was read. */
  #ring: ChangeRing | undefined;
  #toldVersion = 0;
  readonly #reads: Pacer;
  #unsubscribe: (() => void) | undefined;

  constructor(templateId: string, parts: RoomParts, roster: Roster, changed: () => void) {
    this.#templateId = templateId;
    this.#parts = parts;
    this.#roster = roster;
    this.#changed = changed;
    this.#reads = new Pacer(parts.clock, READ_INTERVAL_MS, () => this.#read());
  }

  /** The roster took the entry; its selection is moved to what is known by now. */
  shown({ sessionId, textSelection }: PresenceEntry): void {
    if (textSelection == null) {
      this.#holders.delete(sessionId);
      if (this.#holders.size === 0) this.stop();
      return;
    }
    this.#holders.add(sessionId);
    this.#unsubscribe ??= this.#parts.bus.subscribe(this.#templateId, (message) =>
      this.#receive(message),
    );
    if (this.#ring === undefined || !this.#follow(sessionId, this.#ring)) this.#reads.request();
  }

  /** Messages may have been missed: the head is asked. */
  check(): void {
    for (const sessionId of this.#holders) {
      if (!this.#roster.isHere(sessionId)) this.#holders.delete(sessionId);
    }
    if (this.#holders.size === 0) this.stop();
    else this.#reads.request();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#reads.stop();
    this.#holders.clear();
    this.#ring = undefined;
    this.#toldVersion = 0;
  }

  #receive(message: TopicMessages["changes"]): void {
    if (message.kind !== "changed") return;
    this.#toldVersion = Math.max(this.#toldVersion, message.toVersion);
    if (this.#ring === undefined) return;
    for (const operation of message.operations ?? []) {
      if (operation.resultingVersion === this.#ring.toVersion + 1) this.#ring.append(operation);
    }
    if (this.#ring.toVersion < this.#toldVersion) this.#reads.request();
    this.#followAll(this.#ring);
  }

  #followAll(ring: ChangeRing): void {
    let isBehind = false;
    for (const sessionId of this.#holders) isBehind = !this.#follow(sessionId, ring) || isBehind;
    if (isBehind) this.#reads.request();
  }

  /** Whether the ring leads on from where the session's selection counts. */
  #follow(sessionId: string, ring: ChangeRing): boolean {
    const entry = this.#roster.get(sessionId);
    if (entry?.textSelection == null || entry.textSelection.version >= ring.toVersion) return true;
    const operations = ring.after(entry.textSelection.version, whole);
    if (operations === undefined) return false;
    let selection: PresenceEntry["textSelection"] = entry.textSelection;
    for (const operation of operations) {
      const isOwn = operation.userId === entry.userId && operation.clientId === entry.clientId;
      selection = selectionAfter(selection, operation, isOwn ? "holder" : "other");
      if (selection === null) break;
    }
    this.#show(sessionId, selection);
    return true;
  }

  #show(sessionId: string, selection: PresenceEntry["textSelection"]): void {
    if (selection == null) this.#holders.delete(sessionId);
    if (this.#roster.moveSelection(sessionId, selection ?? null)) this.#changed();
  }

  /** Reads what the ring lacks, as far back as selections may count. */
  async #read(): Promise<void> {
    try {
      const head = await this.#parts.head(this.#templateId);
      if (head === undefined || this.#unsubscribe === undefined) return;
      this.#toldVersion = Math.max(this.#toldVersion, head.version);
      const start = this.#startOf(this.#toldVersion);
      if (this.#ring === undefined || start < this.#ring.fromVersion) {
        this.#ring = new ChangeRing(start, ringLimits);
      }
      await this.#fill(this.#ring);
    } catch {
      // It is asked again with the next change or renewal; until then they stand where they stood.
      return;
    }
    if (this.#ring === undefined) return;
    for (const sessionId of this.#holders) {
      if (!this.#follow(sessionId, this.#ring)) this.#show(sessionId, null);
    }
  }

  /** The oldest version from which a selection is led on. */
  #startOf(headVersion: number): number {
    let oldest = headVersion;
    for (const sessionId of this.#holders) {
      oldest = Math.min(oldest, this.#roster.get(sessionId)?.textSelection?.version ?? oldest);
    }
    return Math.max(oldest, headVersion - SELECTION_OPERATIONS_MAX);
  }

  async #fill(ring: ChangeRing): Promise<void> {
    while (ring.toVersion < this.#toldVersion && this.#ring === ring) {
      const before = ring.toVersion;
      for (const operation of await this.#parts.readChanges(this.#templateId, before)) {
        if (operation.resultingVersion === ring.toVersion + 1) ring.append(operation);
      }
      // The log was cut: nothing leads on from there.
      if (ring.toVersion === before) ring.reset(this.#toldVersion);
    }
  }
}

/** The selection after the operation, at the version it led to; null where its element is gone. */
function selectionAfter(
  selection: ShownTextSelection,
  { type, target, payload, footprint, resultingVersion }: ChangeOperation,
  by: EditedBy,
): ShownTextSelection | null {
  const { pageId, elementId } = selection;
  const isOnPage = target.pageId === pageId;
  if (isOnPage && deletesNode(footprint, nodePath("pages", pageId, "elements", elementId))) {
    return null;
  }
  const moved = { ...selection, version: resultingVersion };
  if (!isOnPage || target.elementId !== elementId) return moved;
  const content = { type, target, payload };
  const delta = deltaOf(content);
  if (delta !== undefined) return selectionAfterDelta(moved, delta, by);
  if (!incrementalSetBy(content).includes("text")) return moved;
  return selectionWithin(moved, (payload?.["text"] ?? "") as unknown as RichText);
}

const PAGE = { operationsMax: 500, bytesMax: 1_000_000 };

/** The first operations after the version, in one bounded page of the log; none where the log does not lead on from there. */
export async function readChanges(
  store: Pick<TemplateStore, "readLog" | "measureLog">,
  templateId: string,
  afterVersion: number,
): Promise<readonly ChangeOperation[]> {
  const range = { templateId, afterVersion, limit: PAGE.operationsMax };
  const fits = await store.measureLog(range, PAGE.bytesMax);
  if (fits === undefined) return [];
  const logged = await store.readLog({ ...range, throughVersion: fits.throughVersion });
  return logged.map(changeOperationOf);
}
