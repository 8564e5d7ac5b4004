/** Documents as the text in which they travel to the database and back, written and read in steps. */
import type { Design } from "../../domain/document/design.js";
import { readJsonSteps } from "../../domain/document/json/readJson.js";
import { jsonSizeSteps } from "../../domain/document/size.js";
import { jsonTextSteps } from "../../domain/document/json/writeJson.js";
import type { Json } from "../../domain/json.js";
import { finished, type Steps } from "../../domain/steps.js";

/** Takes steps so that others have their turn between them. */
export type TakeSteps = <T>(steps: Steps<T>) => Promise<T>;

/** Takes them one after the other. */
export const takeAtOnce: TakeSteps = async (steps) => finished(steps);

export interface DocumentText {
  readonly text: string;
  /** In UTF-8. */
  readonly bytes: number;
  /** How many values it holds. */
  readonly values: number;
}

export function* documentTextSteps(design: Design): Steps<DocumentText> {
  const text = yield* jsonTextSteps(design);
  return { text, ...(yield* jsonSizeSteps(design as unknown as Json)) };
}

export function designOfTextSteps(text: string): Steps<Design> {
  return readJsonSteps(text) as Steps<Design>;
}
