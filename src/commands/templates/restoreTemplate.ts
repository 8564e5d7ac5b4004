/** Takes a template out of the bin, with its whole history. */
import type { Viewer } from "../../domain/access/access.js";
import { setDeleted } from "./deleteTemplate.js";
import type { TemplateChanged } from "../outcomes.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** Restoring what is not in the bin changes nothing. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function restoreTemplate(
  services: Services,
  viewer: Viewer,
  input: { readonly templateId: string },
): Promise<TemplateChanged | RequestError> {
  return setDeleted(services, viewer, input.templateId, false);
}
