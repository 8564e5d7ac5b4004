/** Makes a template at version 1, from a given document or with one empty page, personal or in a team or project. */
import type { Viewer } from "../../domain/access/access.js";
import { type Design, emptyDesign } from "../../domain/document/design.js";
import {
  parseDesignSteps,
  DESIGN_ISSUES_MAX,
  type DesignIssue,
} from "../../domain/document/parseDesign.js";
import { jsonSizeSteps } from "../../domain/document/size.js";
import type { Json } from "../../domain/json.js";
import { initialHashSteps } from "../../domain/history/versionHash.js";
import { unauthenticated } from "../authorize.js";
import { checkDetails } from "./checkDetails.js";
import type { CreateTemplateInput } from "../inputs.js";
import { checkKey, keyedId, type KeyedContent } from "../keyedId.js";
import type { TemplateCreated } from "../outcomes.js";
import { quotaExceeded } from "../quotas/quotaExceeded.js";
import { type RequestError, refused } from "../requestError.js";
import type { Services } from "../services.js";
import { takeCopy } from "../editing/takeOperations.js";
import { placeOf, placeRefusal } from "./placeTemplate.js";

/**
 * Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (a document beyond the limits), and of the place that is
 * asked for NOT_FOUND and FORBIDDEN; RATE_LIMITED and QUOTA_EXCEEDED.
 */
export async function createTemplate(
  services: Services,
  viewer: Viewer,
  input: CreateTemplateInput,
): Promise<TemplateCreated | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const problem = checkDetails(input, services.limits);
  if (problem !== undefined) return problem;
  const unfit = checkKey(services, input.idempotencyKey);
  if (unfit !== undefined) return unfit;
  const idFor = (design: string | null) =>
    keyedId(services, viewer, input.idempotencyKey, ["template", ...contentOf(input), design]);
  if (input.designData == null) {
    const design = emptyDesign(services.newId());
    return storeTemplate(services, idFor(null), viewer.userId, input, design);
  }
  const { pace, sha256 } = services;
  const design = await pace.taken(parseDesignSteps(input.designData, services.limits));
  if (!design.ok) return designRefusal(design.error, "designData");
  const { bytes } = await pace.taken(jsonSizeSteps(design.value as unknown as Json));
  const tooMuch = await takeCopy(services, viewer, bytes);
  if (tooMuch !== undefined) return tooMuch;
  const hash = await pace.taken(initialHashSteps(sha256, design.value));
  return storeTemplate(services, idFor(hash), viewer.userId, input, design.value, hash);
}

function contentOf(input: CreateTemplateInput): KeyedContent {
  const { name, description, category, tags, isPublic, teamId, projectId } = input;
  return [name, description, category, tags, isPublic, teamId, projectId].map((it) => it ?? null);
}

/**
 * Stores a new template whose details and document were checked, unless its author may not put it where they want. Where
 * the id is there, an earlier try of the same request made it.
 */
export async function storeTemplate(
  services: Services,
  templateId: string,
  authorId: string,
  details: Omit<CreateTemplateInput, "designData">,
  design: Design,
  knownHash?: string,
): Promise<TemplateCreated | RequestError> {
  const place = placeOf(details);
  if ("kind" in place) return place;
  if (details.idempotencyKey != null && (await services.head(templateId)) !== undefined) {
    return { kind: "created", templateId };
  }
  const template = {
    templateId,
    authorId,
    name: details.name.trim(),
    description: details.description ?? null,
    category: details.category ?? null,
    tags: details.tags ?? [],
    isPublic: details.isPublic ?? false,
    design,
    versionHash:
      knownHash ?? (await services.pace.taken(initialHashSteps(services.sha256, design))),
    createdAt: services.clock.now(),
  };
  const { templates, team, limits } = services;
  const isPersonal = Object.keys(place).length === 0;
  const made = isPersonal
    ? await templates.create(template, limits)
    : await team.projects.createTemplate(
        template,
        place,
        (at) => placeRefusal(authorId, place, at),
        limits,
      );
  if (made === "stored" || made === "created") return { kind: "created", templateId };
  return made.kind === "quotaFull" ? quotaExceeded(made) : made.reason;
}

/**
 * Why a whole design was refused: names all of its faults, so that they can be corrected or left out at once. The
 * refusal; `field` is where the input holds the design.
 */
export function designRefusal(
  { code, message, path, all }: DesignIssue,
  field: string,
): RequestError {
  const problems = all.map((issue) => ({ path: [field, ...issue.path], message: issue.message }));
  return refused(
    code === "TOO_LARGE" ? "PAYLOAD_TOO_LARGE" : "INVALID_INPUT",
    all.length === 1 ? message : `${message}; ${countOf(all.length)} are invalid, see problems`,
    { path: [field, ...path], problems },
  );
}

function countOf(count: number): string {
  return count < DESIGN_ISSUES_MAX ? `${count} parts` : `${count} parts or more`;
}
