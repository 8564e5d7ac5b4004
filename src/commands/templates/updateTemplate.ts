/** Changes a template's name, description, category, tags or visibility; its document and version stay. */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import { authorize } from "../authorize.js";
import { checkDetails } from "./checkDetails.js";
import { noGuests } from "../guests/openAsGuest.js";
import type { UpdateTemplateInput } from "../inputs.js";
import type { TemplateChanged } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT. */
export async function updateTemplate(
  services: Services,
  viewer: Viewer,
  input: UpdateTemplateInput,
): Promise<TemplateChanged | RequestError> {
  const { templateId } = input;
  const access = await authorize(services, viewer, "describe", templateId);
  if (access.kind === "refused") return access;
  for (const field of ["name", "tags", "isPublic", "openToGuests"] as const) {
    if (input[field] === null) return invalidInput(`${field} must not be null`, field);
  }
  const problem = checkDetails(input, services.limits);
  if (problem !== undefined) return problem;

  const { name, description, category, tags, isPublic, openToGuests } = input;
  const isShared = isPublic != null && isPublic !== access.head.isPublic;
  if ((isShared || openToGuests != null) && !decideAccess(viewer, "share", access.head).allowed) {
    const message = "only administrators of the template may change who can see it";
    return refused("FORBIDDEN", message, { path: [isShared ? "isPublic" : "openToGuests"] });
  }
  if (openToGuests && !services.guests.settings.guests) return noGuests(["openToGuests"]);
  const at = services.clock.now();
  await services.templates.updateDetails(
    templateId,
    {
      ...(name != null && { name: name.trim() }),
      ...(description !== undefined && { description }),
      ...(category !== undefined && { category }),
      ...(tags != null && { tags }),
      ...(isPublic != null && { isPublic }),
      ...(openToGuests != null && { openToGuests }),
    },
    at,
  );
  if (name != null) {
    const activity = { kind: "RENAMED", userId: access.viewer.userId, at } as const;
    services.bus.publish({ kind: "activity", templateId, activity });
  }
  if (isShared || openToGuests != null) {
    services.bus.publish({ kind: "accessChanged", templateId });
  }
  return { kind: "changed", templateId };
}
