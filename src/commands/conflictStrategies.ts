/** The ways out of a conflict, each with what exactly it would lose. */
import { targetOfPath, type Collision } from "../domain/merge/collide.js";
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { VersionConflict } from "./outcomes.js";

/** Losses named in one warning, at most; the conflict itself lists them all. */
const LOSSES_NAMED_MAX = 10;

/** CLIENT_WINS, SERVER_WINS and MANUAL, in this order. */
export function strategiesOf(
  collisions: readonly Collision[],
  history: readonly LoggedOperation[],
): VersionConflict["strategies"] {
  const committed = new Map(history.map((operation) => [operation.id, operation]));
  return [
    {
      strategy: "CLIENT_WINS",
      description: "Keep your operations, whatever they collide with.",
      warning: warningOf(
        collisions.map((collision) =>
          lossOfServer(collision, committed.get(collision.serverOperation)),
        ),
      ),
    },
    {
      strategy: "SERVER_WINS",
      description: "Keep what others did and those of your operations that do not collide.",
      warning: warningOf(collisions.map(lossOfClient)),
    },
    {
      strategy: "MANUAL",
      description: "Settle on a whole state yourself.",
      warning: null,
    },
  ];
}

function warningOf(losses: readonly string[]): string | null {
  const different = [...new Set(losses)];
  if (different.length === 0) return null;
  const named = different.slice(0, LOSSES_NAMED_MAX).join("; ");
  const more = different.length - LOSSES_NAMED_MAX;
  return more > 0 ? `${named}; and ${more} more` : named;
}

function lossOfServer(collision: Collision, committed: LoggedOperation | undefined): string {
  const what = subjectOf(collision);
  const by = `(operation ${collision.serverOperation})`;
  if (collision.kind === "DUPLICATE_ID") return `deletes what others added as ${what} ${by}`;
  if (collision.kind === "DELETED_TARGET" && deletes(committed, collision)) {
    return `brings back ${what}, which others deleted ${by}`;
  }
  return `overrides what others did to ${what} ${by}`;
}

function lossOfClient(collision: Collision): string {
  return `drops what you did to ${subjectOf(collision)} (operation ${collision.clientOperation})`;
}

function deletes(committed: LoggedOperation | undefined, { path }: Collision): boolean {
  return (committed?.footprint ?? []).some(
    (touch) =>
      touch.kind === "delete" && (touch.path === path || path.startsWith(`${touch.path}/`)),
  );
}

/** The thing in words: `fill of element "e1"`. */
function subjectOf({ path, properties }: Collision): string {
  const { pageId, elementId, audioLayerId, clipId } = targetOfPath(path);
  const [kind, id] =
    elementId !== undefined
      ? ["element", elementId]
      : pageId !== undefined
        ? ["page", pageId]
        : clipId !== undefined
          ? ["clip", clipId]
          : audioLayerId !== undefined
            ? ["audio layer", audioLayerId]
            : ["the canvas", undefined];
  const node = id === undefined ? kind : `${kind} "${id}"`;
  return properties.length === 0 ? `${node}` : `${properties.join(", ")} of ${node}`;
}
