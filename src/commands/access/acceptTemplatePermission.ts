/** Takes what was granted to an e-mail address, for who has the token that was sent there. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import type { TemplateChanged } from "../outcomes.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { linkTokenHash } from "./linkTokens.js";
import { tellAccess } from "./tellAccess.js";

/** Accepting again answers the same. Refusals: UNAUTHENTICATED, NOT_FOUND. */
export async function acceptTemplatePermission(
  services: Services,
  viewer: Viewer,
  { token }: { readonly token: string },
): Promise<TemplateChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const tokenHash = linkTokenHash("permission", token);
  const accepted =
    tokenHash === undefined
      ? undefined
      : await services.permissions.accept(tokenHash, viewer.userId, services.clock.now());
  if (accepted === undefined) {
    return refused("NOT_FOUND", "there is no such permission for you", { path: ["token"] });
  }
  if (accepted.isNews) tellAccess(services, [accepted.templateId]);
  return { kind: "changed", templateId: accepted.templateId };
}
