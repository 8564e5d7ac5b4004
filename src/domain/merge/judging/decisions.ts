/** What a merge decided by clock or rule, told so that nobody has to look for it: who won, and what the other one lost. */
import type { Document } from "../../document/document.js";
import { jsonBytes } from "../../document/bytes.js";
import type { Json, JsonObject } from "../../json.js";
import type { OperationContent } from "../../operations/operation.js";
import { targetOfPath } from "../../operations/paths.js";
import type { NodePath } from "../../operations/footprint.js";
import type { Collision } from "../collide.js";
import type { Decided } from "./resolveCollisions.js";

/** One decision between two operations, over a property or over a whole thing. */
export interface MergeDecision extends Collision {
  readonly winner: "CLIENT" | "SERVER";
  /** The values that lost, by property; those that are too large are left out: the log has them. */
  readonly lost: JsonObject;
}

/** The collision that was decided. */
export function collisionOf({
  winner: _winner,
  lost: _lost,
  ...collision
}: MergeDecision): Collision {
  return collision;
}

/** What one batch met: the first so many decisions, and how many there were. */
export interface MergeDecisions {
  readonly told: readonly MergeDecision[];
  readonly count: number;
}

/** Decisions of one batch that are told one by one, at most. */
const DECISIONS_TOLD_MAX = 100;
/** A value that is kept with a decision, and all that are kept with those of one batch, at most. */
const LOST_VALUE_BYTES_MAX = 1_000;
const LOST_BYTES_MAX = 20_000;

export class DecisionLog {
  private readonly told: MergeDecision[] = [];
  private count = 0;
  private lostBytes = 0;

  get decisions(): MergeDecisions {
    return { told: this.told, count: this.count };
  }

  /** Takes the verdicts on an operation; `document` is the one that it applies to. */
  add(operation: OperationContent, decided: readonly Decided[], document: Document): void {
    this.count += decided.length;
    if (this.told.length >= DECISIONS_TOLD_MAX) return;
    // Of several that lost one property only the newest left the value that is there.
    const newest = new Map(decided.map((one) => [keyOf(one), one]));
    for (const one of decided) {
      const { collision, winner } = one;
      if (this.told.length >= DECISIONS_TOLD_MAX) return;
      const lost =
        winner === "server"
          ? lostOf(operation, collision)
          : newest.get(keyOf(one)) === one
            ? valuesAt(document, collision)
            : {};
      this.told.push({
        ...collision,
        winner: winner === "client" ? "CLIENT" : "SERVER",
        lost: this.withinBounds(lost),
      });
    }
  }

  private withinBounds(values: JsonObject): JsonObject {
    const kept = Object.entries(values).filter(([, value]) => {
      const bytes = jsonBytes(value);
      if (bytes > LOST_VALUE_BYTES_MAX || this.lostBytes + bytes > LOST_BYTES_MAX) return false;
      this.lostBytes += bytes;
      return true;
    });
    return Object.fromEntries(kept);
  }
}

function keyOf({ collision: { path, properties } }: Decided): string {
  return `${path} ${properties.join()}`;
}

/** What the incoming operation was to set: the property, or where that is no part of its payload, all of it. */
function lostOf({ payload }: OperationContent, { kind, properties }: Collision): JsonObject {
  const named = kind === "DELETED_TARGET" ? [] : properties;
  const set = Object.entries(payload ?? {}).filter(([name]) => named.includes(name));
  return set.length === 0 ? (payload ?? {}) : Object.fromEntries(set);
}

/** What the node holds by now of what the other side set. */
function valuesAt(document: Document, { path, properties }: Collision): JsonObject {
  const node = nodeAt(document, path);
  const values = properties.map((name): [string, Json] => [name, node?.[name] ?? null]);
  return Object.fromEntries(values);
}

function nodeAt(document: Document, path: NodePath): Readonly<Record<string, Json>> | undefined {
  if (path === "/canvas") return document.canvas;
  const { pageId, elementId, audioLayerId, clipId } = targetOfPath(path);
  const page = document.pages.items.get(pageId ?? "");
  if (page !== undefined) {
    return elementId === undefined ? page.properties : page.elements.items.get(elementId);
  }
  const layer = document.audioLayers.items.get(audioLayerId ?? "");
  return clipId === undefined ? layer?.properties : layer?.clips.items.get(clipId);
}
