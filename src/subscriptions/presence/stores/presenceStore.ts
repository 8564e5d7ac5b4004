/**
 * The port to what outlives a node's memory of who is here: where a room that opens learns of everyone. It forgets by
 * itself what nobody wrote again for a lifetime. Adapters (memory, Redis) pass one contract suite
 * (test/contracts/presenceStore.ts). Methods reject where the store cannot be reached; nothing depends on them then.
 */
import type { PresenceEntry } from "../../../bus/presenceEntry.js";

export interface StoredPresence {
  readonly entries: readonly {
    readonly entry: PresenceEntry;
    /** Milliseconds since it was last written, by the store's clock. */
    readonly ageMs: number;
  }[];
  /** Sessions that are over. */
  readonly over: readonly string[];
}

export interface PresenceStore {
  read(templateId: string): Promise<StoredPresence>;
  /** Writes entries, each unless a greater sequence or the session's end is there; `over` are sessions that ended. */
  write(
    templateId: string,
    entries: readonly PresenceEntry[],
    over: readonly string[],
  ): Promise<void>;
  close(): Promise<void>;
}
