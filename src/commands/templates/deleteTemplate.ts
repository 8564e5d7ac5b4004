/** Puts a template into the bin and takes it out again. In the bin it can be neither read nor edited. */
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
async function setDeleted(
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

/**
 * Takes a template out of the bin, with its whole history. Restoring what is not in the bin changes nothing. Refusals:
 * UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.
 */
export async function restoreTemplate(
  services: Services,
  viewer: Viewer,
  input: { readonly templateId: string },
): Promise<TemplateChanged | RequestError> {
  return setDeleted(services, viewer, input.templateId, false);
}
