/** Checks of what describes a template: name, description, category and tags. */
import { checkText } from "../checkText.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { RequestLimits } from "../services.js";

interface Details {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly category?: string | null;
  readonly tags?: readonly string[] | null;
}

/** Why the details are refused, or undefined. What is absent or null is not looked at. */
export function checkDetails(details: Details, limits: RequestLimits): RequestError | undefined {
  const name = { unitsMin: 1, unitsMax: limits.nameUnitsMax };
  const free = { unitsMin: 0, unitsMax: limits.descriptionUnitsMax };
  return (
    (details.name != null ? checkText(details.name, name, "name") : undefined) ??
    (details.description != null
      ? checkText(details.description, free, "description")
      : undefined) ??
    (details.category != null ? checkText(details.category, name, "category") : undefined) ??
    (details.tags != null ? checkTags(details.tags, limits) : undefined)
  );
}

function checkTags(tags: readonly string[], limits: RequestLimits): RequestError | undefined {
  if (tags.length > limits.tagsMax) {
    return invalidInput(`at most ${limits.tagsMax} tags are allowed`, "tags");
  }
  const bounds = { unitsMin: 1, unitsMax: limits.nameUnitsMax };
  for (const [index, tag] of tags.entries()) {
    const problem = checkText(tag, bounds, "tags", String(index));
    if (problem !== undefined) return problem;
  }
  return undefined;
}
