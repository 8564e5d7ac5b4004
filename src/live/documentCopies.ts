/**
 * Stores full copies of documents behind the commits: checkpoints, from which a cold read starts, and automatic
 * snapshots, from which `at(version)` starts. Off the path of any answer; a copy that fails is tried again later.
 */
import { AUTO_REASON } from "../domain/history/snapshotReason.js";
import { designOf } from "../domain/document/toDesign.js";
import { hashOfDesign } from "./designHashes.js";
import type { Paced } from "./pace.js";
import type { Sha256 } from "../domain/hashing.js";
import type { TemplateStore } from "../storage/templates/templateStore.js";
import type { Clock } from "../platform/clock.js";
import type { Loaded, TemplateMemory } from "./templateMemory.js";

/** A copy costs what the document costs: after one that took a while, so many times that while goes to edits alone. */
const REST_PER_COPY = 9;

export interface CopyServices {
  readonly store: TemplateStore;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly pace: Paced;
  readonly newId: () => string;
  /** Told of a copy that could not be stored. */
  readonly failed: (templateId: string, error: unknown) => void;
}

export class DocumentCopies {
  private readonly writing = new Map<string, Promise<void>>();

  constructor(private readonly services: CopyServices) {}

  /** Stores what is due by the cadence, one copy at a time per template. */
  consider(memory: TemplateMemory): void {
    const loaded = memory.current;
    if (loaded === undefined || this.writing.has(memory.templateId)) return;
    const { version, document } = loaded.head;
    const resting = this.services.clock.monotonic() < loaded.copiesRestUntil;
    const snapshot = loaded.snapshots.due(version, document.bytes, resting);
    const checkpoint = loaded.checkpoints.due(version, document.bytes, resting);
    if (snapshot || checkpoint)
      void this.write(memory.templateId, loaded, { snapshot, checkpoint });
  }

  /** Brings the checkpoint up to the head; resolves when it is stored or failed. */
  async checkpoint(memory: TemplateMemory): Promise<void> {
    while (this.writing.has(memory.templateId)) await this.writing.get(memory.templateId);
    const loaded = memory.current;
    if (loaded === undefined || loaded.checkpoints.storedVersion >= loaded.head.version) return;
    await this.write(memory.templateId, loaded, { snapshot: false, checkpoint: true });
  }

  private write(
    templateId: string,
    loaded: Loaded,
    due: { readonly snapshot: boolean; readonly checkpoint: boolean },
  ): Promise<void> {
    const { clock, failed } = this.services;
    const startedAt = clock.monotonic();
    const task = this.store(templateId, loaded, due)
      .catch((error: unknown) => failed(templateId, error))
      .finally(() => {
        const now = clock.monotonic();
        loaded.copiesRestUntil = now + REST_PER_COPY * (now - startedAt);
        this.writing.delete(templateId);
      });
    this.writing.set(templateId, task);
    return task;
  }

  private async store(
    templateId: string,
    loaded: Loaded,
    due: { readonly snapshot: boolean; readonly checkpoint: boolean },
  ): Promise<void> {
    const { store, clock, newId } = this.services;
    const { version, versionHash, document } = loaded.head;
    const design = designOf(document);
    if (due.checkpoint) {
      await store.writeCheckpoint({ templateId, version, versionHash, design });
      loaded.checkpoints.stored(version);
    }
    if (due.snapshot) {
      await store.addSnapshot({
        id: newId(),
        templateId,
        version,
        kind: "AUTO",
        name: null,
        reason: AUTO_REASON,
        design,
        designHash: await hashOfDesign(this.services, design),
        createdById: null,
        createdAt: clock.now(),
      });
      loaded.snapshots.stored(version);
    }
  }
}
