/**
 * An element's text: a plain string while no character has attributes, else a list of inserts. A text has exactly
 * one normal form, so that any two ways to arrive at it leave the same document.
 */
import { jsonEqual } from "../jsonEqual.js";
import type { Json, JsonObject } from "../json.js";

/** A run of characters with the same attributes; absent where they have none. */
export interface TextInsert extends JsonObject {
  readonly insert: string;
}

export type Text = string | readonly TextInsert[];

/** The text as inserts: none for the empty text. An absent text is empty. */
export function insertsOf(text: Json | undefined): readonly TextInsert[] {
  if (typeof text === "string") return text === "" ? [] : [{ insert: text }];
  return Array.isArray(text) ? (text as readonly TextInsert[]) : [];
}

/**
 * The normal form: neighbours with equal attributes are one insert, no insert is empty, attributes that are null
 * or none are left out, and a text without any attributes is a string. A text in normal form comes back as it is.
 */
export function normalText(text: Text): Text {
  if (typeof text === "string" || isNormal(text)) return text;
  const runs: TextInsert[] = [];
  for (const run of text) {
    if (run.insert === "") continue;
    const attributes = attributesOf(run);
    const last = runs.at(-1);
    if (last !== undefined && jsonEqual(last["attributes"], attributes)) {
      runs[runs.length - 1] = { ...last, insert: last.insert + run.insert };
    } else {
      runs.push(
        attributes === undefined ? { insert: run.insert } : { insert: run.insert, attributes },
      );
    }
  }
  if (runs.length === 0) return "";
  return runs.length === 1 && runs[0]!["attributes"] === undefined ? runs[0]!.insert : runs;
}

/** The characters without their attributes. */
export function plainText(text: Json | undefined): string {
  if (typeof text === "string") return text;
  let plain = "";
  for (const run of insertsOf(text)) plain += run.insert;
  return plain;
}

/** The run's attributes that are set, undefined where none are. */
export function attributesOf(run: TextInsert): JsonObject | undefined {
  const attributes = run["attributes"] as JsonObject | undefined;
  if (attributes === undefined) return undefined;
  const entries = Object.entries(attributes);
  const set = entries.filter(([, value]) => value !== null);
  if (set.length === 0) return undefined;
  return set.length === entries.length ? attributes : Object.fromEntries(set);
}

function isNormal(runs: readonly TextInsert[]): boolean {
  if (runs.length === 0) return false;
  if (runs.length === 1 && runs[0]!["attributes"] === undefined) return false;
  return runs.every((run, index) => {
    if (run.insert === "" || attributesOf(run) !== run["attributes"]) return false;
    return index === 0 || !jsonEqual(runs[index - 1]!["attributes"], run["attributes"]);
  });
}
