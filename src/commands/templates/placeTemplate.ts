/** Where a template belongs and to whom: into a team or project or out of it, and to another author. */
import type { Viewer } from "../../domain/access/access.js";
import type { TemplateChanged } from "../outcomes.js";
import { quotaExceeded } from "../quotas/quotaExceeded.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { asAuthorized } from "../access/asAuthorized.js";
import { placeOf, placeRefusal, type PlaceInput } from "./placeOf.js";
import { tellAccess } from "../access/tellAccess.js";

export interface MoveTemplateInput extends PlaceInput {
  readonly templateId: string;
}

export interface TransferTemplateInput {
  readonly templateId: string;
  readonly userId: string;
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, QUOTA_EXCEEDED (of the team). */
export async function moveTemplate(
  services: Services,
  viewer: Viewer,
  { templateId, ...input }: MoveTemplateInput,
): Promise<TemplateChanged | RequestError> {
  const place = placeOf(input);
  if ("kind" in place) return place;
  return asAuthorized(services, viewer, "share", templateId, async (head, { userId }) => {
    const { accessRevision } = head;
    const placed = await services.team.projects.place(
      { templateId, accessRevision },
      place,
      userId,
      (at) => placeRefusal(userId, place, at),
      services.limits,
    );
    if (placed === "moved") return placed;
    if (placed !== "placed") {
      return placed.kind === "quotaFull" ? quotaExceeded(placed) : placed.reason;
    }
    return changed(services, templateId);
  });
}

/**
 * Gives the template to somebody who may see it otherwise than as everybody; who had it keeps ADMIN on it. Refusals:
 * UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, QUOTA_EXCEEDED (theirs).
 */
export async function transferTemplate(
  services: Services,
  viewer: Viewer,
  { templateId, userId }: TransferTemplateInput,
): Promise<TemplateChanged | RequestError> {
  return asAuthorized(services, viewer, "transfer", templateId, async (head) => {
    if (head.authorId === userId) return { kind: "changed", templateId } as const;
    const { grant } = await services.access.knownGrant(userId, head);
    if (grant.role === null) return nobodyOfIt();
    const { accessRevision } = head;
    const given = await services.team.projects.give(
      { templateId, accessRevision },
      userId,
      services.limits,
    );
    if (given === "moved") return given;
    if (typeof given === "object") return quotaExceeded(given);
    return given === "given" ? changed(services, templateId) : nobodyOfIt();
  });
}

function changed(services: Services, templateId: string): TemplateChanged {
  tellAccess(services, [templateId]);
  return { kind: "changed", templateId };
}

/** The same for who has no account and who was not granted anything. */
function nobodyOfIt(): RequestError {
  return refused("NOT_FOUND", "nobody who was granted the template has this id", {
    path: ["userId"],
  });
}
