/** Puts a template into the bin: nobody reads or edits it there, and who administers it can take it out again. */
import type { Viewer } from "../../domain/access/access.js";
import { authorize } from "../authorize.js";
import type { TemplateChanged } from "../outcomes.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** Deleting what is in the bin already changes nothing. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function deleteTemplate(
  services: Services,
  viewer: Viewer,
  input: { readonly templateId: string },
): Promise<TemplateChanged | RequestError> {
  return setDeleted(services, viewer, input.templateId, true);
}

/** Both ways through the bin; subscribers are told. */
export async function setDeleted(
  services: Services,
  viewer: Viewer,
  templateId: string,
  deleted: boolean,
): Promise<TemplateChanged | RequestError> {
  const access = await authorize(services, viewer, "delete", templateId);
  if (access.kind === "refused") return access;
  if (access.head.deleted !== deleted) {
    await services.templates.setDeleted(templateId, deleted ? services.clock.now() : null);
    services.bus.publish({ kind: "accessChanged", templateId });
  }
  return { kind: "changed", templateId };
}
