/** Copies a template's current document into a new one of the viewer's own, where they want it; the history starts anew. */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import { designOf } from "../../domain/document/toDesign.js";
import { authorize, templateNotFound, type SignedInViewer } from "../authorize.js";
import { checkDetails } from "./checkDetails.js";
import { storeTemplate } from "./createTemplate.js";
import type { DuplicateTemplateInput } from "../inputs.js";
import { checkKey, keyedId } from "../keyedId.js";
import type { TemplateCreated } from "../outcomes.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { takeCopy } from "../editing/takeOperations.js";

/**
 * The copy is private. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, RATE_LIMITED, QUOTA_EXCEEDED, and of the place
 * also FORBIDDEN.
 */
export async function duplicateTemplate(
  services: Services,
  viewer: Viewer,
  input: DuplicateTemplateInput,
): Promise<TemplateCreated | RequestError> {
  const copy = await earlierCopy(services, viewer, input);
  if (copy !== undefined) return copy;
  const access = await authorize(services, viewer, "duplicate", input.templateId);
  if (access.kind === "refused") return access;
  const problem = checkDetails(input, services.limits);
  if (problem !== undefined) return problem;
  const { idempotencyKey = null } = input;
  const unfit = checkKey(services, idempotencyKey);
  if (unfit !== undefined) return unfit;

  const details = await services.templates.readDetails(input.templateId);
  if (details === undefined) return templateNotFound();
  const { document } = await services.live.read(input.templateId, access.head.version);
  const tooMuch = await takeCopy(services, access.viewer, document.bytes);
  if (tooMuch !== undefined) return tooMuch;
  const { teamId = null, projectId = null } = input;
  const name = input.name ?? `Copy of ${details.name}`.slice(0, services.limits.nameUnitsMax);
  return storeTemplate(
    services,
    copyId(services, access.viewer, input),
    access.viewer.userId,
    { ...details, teamId, projectId, name: name.toWellFormed(), isPublic: false, idempotencyKey },
    designOf(document),
  );
}

/** What an earlier try of the request made: it is there also where the source is not, or no longer for the viewer. */
async function earlierCopy(
  services: Services,
  viewer: Viewer,
  input: DuplicateTemplateInput,
): Promise<TemplateCreated | undefined> {
  const { idempotencyKey = null } = input;
  if (viewer.kind !== "user" || idempotencyKey === null) return undefined;
  if (checkKey(services, idempotencyKey) !== undefined) return undefined;
  const templateId = copyId(services, viewer, input);
  const access = await services.access.look(viewer, templateId);
  const isThere = access !== undefined && decideAccess(viewer, "view", access).allowed;
  return isThere ? { kind: "created", templateId } : undefined;
}

function copyId(
  services: Services,
  viewer: SignedInViewer,
  { templateId, name, teamId, projectId, idempotencyKey }: DuplicateTemplateInput,
): string {
  const content = ["copy", templateId, name ?? null, teamId ?? null, projectId ?? null];
  return keyedId(services, viewer, idempotencyKey, content);
}
