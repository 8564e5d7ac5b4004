/** Makes an account and signs in. */
import { checkText } from "./checkText.js";
import { parseEmailAddress } from "./emailAddress.js";
import type { SignUpInput } from "./inputs.js";
import type { SignedIn } from "./outcomes.js";
import { busyOrThrow } from "./passwordsBusy.js";
import { invalidInput, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/** Refusals: INVALID_INPUT (on path `email` also where it has an account already), RATE_LIMITED. */
export async function signUp(
  services: Services,
  input: SignUpInput,
): Promise<SignedIn | RequestError> {
  const email = parseEmailAddress(input.email);
  if (email === undefined) return invalidInput("email must be an e-mail address", "email");
  const problem = checkName(input.name, services) ?? checkPassword(input.password, services);
  if (problem !== undefined) return problem;

  const userId = services.newId();
  let passwordHash: string;
  try {
    passwordHash = await services.passwords.hash(input.password);
  } catch (error) {
    return busyOrThrow(error);
  }
  const created = await services.users.create({
    id: userId,
    email,
    name: input.name.trim(),
    passwordHash,
    avatarUrl: null,
    createdAt: services.clock.now(),
  });
  if (created.kind === "emailTaken") return invalidInput("email has an account already", "email");
  return { kind: "signedIn", userId, ...(await services.tokens.issue(userId)) };
}

function checkName(name: string, { limits }: Services): RequestError | undefined {
  if (/\p{Cc}/u.test(name)) return invalidInput("name must not contain control characters", "name");
  return checkText(name, { unitsMin: 1, unitsMax: limits.nameUnitsMax }, "name");
}

/** A password is not text to be shown: spaces count, and its length is that of what was typed. */
function checkPassword(password: string, { limits }: Services): RequestError | undefined {
  const { passwordUnitsMin, passwordUnitsMax } = limits;
  if (password.length < passwordUnitsMin || password.length > passwordUnitsMax) {
    return invalidInput(
      `password must have ${passwordUnitsMin} to ${passwordUnitsMax} characters`,
      "password",
    );
  }
  return checkText(password, { unitsMin: 0, unitsMax: passwordUnitsMax }, "password");
}
