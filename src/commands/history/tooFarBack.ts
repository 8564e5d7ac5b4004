/** The refusal of an undo or redo whose step others committed too much after: it is there, but cannot be judged. */
import { refused, type RequestError } from "../requestError.js";

/** Nothing is changed, and the step stays on the line. */
export function tooFarBack(direction: "undo" | "redo"): RequestError {
  const message =
    `cannot ${direction} the newest step: after it others committed more than one request may read, or the log was cut. ` +
    "Change by hand what it did, or take it from an earlier version";
  return refused("VERSION_CONFLICT", message, { path: ["templateId"] });
}
