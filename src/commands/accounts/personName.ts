/** The name of a person, as others see it. */
import { checkText } from "../checkText.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** Why it is refused, or undefined. */
export function checkPersonName(
  name: string,
  { limits }: Pick<Services, "limits">,
): RequestError | undefined {
  if (/\p{Cc}/u.test(name)) return invalidInput("name must not contain control characters", "name");
  return checkText(name, { unitsMin: 1, unitsMax: limits.nameUnitsMax }, "name");
}
