/**
 * A template's own rules for writes that collide: per element type and property, who wins. They hold under MERGE,
 * which leaves open what happens to two writes of one property and to a change of what is deleted; the other policies say
 * it themselves.
 */
import { z } from "zod";
import { deletionWins, lastWriterWins, type Judge, type JudgeTraits } from "./verdict.js";

/** Rules of one template, at most. */
const RULES_MAX = 100;

/** The elements or properties that a rule is about: one by name, or all. */
const pattern = z.string().min(1).max(128);

const mergeRule = z.strictObject({
  /** An element's type, or `*` for everything: other elements, pages, the canvas, layers and clips, too. */
  elementType: pattern,
  /** A property's name, or `*` for every property, and for deletions. */
  property: pattern,
  policy: z.enum(["REJECT", "LAST_WRITER", "CLIENT", "SERVER"]),
});

/** REJECT reports the conflict, as where no rule fits. */
export type MergeRule = Readonly<z.infer<typeof mergeRule>>;

export const mergeRulesSchema = z.array(mergeRule).max(RULES_MAX);

/**
 * MERGE under the rules. Of those that fit the most specific decides: one that names both element type and property before
 * one that names the element type, before one that names the property, before one that names neither; of equal ones the
 * first. Between a deletion and a change of what is deleted decide rules for every property.
 */
export function ruledMerge(rules: readonly MergeRule[], clockSkewMsMax: number): Judge {
  const laterWins = lastWriterWins(clockSkewMsMax);
  const sorted = rules.toSorted((a, b) => generality(a) - generality(b));
  const namesTypes = rules.some(({ elementType }) => elementType !== "*");
  const judge: Judge = (collision, property, incoming, committed, typeOf) => {
    const isDeletion = collision.kind === "DELETED_TARGET";
    if (!isDeletion && (collision.kind !== "CONCURRENT_EDIT" || property === undefined)) {
      return "conflict";
    }
    const type = namesTypes ? typeOf(collision.path) : undefined;
    const rule = sorted.find(
      (candidate) =>
        (candidate.elementType === "*" || candidate.elementType === type) &&
        (candidate.property === "*" || candidate.property === property),
    );
    switch (rule?.policy) {
      case undefined:
      case "REJECT":
        return "conflict";
      case "LAST_WRITER":
        return laterWins(collision, property, incoming, committed, typeOf);
      case "CLIENT":
        return isDeletion && deletionWins(collision, committed) === "server"
          ? "conflict" // A merge brings nothing back.
          : "client";
      case "SERVER":
        return "server";
    }
  };
  const traits: JudgeTraits = {
    decidesDeletions: () => true,
    ...(laterWins.outlasts && { outlasts: laterWins.outlasts }),
    decider: "RULE",
  };
  return Object.assign(judge, traits);
}

/** The smaller, the more specific. */
function generality({ elementType, property }: MergeRule): number {
  return (elementType === "*" ? 2 : 0) + (property === "*" ? 1 : 0);
}
