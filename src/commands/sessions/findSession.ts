/** The session that a request names by its token. */
import type { Session } from "../../sessions/sessions.js";
import type { SignedInViewer } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

/** Refused with NOT_FOUND where the viewer has no such session on the template, or no longer. */
export async function findSession(
  { sessions }: Services,
  viewer: SignedInViewer,
  { templateId, sessionToken }: { readonly templateId: string; readonly sessionToken: string },
): Promise<{ readonly kind: "session"; readonly found: Session } | RequestError> {
  const found = await sessions.find(sessionToken, viewer);
  if (found?.templateId === templateId) return { kind: "session", found };
  return refused("NOT_FOUND", "there is no such session on this template: join it first", {
    path: ["sessionToken"],
  });
}
