/** Decides a choice in its template's queue; what it overrides or drops is on record before it is committed. */
import type { Steps } from "../../domain/steps.js";
import type { Decision, DecisionContext } from "../../live/liveTemplates.js";
import type { GrantedHead } from "../../storage/access/accessReader.js";
import type { SignedInViewer } from "../authorize.js";
import type { FarPast } from "../editing/farPast.js";
import type { ResolveConflictOutcome } from "../outcomes.js";
import { recordConflict } from "./recordConflict.js";
import { decideResolution } from "./resolutionDecision.js";
import type { Services } from "../services.js";
import type { ResolutionRequest, SettledChoice } from "./settledChoice.js";
import { editorOf, submit } from "../editing/submit.js";
import {
  openPairs,
  pairsOf,
  unrecordedSteps,
  type RecordedPairs,
  type Unrecorded,
} from "./unrecorded.js";

export interface ChoiceToSettle {
  readonly access: { readonly viewer: SignedInViewer; readonly head: GrantedHead };
  readonly clientId: string | null | undefined;
  readonly request: ResolutionRequest;
  /** The version after which the queue has to know the history. */
  readonly historySince: number;
  readonly far: FarPast | undefined;
}

/** The answer, and the version that it was decided at. Rejects with StorageUnavailable. */
export async function settleChoice(
  services: Services,
  settling: ChoiceToSettle,
): Promise<{ readonly outcome: ResolveConflictOutcome; readonly decidedAt: number }> {
  const { access, clientId, request, historySince, far } = settling;
  const { templateId, choice, authorship } = request;
  const { userId } = access.viewer;
  const { baseVersion } = authorship;
  let decidedAt = 0;
  const settle = (recorded: RecordedPairs) =>
    submit<ResolveConflictOutcome | Unrecorded>(services, access.viewer, templateId, {
      historySince,
      operationIds: [...namedIds(choice)],
      heldBytes: choice.heldBytes,
      atLeastVersion: access.head.version,
      editor: editorOf(access, clientId),
      decide: (context) => {
        decidedAt = context.state.version;
        const sinceBase = far === undefined ? context : far.in(context);
        return decideRecorded(services, request, context, sinceBase, recorded);
      },
    });
  let outcome = await settle(
    await openPairs(services.conflicts, { templateId, userId, baseVersion }),
  );
  while (outcome.kind === "unrecorded") {
    const { collisions } = outcome;
    await recordConflict(services, authorship, choice.operations, outcome);
    outcome = await settle(pairsOf(collisions));
  }
  return { outcome, decidedAt };
}

function* decideRecorded(
  services: Services,
  request: ResolutionRequest,
  context: DecisionContext,
  sinceBase: DecisionContext,
  recorded: RecordedPairs,
): Steps<Decision<ResolveConflictOutcome | Unrecorded>> {
  const known = request.choice.kind === "MANUAL" ? context : sinceBase;
  const decision = yield* decideResolution(services, request, known, sinceBase);
  if (decision.kind !== "append") return decision;
  return (yield* unrecordedSteps(services, request, sinceBase, recorded)) ?? decision;
}

/** What the choice may have in the log. */
function namedIds({ operations, operationIds, emptyRowId }: SettledChoice): ReadonlySet<string> {
  return new Set([...operationIds, emptyRowId, ...operations.map(({ id }) => id)]);
}
