/** Deletes a named snapshot: one's own, or with ADMIN on the template anybody's. The history stays. */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import { authorize } from "../authorize.js";
import type { DeleteSnapshotInput } from "../inputs.js";
import type { SnapshotDeleted } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (older versions are read from it). */
export async function deleteSnapshot(
  services: Services,
  viewer: Viewer,
  { templateId, snapshotId }: DeleteSnapshotInput,
): Promise<SnapshotDeleted | RequestError> {
  const access = await authorize(services, viewer, "describe", templateId);
  if (access.kind === "refused") return access;
  const { userId } = access.viewer;
  const ofAnybody = decideAccess(access.viewer, "govern", access.head).allowed;
  const deletion = await services.templates.deleteSnapshot(
    templateId,
    snapshotId,
    ofAnybody ? null : userId,
  );
  switch (deletion) {
    case "deleted":
      return { kind: "snapshotDeleted", templateId, snapshotId };
    case "gone": {
      const message = "the template has no named snapshot with this id";
      return refused("NOT_FOUND", message, { path: ["snapshotId"] });
    }
    case "notOwn": {
      const message =
        "another user made this snapshot; only that user or an administrator of the template may delete it";
      return refused("FORBIDDEN", message, { path: ["snapshotId"] });
    }
    case "needed": {
      const message =
        "the log was pruned through this version, and older versions depend on this snapshot; it cannot be deleted";
      return invalidInput(message, "snapshotId");
    }
  }
}
