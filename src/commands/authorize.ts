/** The first step of every command on a template: who asks, does it exist for them, may they do this. */
import { decideAccess, type Action, type Viewer } from "../domain/access/access.js";
import type { GrantedHead } from "../storage/access/accessReader.js";
import { refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

export type SignedInViewer = Extract<Viewer, { kind: "user" }>;

export type Authorized =
  | { readonly kind: "authorized"; readonly viewer: SignedInViewer; readonly head: GrantedHead }
  | RequestError;

/**
 * The template's head and the viewer's grant, read after the request arrived, or the refusal: what may not be seen does
 * not exist.
 */
export async function authorize(
  services: Services,
  viewer: Viewer,
  action: Action,
  templateId: string,
): Promise<Authorized> {
  if (viewer.kind !== "user") return unauthenticated();
  const head = await services.access.look(viewer, templateId);
  if (head === undefined) return templateNotFound();
  const access = decideAccess(viewer, action, head);
  if (access.allowed) return { kind: "authorized", viewer, head };
  return access.visible
    ? refused("FORBIDDEN", "your access to this template does not permit this action")
    : templateNotFound();
}

/** The refusal of whoever is not signed in. */
export function unauthenticated(): RequestError {
  return refused("UNAUTHENTICATED", "sign in first");
}

/** The refusal for a template that is not there, or not for this viewer. */
export function templateNotFound(): RequestError {
  return refused("NOT_FOUND", "template not found", { path: ["templateId"] });
}
