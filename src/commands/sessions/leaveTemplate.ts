/** Ends a session at once, without its grace period. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import type { TemplateLeft } from "../outcomes.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { reaches } from "../presence/updatePresence.js";

/** A session that is over already, and one of somebody else, are left as they are. Refusals: UNAUTHENTICATED. */
export async function leaveTemplate(
  services: Services,
  viewer: Viewer,
  { sessionToken }: { readonly sessionToken: string },
): Promise<TemplateLeft | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const { sessions } = services;
  const session = await sessions.find(sessionToken, viewer);
  const isTheirs = session !== undefined && (await reaches(services, viewer, session));
  const ended = isTheirs && (await sessions.leave(session));
  return { kind: "left", ended, ...(isTheirs && { templateId: session.templateId }) };
}
