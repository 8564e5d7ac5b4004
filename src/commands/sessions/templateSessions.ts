/** Sessions on a template: opens, finds and ends them. */
import { checkId } from "../../domain/document/validation.js";
import type { Viewer } from "../../domain/access/access.js";
import { authorize, unauthenticated, type SignedInViewer } from "../authorize.js";
import type { JoinTemplateInput } from "../inputs.js";
import type { TemplateJoined, TemplateLeft } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { reaches } from "../presence/updatePresence.js";
import type { Session } from "../../sessions/sessions.js";

/**
 * Opens a session on a template, or takes one over again after a reconnect. Whoever may view may join. A token that is
 * unknown, of somebody else or of a session that is over opens a new session, so that the answer tells nothing about
 * it. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, RATE_LIMITED (there are as many sessions as may be).
 */
export async function joinTemplate(
  services: Services,
  viewer: Viewer,
  input: JoinTemplateInput,
): Promise<TemplateJoined | RequestError> {
  const { templateId, clientId, sessionToken } = input;
  const lastKnownVersion = input.lastKnownVersion ?? null;
  const access = await authorize(services, viewer, "view", templateId);
  if (access.kind === "refused") return access;
  const issue = checkId(clientId, services.limits);
  if (issue !== undefined) return invalidInput(`clientId ${issue.message}`, "clientId");
  if (lastKnownVersion !== null && lastKnownVersion < 1) {
    return invalidInput("lastKnownVersion must be at least 1", "lastKnownVersion");
  }

  const { head } = access;
  const joining = await services.sessions.join({
    templateId,
    userId: access.viewer.userId,
    clientId,
    version: Math.min(lastKnownVersion ?? head.version, head.version),
    token: sessionToken ?? null,
    limits: access.viewer.limits,
  });
  if (joining.kind === "full") {
    const { retryAfterMs } = joining;
    return refused("RATE_LIMITED", "too many sessions; end one first", { retryAfterMs });
  }
  const { session, token, resumed } = joining;
  if (!resumed) await services.permissions.joined(session, services.clock.now());
  return { kind: "joined", head, session, token, resumed, lastKnownVersion };
}

/**
 * Ends a session at once, without its grace period. A session that is over already, and one of somebody else, are left
 * as they are. Refusals: UNAUTHENTICATED.
 */
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

/**
 * The session that a request names by its token. Refused with NOT_FOUND where the viewer has no such session on the
 * template, or no longer.
 */
export async function findSession(
  { sessions }: Services,
  viewer: SignedInViewer,
  { templateId, sessionToken }: { readonly templateId: string; readonly sessionToken: string },
): Promise<{ readonly kind: "session"; readonly found: Session } | RequestError> {
  const found = await sessions.find(sessionToken, viewer);
  if (found?.templateId === templateId) return { kind: "session", found };
  return refused("NOT_FOUND", "session not found on this template; join it first", {
    path: ["sessionToken"],
  });
}
