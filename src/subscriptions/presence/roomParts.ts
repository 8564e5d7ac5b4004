/** What rooms are made of; the same for all rooms of a node. */
import type { Lock } from "../../domain/locks/lock.js";
import type { Clock } from "../../platform/clock.js";
import type { AccessReader } from "../../storage/access/accessReader.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import type { ChangeBus, ChangeOperation } from "../../bus/changeBus.js";
import type { Warn } from "../../platform/logging.js";
import type { PresenceSettings } from "./presenceSettings.js";
import type { PresenceStore } from "./stores/presenceStore.js";

export interface RoomParts {
  readonly bus: ChangeBus;
  readonly store: PresenceStore;
  readonly clock: Clock;
  readonly settings: PresenceSettings;
  readonly warn: Warn;
  /** May reject with `StorageUnavailable`, as may `readLocks`. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  readonly access: AccessReader;
  readonly readLocks: (templateId: string) => Promise<readonly Lock[]>;
  /** The operations that follow the version, some of them; none where the log does not lead on from there. */
  readonly readChanges: (
    templateId: string,
    afterVersion: number,
  ) => Promise<readonly ChangeOperation[]>;
  /** Whether this node serves the session: a connection keeps it alive, or it was heard of a short while ago. */
  readonly serves: (sessionId: string) => boolean;
  /** A sequence above the known one that no other node makes. */
  readonly nextSequence: (known: number, now: number) => number;
  readonly turn: () => Promise<void>;
}
