/** Keeps the current document under a name, unless its version has a named snapshot already: then that one is the answer. */
import type { Viewer } from "../../domain/access/access.js";
import { MANUAL_REASON } from "../../domain/history/snapshotReason.js";
import { designOf } from "../../domain/document/toDesign.js";
import { hashOfDesign } from "../../live/designHashes.js";
import { authorize } from "../authorize.js";
import { checkText } from "../checkText.js";
import type { CreateSnapshotInput } from "../inputs.js";
import { checkKey, keyedId } from "../keyedId.js";
import type { SnapshotCreated } from "../outcomes.js";
import { quotaExceeded } from "../quotas/quotaExceeded.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { takeCopy } from "../editing/takeOperations.js";

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, RATE_LIMITED, QUOTA_EXCEEDED. */
export async function createSnapshot(
  services: Services,
  viewer: Viewer,
  input: CreateSnapshotInput,
): Promise<SnapshotCreated | RequestError> {
  const { templateId, name, reason } = input;
  const access = await authorize(services, viewer, "describe", templateId);
  if (access.kind === "refused") return access;
  const { nameUnitsMax, descriptionUnitsMax } = services.limits;
  const problem =
    checkText(name, { unitsMin: 1, unitsMax: nameUnitsMax }, "name") ??
    (reason != null
      ? checkText(reason, { unitsMin: 0, unitsMax: descriptionUnitsMax }, "reason")
      : undefined);
  if (problem !== undefined) return problem;
  const unfit = checkKey(services, input.idempotencyKey);
  if (unfit !== undefined) return unfit;

  const { version, document } = await services.live.read(templateId, access.head.version);
  const tooMuch = await takeCopy(services, access.viewer, document.bytes);
  if (tooMuch !== undefined) return tooMuch;
  const design = designOf(document);
  const content = ["snapshot", templateId, name, reason ?? null];
  const id = keyedId(services, access.viewer, input.idempotencyKey, content);
  const snapshot = {
    id,
    templateId,
    version,
    kind: "MANUAL" as const,
    name: name.trim(),
    reason: reason ?? MANUAL_REASON,
    design,
    designHash: await hashOfDesign(services, design),
    createdById: access.viewer.userId,
    createdAt: services.clock.now(),
    isKeyed: input.idempotencyKey != null,
  };
  const stored = await services.templates.addSnapshot(snapshot, services.limits);
  if (stored.kind !== "stored") return quotaExceeded(stored);
  const created = stored.id === id;
  return { kind: "snapshotCreated", snapshotId: stored.id, snapshotKind: "MANUAL", created };
}
