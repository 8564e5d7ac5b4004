/** Makes a template at version 1, from a given document or with one empty page. */
import type { Viewer } from "../domain/access/access.js";
import type { Design } from "../domain/document/design.js";
import { emptyDesign } from "../domain/document/empty.js";
import { parseDesign } from "../domain/document/parseDesign.js";
import { initialHash } from "../domain/history/versionHash.js";
import { unauthenticated } from "./authorize.js";
import { checkDetails } from "./checkDetails.js";
import type { CreateTemplateInput } from "./inputs.js";
import type { TemplateCreated } from "./outcomes.js";
import { refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/** Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (a document beyond the limits). */
export async function createTemplate(
  services: Services,
  viewer: Viewer,
  input: CreateTemplateInput,
): Promise<TemplateCreated | RequestError> {
  if (viewer.kind === "anonymous") return unauthenticated();
  const problem = checkDetails(input, services.limits);
  if (problem !== undefined) return problem;
  if (input.designData == null) {
    return storeTemplate(services, viewer.userId, input, emptyDesign(services.newId()));
  }
  const design = parseDesign(input.designData, services.limits);
  if (!design.ok) {
    const { code, message, path } = design.error;
    return refused(code === "TOO_LARGE" ? "PAYLOAD_TOO_LARGE" : "INVALID_INPUT", message, {
      path: ["designData", ...path],
    });
  }
  return storeTemplate(services, viewer.userId, input, design.value);
}

/** Stores a new template whose details and document were checked. */
export async function storeTemplate(
  services: Services,
  authorId: string,
  details: Omit<CreateTemplateInput, "designData">,
  design: Design,
): Promise<TemplateCreated> {
  const templateId = services.newId();
  await services.templates.create({
    templateId,
    authorId,
    name: details.name.trim(),
    description: details.description ?? null,
    category: details.category ?? null,
    tags: details.tags ?? [],
    isPublic: details.isPublic ?? false,
    design,
    versionHash: initialHash(services.sha256, design),
    createdAt: services.clock.now(),
  });
  return { kind: "created", templateId };
}
