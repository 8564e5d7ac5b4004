/** Leaves out of an imported design the elements that no design can hold, and says which those are. */
import type { Design, DesignElement } from "../domain/document/design.js";
import { parseDesign } from "../domain/document/parseDesign.js";
import { defaultDomainLimits } from "../domain/limits.js";

/** Bad elements that one message names, at most. */
const BAD_NAMED_MAX = 20;

/** An element that cannot be imported: its place in the file and why. */
export interface BadElement {
  readonly place: string;
  readonly message: string;
}

export interface FittingDesign {
  readonly design: Design;
  readonly leftOut: readonly BadElement[];
}

/** Where in the file each element stands. */
export type Places = Map<DesignElement, string>;

/** The design without its bad elements; what was in one of them stays, in no group. Throws where anything else is bad. */
export function withoutBad(design: Design, places: Places): FittingDesign {
  const problems = problemsIn(design);
  if (problems.size === 0) return { design, leftOut: [] };
  const leftOut = [...problems].map(([element, message]) => {
    return { place: places.get(element) ?? element.id, message };
  });
  const pages = design.pages.map((page) => {
    const elements = page.elements.filter((element) => !problems.has(element));
    const ids = new Set(elements.map(({ id }) => id));
    return { ...page, elements: elements.map((element) => grouped(element, ids, places)) };
  });
  // A check of the whole stops at the first problem of an element, and groups are checked only where all is well.
  const rest = withoutBad({ ...design, pages }, places);
  return { design: rest.design, leftOut: [...leftOut, ...rest.leftOut] };
}

/** The bad elements in lines, the first of them by name. */
export function namesOf(bad: readonly BadElement[]): string {
  const lines = bad.slice(0, BAD_NAMED_MAX).map(({ place, message }) => `  ${place}: ${message}`);
  const more = bad.length - lines.length;
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}

function problemsIn(design: Design): ReadonlyMap<DesignElement, string> {
  const problems = new Map<DesignElement, string>();
  const parsed = parseDesign(design, defaultDomainLimits, Infinity);
  if (parsed.ok) return problems;
  for (const { path, message } of parsed.error.all) {
    const [, page, list, index] = path;
    const element = design.pages[Number(page)]?.elements[Number(index)];
    if (list !== "elements" || element === undefined) {
      throw new Error(`not a design that can be imported: ${path.join(".")} ${message}`);
    }
    problems.set(element, [...path.slice(4), message].join(" "));
  }
  return problems;
}

/** The element, in no group where its group is not among the ids. */
function grouped(element: DesignElement, ids: ReadonlySet<string>, places: Places): DesignElement {
  const { parentId } = element;
  if (typeof parentId !== "string" || ids.has(parentId)) return element;
  const { parentId: _, ...properties } = element;
  const ungrouped = properties as DesignElement;
  places.set(ungrouped, places.get(element) ?? element.id);
  return ungrouped;
}
