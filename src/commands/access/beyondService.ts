/** The refusal to give something to a service account that does not reach it, or to leave it with one. */
import { invalidInput, type RequestError } from "../requestError.js";

/** A service account reaches what is its team's, whatever else it was granted (SPEC AUTH-62). */
export function beyondService(what: "project" | "template", path = "userId"): RequestError {
  const message = `a service account has access to its own team only: transfer the ${what} to a person, or move it into the team of the service account first`;
  return invalidInput(message, path);
}
