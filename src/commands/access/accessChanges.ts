/** Publishes that access to templates changed, so that every node checks again who may see them. */
import type { Services } from "../services.js";
import { StorageUnavailable } from "../../storage/storageUnavailable.js";

export function publishAccessChanges(
  { bus }: Pick<Services, "bus">,
  templateIds: readonly string[],
): void {
  for (const templateId of templateIds) bus.publish({ kind: "accessChanged", templateId });
}

export interface LinkWatchParts extends Pick<Services, "bus" | "clock"> {
  readonly permissions: Pick<Services["permissions"], "endedLinks">;
  readonly warn: (message: string, error: unknown) => void;
}

const LOOK_MS = 1_000;

/** What ended so long before a look is told by it, too: the nodes' clocks and the database's need not agree on a second. */
const OVERLAP_MS = 2_000;

/**
 * Publishes where a share link expired, since nothing in the database changes then and a viewer may be connected by
 * it. Looks every second; the returned function ends it. A look that fails is made up for by the next one.
 */
export function watchLinks({ bus, clock, permissions, warn }: LinkWatchParts): () => void {
  let lookedAt = clock.monotonic();
  let isOver = false;
  const look = async (): Promise<void> => {
    const now = clock.monotonic();
    try {
      for (const templateId of await permissions.endedLinks(now - lookedAt + OVERLAP_MS)) {
        bus.publish({ kind: "accessChanged", templateId });
      }
      lookedAt = now;
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) warn("share links cannot be read", error);
    }
    if (!isOver) cancel = clock.after(LOOK_MS, () => void look());
  };
  let cancel = clock.after(LOOK_MS, () => void look());
  return () => {
    isOver = true;
    cancel();
  };
}
