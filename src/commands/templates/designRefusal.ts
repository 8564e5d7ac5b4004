/** Why a whole design was not accepted: all of its parts that are wrong, so that they can be mended or left out at once. */
import { DESIGN_ISSUES_MAX, type DesignIssue } from "../../domain/document/parseDesign.js";
import { refused, type RequestError } from "../requestError.js";

/** The refusal; `field` is where the input holds the design. */
export function designRefusal(
  { code, message, path, all }: DesignIssue,
  field: string,
): RequestError {
  const problems = all.map((issue) => ({ path: [field, ...issue.path], message: issue.message }));
  return refused(
    code === "TOO_LARGE" ? "PAYLOAD_TOO_LARGE" : "INVALID_INPUT",
    all.length === 1 ? message : `${message}; ${countOf(all.length)} are wrong, see problems`,
    { path: [field, ...path], problems },
  );
}

function countOf(count: number): string {
  return count < DESIGN_ISSUES_MAX ? `${count} parts` : `${count} parts or more`;
}
