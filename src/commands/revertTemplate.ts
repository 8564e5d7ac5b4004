/** Goes back to an older version by operations at the head: it can be undone, and nobody has to reload. */
import type { Viewer } from "../domain/access/access.js";
import { documentOf } from "../domain/document/fromDesign.js";
import { designOf } from "../domain/document/toDesign.js";
import type { Document } from "../domain/document/document.js";
import { append, type Appended } from "../domain/history/append.js";
import { operationsBetween } from "../domain/history/diff.js";
import { designHash, requestHash } from "../domain/history/versionHash.js";
import { unbounded } from "../domain/limits.js";
import type { Decision, DecisionContext } from "../live/liveTemplates.js";
import { authorize, type SignedInViewer } from "./authorize.js";
import { checkText } from "./checkText.js";
import type { RevertTemplateInput } from "./inputs.js";
import type { TemplateReverted } from "./outcomes.js";
import { checkOptionalId } from "./parseBatch.js";
import { stateAt } from "./readStateAt.js";
import { invalidInput, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";
import { editorOf, submit } from "./submit.js";
import { chargeOperations, takeOperations } from "./takeOperations.js";

/** The answer, and what the commit appended, for the snapshot that the revert leaves. */
interface Reverted extends TemplateReverted {
  readonly appended: Appended | undefined;
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (a version out of reach), LOCKED, RATE_LIMITED. */
export async function revertTemplate(
  services: Services,
  viewer: Viewer,
  input: RevertTemplateInput,
): Promise<TemplateReverted | RequestError> {
  const { templateId, targetVersion } = input;
  const access = await authorize(services, viewer, "edit", templateId);
  if (access.kind === "refused") return access;
  const reason = input.reason ?? null;
  const bounds = { unitsMin: 0, unitsMax: services.limits.descriptionUnitsMax };
  const problem = reason === null ? undefined : checkText(reason, bounds, "reason");
  if (problem !== undefined) return problem;
  const unnamed = checkOptionalId(services, input.clientId, "clientId");
  if (unnamed !== undefined) return unnamed;
  const tooMany = await takeOperations(services, access.viewer, 1);
  if (tooMany !== undefined) return tooMany;
  const target = await stateAt(services, access.head, targetVersion);
  if (target === null) {
    return invalidInput(`version ${targetVersion} is out of reach`, "targetVersion");
  }

  const goal = documentOf(target.design);
  const reverted = await submit<Reverted>(services, templateId, {
    historySince: undefined,
    operationIds: [],
    atLeastVersion: access.head.version,
    editor: editorOf(access, input.clientId),
    decide: revertTo(services, access.viewer, input, goal),
  });
  if (reverted.kind === "refused") return reverted;
  const { appended, ...answer } = reverted;
  chargeOperations(services, access.viewer, 1, answer.newVersion - answer.revertedFrom);
  if (appended !== undefined) {
    const { userId } = access.viewer;
    const activity = { kind: "REVERTED", userId, at: services.clock.now() } as const;
    services.bus.publish({ kind: "activity", templateId, activity });
    await leaveSnapshot(services, access.viewer, input, appended);
  }
  return answer;
}

function revertTo(
  services: Services,
  viewer: SignedInViewer,
  { templateId, targetVersion, clientId = null }: RevertTemplateInput,
  goal: Document,
): (context: DecisionContext) => Decision<Reverted> {
  const revertId = services.newId();
  const serverTimestamp = services.clock.now();
  return ({ state }) => {
    const operations = operationsBetween(state.document, goal).map((content, index) => ({
      ...content,
      id: `${revertId}-${index + 1}`,
      timestamp: null,
      requestHash: requestHash(services.sha256, content),
    }));
    const answer = {
      kind: "reverted" as const,
      templateId,
      revertedFrom: state.version,
      revertedTo: targetVersion,
      operationsRolledBack: state.version - targetVersion,
      newVersion: state.version + operations.length,
    };
    if (operations.length === 0) {
      return { kind: "answer", answer: { ...answer, appended: undefined } };
    }
    const authorship = {
      baseVersion: state.version,
      batchId: revertId,
      userId: viewer.userId,
      clientId,
      sessionSequence: null,
      serverTimestamp,
    };
    // The older document was within the limits of its time, so it is not measured against today's.
    const appended = append(state, operations, {
      authorship,
      sha256: services.sha256,
      limits: unbounded,
      ignoresDesignLocks: true,
    });
    if (!appended.ok) throw new Error(`revert does not apply: ${appended.error.failure.message}`);
    return {
      kind: "append",
      appended: appended.value,
      answer: { ...answer, appended: appended.value },
    };
  };
}

async function leaveSnapshot(
  services: Services,
  viewer: SignedInViewer,
  { templateId, reason }: RevertTemplateInput,
  { next }: Appended,
): Promise<void> {
  const design = designOf(next.document);
  await services.templates.addSnapshot({
    id: services.newId(),
    templateId,
    version: next.version,
    kind: "REVERT",
    name: null,
    reason: reason ?? null,
    design,
    designHash: designHash(services.sha256, design),
    createdById: viewer.userId,
    createdAt: services.clock.now(),
  });
}
