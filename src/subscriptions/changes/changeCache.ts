/**
 * The changes of one template that several subscribers need at once. Subscribers at the same version get the same
 * object, and with it the same rendering; each range of the log is read once for all of them.
 */
import { designOf } from "../../domain/document/toDesign.js";
import type { ChangeRing } from "./changeRing.js";
import type { FeedSource } from "./feedSource.js";
import { changeOf, type SharedChange } from "./sharedChange.js";

export class ChangeCache {
  readonly #templateId: string;
  readonly #ring: ChangeRing;
  readonly #source: FeedSource;
  /** The newest last; few, because they are looked through. */
  #kept: SharedChange[] = [];
  #forgetting = false;
  readonly #reads = new Map<string, Promise<SharedChange>>();

  constructor(templateId: string, ring: ChangeRing, source: FeedSource) {
    this.#templateId = templateId;
    this.#ring = ring;
    this.#source = source;
  }

  /** The change after the version that the ring holds; undefined where it holds none that joins on. */
  recent(version: number): SharedChange | undefined {
    if (version < this.#ring.fromVersion || version >= this.#ring.toVersion) return undefined;
    const kept = this.#find(version);
    // One that is kept may end before the newest version; the rest follows with the next event.
    if (kept !== undefined) return kept;
    const operations = this.#ring.after(version, this.#source.settings);
    return operations === undefined
      ? undefined
      : this.#keep(changeOf(this.#templateId, operations));
  }

  /**
   * The change after the version from the log, or a RESYNC where the log does not lead on from there or
   * `needsState` is set. Rejects where the database cannot be reached.
   */
  stored(version: number, needsState: boolean): Promise<SharedChange> {
    const kept = needsState ? undefined : this.#find(version);
    if (kept !== undefined) return Promise.resolve(kept);
    const key = `${version} ${needsState}`;
    const underWay = this.#reads.get(key);
    if (underWay !== undefined) return underWay;
    const read = (needsState ? this.#readState(version) : this.#readLog(version)).finally(() =>
      this.#reads.delete(key),
    );
    this.#reads.set(key, read);
    return read;
  }

  async #readLog(version: number): Promise<SharedChange> {
    const [first, ...rest] = await this.#source.readLog(
      this.#templateId,
      version,
      this.#ring.operationBytes,
    );
    if (first === undefined || first.resultingVersion !== version + 1) {
      return this.#readState(version);
    }
    return this.#keep(changeOf(this.#templateId, [first, ...rest]));
  }

  async #readState(version: number): Promise<SharedChange> {
    const state = await this.#source.readState(this.#templateId);
    return {
      templateId: this.#templateId,
      kind: "RESYNC",
      fromVersion: version,
      toVersion: state.version,
      operations: [],
      designData: designOf(state.document),
      document: state.document,
      serverTimestamp: this.#source.clock.now(),
    };
  }

  #find(version: number): SharedChange | undefined {
    return this.#kept.find((change) => change.fromVersion === version);
  }

  /** Who shares a change asks for it at about the same time; an idle template keeps none. */
  #forgetSoon(): void {
    if (this.#forgetting) return;
    this.#forgetting = true;
    this.#source.clock.after(this.#source.settings.sharedMs, () => {
      this.#forgetting = false;
      this.#kept = [];
    });
  }

  #keep(change: SharedChange): SharedChange {
    this.#kept = [
      ...this.#kept.filter((other) => other.fromVersion !== change.fromVersion),
      change,
    ].slice(-this.#source.settings.sharedChangesMax);
    this.#forgetSoon();
    return change;
  }
}
