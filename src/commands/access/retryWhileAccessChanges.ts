/** Work that is valid only while access to the template does not change. */
import type { Action, Viewer } from "../../domain/access/access.js";
import type { GrantedHead } from "../../storage/access/accessReader.js";
import { StorageUnavailable } from "../../storage/storageUnavailable.js";
import { authorize, type SignedInViewer } from "../authorize.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";

const TRIES_MAX = 5;
const RETRY_MS = 250;

/**
 * Asks whether the viewer may do the action and does the work, which says "moved" where access changed in between:
 * then it is asked again. The refusal where they may not.
 *
 * @throws StorageUnavailable where access keeps changing
 */
export async function retryWhileAccessChanges<T>(
  services: Services,
  viewer: Viewer,
  action: Action,
  templateId: string,
  work: (head: GrantedHead, viewer: SignedInViewer) => Promise<T | "moved">,
): Promise<T | RequestError> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const access = await authorize(services, viewer, action, templateId);
    if (access.kind === "refused") return access;
    const done = await work(access.head, access.viewer);
    if (done !== "moved") return done as T;
  }
  throw new StorageUnavailable(RETRY_MS);
}
