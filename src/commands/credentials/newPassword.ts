/** A password that somebody chooses. */
import { checkText } from "../checkText.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { RequestLimits } from "../services.js";

/**
 * Why it is refused, or undefined; `field` is its place in the input. A password is not text to be shown: spaces count,
 * and its length is that of what was typed.
 */
export function checkNewPassword(
  password: string,
  field: string,
  { passwordUnitsMin, passwordUnitsMax }: RequestLimits,
): RequestError | undefined {
  if (password.length < passwordUnitsMin || password.length > passwordUnitsMax) {
    const lengths = `${passwordUnitsMin} to ${passwordUnitsMax} characters`;
    return invalidInput(`${field} must have ${lengths}`, field);
  }
  return checkText(password, { unitsMin: 0, unitsMax: passwordUnitsMax }, field);
}
