/** Changes how others see the viewer: name and picture. */
import type { Viewer } from "../../domain/access/access.js";
import type { ProfileChange } from "../../storage/accounts/userStore.js";
import { unauthenticated } from "../authorize.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { AccountChanged } from "./accountOutcomes.js";
import { checkPersonName } from "./accountWork.js";

/** What is absent stays. */
export interface UpdateProfileInput {
  readonly name?: string | null;
  /** Null removes the picture. */
  readonly avatarUrl?: string | null;
}

/** Refusals: UNAUTHENTICATED, INVALID_INPUT. */
export async function updateProfile(
  services: Services,
  viewer: Viewer,
  { name, avatarUrl }: UpdateProfileInput,
): Promise<AccountChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  if (name === null) return invalidInput("name must not be null", "name");
  const problem = name === undefined ? undefined : checkPersonName(name, services);
  if (problem !== undefined) return problem;
  const picture = avatarUrl == null ? avatarUrl : parseAvatarUrl(avatarUrl, services);
  if (picture !== null && typeof picture === "object") return picture;
  const change: ProfileChange = {
    ...(name !== undefined && { name: name.trim() }),
    ...(picture !== undefined && { avatarUrl: picture }),
  };
  const { userId } = viewer;
  const isThere = await services.users.changeProfile(userId, change);
  return isThere ? { kind: "accountChanged", userId } : unauthenticated();
}

/** The address in normal form, or why it is refused: browsers of others load what is there. */
function parseAvatarUrl(text: string, { limits }: Services): string | RequestError {
  const expected = `avatarUrl must be an https address of at most ${limits.avatarUrlUnitsMax} characters, without user name and password`;
  if (text.length > limits.avatarUrlUnitsMax || /[\p{Cc}\s]/u.test(text) || !URL.canParse(text)) {
    return invalidInput(expected, "avatarUrl");
  }
  const { href, protocol, username, password } = new URL(text);
  const isFit = protocol === "https:" && username === "" && password === "";
  return isFit && href.length <= limits.avatarUrlUnitsMax
    ? href
    : invalidInput(expected, "avatarUrl");
}
