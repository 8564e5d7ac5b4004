/**
 * A template's own rules for writes that collide: per element type and property, who wins. They hold under MERGE,
 * which leaves open what happens to two writes of one property; the other policies say it themselves.
 */
import { z } from "zod";
import type { Document } from "../document/document.js";
import { segmentsOf, type NodePath } from "./footprint.js";
import { lastWriterWins, type Judge } from "./verdict.js";

/** Rules of one template, at most. */
const RULES_MAX = 100;

/** The elements or properties that a rule is about: one by name, or all. */
const pattern = z.string().min(1).max(128);

const mergeRule = z.strictObject({
  /** An element's type, or `*` for everything: other elements, pages, the canvas, layers and clips, too. */
  elementType: pattern,
  /** A property's name, or `*`. */
  property: pattern,
  policy: z.enum(["REJECT", "LAST_WRITER", "CLIENT", "SERVER"]),
});

/** The first rule that fits decides. REJECT reports the conflict, as where no rule fits. */
export type MergeRule = Readonly<z.infer<typeof mergeRule>>;

export const mergeRulesSchema = z.array(mergeRule).max(RULES_MAX);

/** MERGE under the rules. `document` tells the types of elements. */
export function ruledMerge(
  rules: readonly MergeRule[],
  document: Document,
  clockSkewMsMax: number,
): Judge {
  const laterWins = lastWriterWins(clockSkewMsMax);
  return (collision, property, incoming, committed) => {
    if (collision.kind !== "CONCURRENT_EDIT" || property === undefined) return "conflict";
    const type = elementTypeAt(document, collision.path);
    const rule = rules.find(
      (candidate) => fits(candidate.elementType, type) && fits(candidate.property, property),
    );
    switch (rule?.policy) {
      case undefined:
      case "REJECT":
        return "conflict";
      case "LAST_WRITER":
        return laterWins(collision, property, incoming, committed);
      case "CLIENT":
        return "client";
      case "SERVER":
        return "server";
    }
  };
}

function fits(pattern: string, name: string | undefined): boolean {
  return pattern === "*" || pattern === name;
}

function elementTypeAt(document: Document, path: NodePath): string | undefined {
  const [collection, pageId, , elementId] = segmentsOf(path);
  if (collection !== "pages" || pageId === undefined || elementId === undefined) return undefined;
  return document.pages.items.get(pageId)?.elements.items.get(elementId)?.type;
}
