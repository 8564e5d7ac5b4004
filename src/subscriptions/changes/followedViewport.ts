/** What a subscriber looks at. */
import type { Viewport } from "../../domain/viewport/viewport.js";

export interface FollowedViewport extends Viewport {
  /** Whether the client holds nothing yet: it is told the state first, and of states what shows. */
  readonly state?: boolean | null | undefined;
}

/** Viewports that show the same have the same key. */
export function viewportKey(viewport: FollowedViewport): string {
  const { pageId, x, y, width, height, state } = viewport;
  // JSON has one text for 0 and -0, which show the same.
  return JSON.stringify([pageId, x, y, width, height, state === true]);
}
