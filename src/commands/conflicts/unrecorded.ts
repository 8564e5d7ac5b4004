/** Collisions that a choice decides about while no record tells them: its person was answered no conflict, or less of it. */
import type { Collision } from "../../domain/merge/collide.js";
import { mergeSteps } from "../../domain/merge/merge.js";
import { reportCollisions } from "../../domain/merge/judging/verdict.js";
import type { Steps } from "../../domain/steps.js";
import type { Decision, DecisionContext } from "../../live/liveTemplates.js";
import type { ConflictStore } from "../../storage/conflicts/conflictStore.js";
import type { VersionConflict } from "../outcomes.js";
import type { Services } from "../services.js";
import type { ResolutionRequest } from "./settledChoice.js";
import { undecidedOf } from "./undecided.js";
import { mergeInput } from "./versionConflict.js";

/** Open records of a person on one base that are looked at; beyond them a choice may be recorded twice. */
const OPEN_RECORDS_MAX = 100;

/** The choice waits for its record: it is to be written, and the choice to be decided anew. */
export interface Unrecorded extends Pick<
  VersionConflict,
  "templateId" | "currentVersion" | "collisions"
> {
  readonly kind: "unrecorded";
}

/** The pairs of operations of which a record tells that they collide. */
export type RecordedPairs = ReadonlySet<string>;

/** The pairs of the person's open records on the base version. Rejects with StorageUnavailable. */
export async function openPairs(
  conflicts: Pick<ConflictStore, "list">,
  of: { readonly templateId: string; readonly userId: string; readonly baseVersion: number },
): Promise<RecordedPairs> {
  const { templateId, userId, baseVersion } = of;
  const open = await conflicts.list({
    ...{ templateId, userId, baseVersion, resolved: false },
    ...{ limit: OPEN_RECORDS_MAX, withoutOperations: true },
  });
  return pairsOf(open.flatMap(({ collisions }) => collisions));
}

export function pairsOf(collisions: readonly Collision[]): RecordedPairs {
  return new Set(collisions.map(pairOf));
}

function pairOf({ clientOperation, serverOperation }: Collision): string {
  return JSON.stringify([clientOperation, serverOperation]);
}

/** What is to be recorded before the choice may be committed; undefined where records tell all of it. */
export function* unrecordedSteps(
  services: Services,
  { templateId, authorship, choice }: ResolutionRequest,
  sinceBase: DecisionContext,
  recorded: RecordedPairs,
): Steps<Decision<Unrecorded> | undefined> {
  const { operations, history } = undecidedOf(choice.operations, sinceBase);
  if (operations.length === 0 || history === undefined || history.length === 0) return undefined;
  const merged = yield* mergeSteps(
    mergeInput(services, { authorship }, operations, history, sinceBase, reportCollisions),
  );
  if (merged.kind === "needs") return merged;
  if (merged.kind !== "collides") return undefined;
  const { collisions } = merged;
  if (collisions.every((collision) => recorded.has(pairOf(collision)))) return undefined;
  const currentVersion = sinceBase.state.version;
  return { kind: "answer", answer: { kind: "unrecorded", templateId, currentVersion, collisions } };
}
