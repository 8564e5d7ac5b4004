/** Erases the viewer's account. */
import type { Viewer } from "../../domain/access/access.js";
import { eraseAccount } from "./accountWork.js";
import { lastAdministrator } from "./administerAccounts.js";
import { unauthenticated } from "../authorize.js";
import { checkOwnPassword, isRefusal } from "../credentials/checkPassword.js";
import type { AccountDeleted } from "../outcomes.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";

export interface DeleteAccountInput {
  /** Absent where the account has none. */
  readonly password?: string | null;
}

/**
 * The account goes with all that proves who its person was; what they did stays in the history, without a name. Their
 * templates stay without an author. Refusals: UNAUTHENTICATED, FORBIDDEN (the last administrator), INVALID_INPUT (on path
 * `password`), RATE_LIMITED.
 */
export async function deleteAccount(
  services: Services,
  viewer: Viewer,
  input: DeleteAccountInput,
  origin: RequestOrigin,
): Promise<AccountDeleted | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const user = await services.users.findById(viewer.userId);
  if (user === undefined) return unauthenticated();
  if (user.passwordHash !== null) {
    const checked = await checkOwnPassword(services, origin, user, input.password ?? "");
    if (checked === undefined) {
      return invalidInput("password is not the account's password", "password");
    }
    if (isRefusal(checked)) return checked;
    // A write of the same password: whoever sets another comes before it, and is not erased, or finds their token over.
    const { passwordHash } = checked;
    const isHeld =
      passwordHash !== null &&
      (await services.users.changePassword(user.id, passwordHash, passwordHash));
    if (!isHeld) return unauthenticated();
  }
  const outcome = await eraseAccount(services, user.id);
  if (outcome === "lastAdministrator") return { ...lastAdministrator(), path: [] };
  return { kind: "accountDeleted", userId: user.id };
}
