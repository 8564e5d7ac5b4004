/** Links that let whoever opens them do something with a template, until they are revoked or over. */
import type { Viewer } from "../../domain/access/access.js";
import type { NewShareLink } from "../../storage/access/shareLinkStore.js";
import { authorize, unauthenticated } from "../authorize.js";
import type { TemplateChanged } from "../outcomes.js";
import { noGuests } from "../guests/openAsGuest.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { retryWhileAccessChanges } from "./retryWhileAccessChanges.js";
import { linkTokenHash, newLinkToken } from "./linkTokens.js";
import { publishAccessChanges } from "./accessChanges.js";
import type { Ended, ShareLinkCreated } from "../teams/teamServices.js";

export interface CreateShareLinkInput {
  readonly templateId: string;
  readonly role: NewShareLink["role"];
  readonly expiresAt?: Date | null;
  /** Whether the template may be read with it without an account; not where omitted. */
  readonly openToGuests?: boolean | null;
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many links). */
export async function createShareLink(
  services: Services,
  viewer: Viewer,
  { templateId, role, expiresAt = null, openToGuests: isOpen }: CreateShareLinkInput,
): Promise<ShareLinkCreated | RequestError> {
  const { clock, guests, newId, team } = services;
  const openToGuests = isOpen ?? false;
  const { token, tokenHash } = newLinkToken("share");
  const id = newId();
  return retryWhileAccessChanges(
    services,
    viewer,
    "share",
    templateId,
    async (head, { userId }) => {
      const createdAt = clock.now();
      if (expiresAt !== null && expiresAt.getTime() <= createdAt) {
        return invalidInput("expiresAt must be in the future", "expiresAt");
      }
      if (openToGuests && !guests.settings.guests) return noGuests(["openToGuests"]);
      const link = { id, role, tokenHash, createdById: userId, createdAt, openToGuests };
      const { shareLinksPerTemplateMax: linksMax } = team.limits;
      const added = await team.shareLinks.add(
        { templateId, accessRevision: head.accessRevision },
        { ...link, expiresAt: expiresAt?.getTime() ?? null },
        linksMax,
      );
      if (added === "moved") return added;
      if (added === "added")
        return { kind: "shareLinkCreated", templateId, shareLinkId: id, token };
      return refused("PAYLOAD_TOO_LARGE", `at most ${linksMax} share links`, { path: [] });
    },
  );
}

/** What it granted ends with it. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function revokeShareLink(
  services: Services,
  viewer: Viewer,
  { templateId, shareLinkId }: { readonly templateId: string; readonly shareLinkId: string },
): Promise<Ended | RequestError> {
  const access = await authorize(services, viewer, "share", templateId);
  if (access.kind === "refused") return access;
  if (!(await services.team.shareLinks.revoke(templateId, shareLinkId))) {
    return refused("NOT_FOUND", "share link not found", { path: ["shareLinkId"] });
  }
  publishAccessChanges(services, [templateId]);
  return { kind: "ended", id: shareLinkId };
}

/** Opening it again changes nothing. Refusals: UNAUTHENTICATED, NOT_FOUND. */
export async function acceptShareLink(
  services: Services,
  viewer: Viewer,
  { token }: { readonly token: string },
): Promise<TemplateChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const tokenHash = linkTokenHash("share", token);
  const opened =
    tokenHash === undefined
      ? undefined
      : await services.team.shareLinks.open(tokenHash, viewer.userId);
  if (opened === undefined) {
    return refused("NOT_FOUND", "share link not found", { path: ["token"] });
  }
  if (opened.isNews) publishAccessChanges(services, [opened.templateId]);
  return { kind: "changed", templateId: opened.templateId };
}
