/** Tells where a share link's time ran out: nothing in the database changes then, and somebody may be there by it. */
import { StorageUnavailable } from "../../storage/storageUnavailable.js";
import type { Services } from "../services.js";

export interface LinkWatchParts extends Pick<Services, "bus" | "clock"> {
  readonly permissions: Pick<Services["permissions"], "endedLinks">;
  readonly warn: (message: string, error: unknown) => void;
}

const LOOK_MS = 1_000;

/** What ended so long before a look is told by it, too: the nodes' clocks and the database's need not agree on a second. */
const OVERLAP_MS = 2_000;

/** Looks every second; the returned function ends it. A look that fails is made up for by the next one. */
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
      if (!(error instanceof StorageUnavailable)) warn("share links cannot be looked at", error);
    }
    if (!isOver) cancel = clock.after(LOOK_MS, () => void look());
  };
  let cancel = clock.after(LOOK_MS, () => void look());
  return () => {
    isOver = true;
    cancel();
  };
}
