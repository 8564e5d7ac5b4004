/** Sets a template's own rules for writes that collide; only who governs it may, since they decide over others' work. */
import type { Viewer } from "../../domain/access/access.js";
import { mergeRulesSchema } from "../../domain/merge/judging/mergeRules.js";
import { authorize } from "../authorize.js";
import type { UpdateMergeRulesInput } from "../inputs.js";
import type { MergeRulesUpdated } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/**
 * Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, VERSION_CONFLICT (the rules were changed since the
 * version named).
 */
export async function updateMergeRules(
  services: Services,
  viewer: Viewer,
  { templateId, expectedVersion, rules }: UpdateMergeRulesInput,
): Promise<MergeRulesUpdated | RequestError> {
  const access = await authorize(services, viewer, "govern", templateId);
  if (access.kind === "refused") return access;
  const parsed = mergeRulesSchema.safeParse(rules);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String) ?? [];
    return invalidInput(issue?.message ?? "the rules are not valid", "rules", ...path);
  }
  const names = parsed.data.flatMap(({ elementType, property }) => [elementType, property]);
  if (names.some((name) => name.includes("\0") || !name.isWellFormed())) {
    return invalidInput("rules must be valid Unicode text without NUL", "rules");
  }
  const updated = await services.templates.updateMergeRules(
    templateId,
    parsed.data,
    expectedVersion,
  );
  if (updated) return { kind: "mergeRulesUpdated", templateId, version: expectedVersion + 1 };
  return refused("VERSION_CONFLICT", "the rules were changed since; read them again", {
    path: ["expectedVersion"],
  });
}
