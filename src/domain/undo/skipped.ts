/** What of taking something back stays undone where others' work stands against it, and how that is told. */
import type {
  LoggedOperation,
  OperationContent,
  SkippedPart,
  SkipReason,
} from "../operations/operation.js";
import type { Collision } from "../merge/collide.js";
import { PLACE, toldName } from "../operations/footprint.js";
import { NO_OP } from "../operations/noOp.js";
import { pathOfTarget } from "../operations/paths.js";
import { isDeletion, isPlacing, partAt, partsOf, withoutParts } from "../operations/traits.js";

/** So many of the operations that stand against something are told, the newest. */
const CAUSES_MAX = 10;

/** What of a content others' work leaves; `lost` is undefined where it leaves nothing. */
export interface LeftOver {
  readonly content: OperationContent;
  readonly lost: ReadonlySet<string> | undefined;
}

/** The content without the properties that collide, or nothing where it cannot be without them. */
export function leftOver(content: OperationContent, found: readonly Collision[]): LeftOver {
  const path = pathOfTarget(content.target);
  const lost = new Set<string>();
  for (const { kind, path: at, properties } of found) {
    const part = at === path ? undefined : partAt(content, at);
    if (part !== undefined) lost.add(part);
    else if (kind === "CONCURRENT_EDIT" && at === path) {
      for (const name of properties) lost.add(name);
    } else return { content: NO_OP, lost: undefined };
  }
  const left = withoutParts(content, lost);
  if (left === undefined || left === NO_OP) return { content: NO_OP, lost: undefined };
  return { content: left, lost };
}

/** Why a content that collides cannot be. */
export function reasonOf(content: OperationContent, found: readonly Collision[]): SkipReason {
  if (found.some(({ kind }) => kind === "DUPLICATE_ID")) return "ID_TAKEN";
  const isGone = found.some(({ kind }) => kind === "DELETED_TARGET");
  return isGone && !isDeletion(content) ? "DELETED_BY_OTHERS" : "CHANGED_BY_OTHERS";
}

interface Skipped {
  readonly reason: SkipReason;
  readonly causes: readonly string[];
  /** All of the content where it is not told. */
  readonly properties?: ReadonlySet<string> | undefined;
  readonly attributes?: readonly string[];
}

/** The content, or the named properties of it, as what was not taken back of the operation. */
export function skippedPart(
  { id, resultingVersion }: Pick<LoggedOperation, "id" | "resultingVersion">,
  { type, target, payload }: OperationContent,
  { reason, causes, properties, attributes = [] }: Skipped,
): SkippedPart {
  const names = properties ?? partsOf({ type, payload });
  return {
    reason,
    operationId: id,
    version: resultingVersion,
    type,
    target,
    properties: [...names].map(toldName).toSorted(),
    attributes,
    causes: causes.slice(-CAUSES_MAX),
  };
}

/** What of the content the part is about; undefined where it is about another one. */
export function partOf(content: OperationContent, part: SkippedPart): OperationContent | undefined {
  const names = partsOf(content);
  if (part.properties.includes("text") && names.includes("text")) return content;
  if (part.type !== content.type) return undefined;
  const told = registersIn(part);
  const others = names.filter((name) => !told.has(name));
  const left = part.properties.length === 0 ? content : withoutParts(content, new Set(others));
  return left === NO_OP ? undefined : left;
}

/** The registers that a part is about. */
export function registersIn({ type, properties }: SkippedPart): ReadonlySet<string> {
  if (!isPlacing({ type })) return new Set(properties);
  return new Set(properties.map((name) => (name === toldName(PLACE) ? PLACE : name)));
}
