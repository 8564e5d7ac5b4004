/** Decides what a person, a team or whoever has an e-mail address may do with one template. */
import type { Viewer } from "../../domain/access/access.js";
import { restrictionLists } from "../../domain/access/grant.js";
import type {
  AcceptanceToken,
  Holder,
  Permission,
  PermissionChange,
  Permissions,
} from "../../storage/access/permissionStore.js";
import { restrictionBytes } from "../../storage/access/samePermission.js";
import { authorize, unauthenticated } from "../authorize.js";
import { checkText } from "../checkText.js";
import { parseEmailAddress } from "../accounts/emailAddress.js";
import type { SetTemplatePermissionInput } from "../inputs.js";
import type { PermissionSet, TemplateChanged } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { newLinkToken, linkTokenHash } from "./linkTokens.js";
import { publishAccessChanges } from "./accessChanges.js";

/** People, teams and addresses with a permission of their own on one template; more are what teams and projects are for. */
const PERMISSIONS_PER_TEMPLATE_MAX = 1_000;

/** Pages or element types that one permission names. */
const RESTRICTION_ITEMS_MAX = 100;

/** What the lists of one permission take, and those of all permissions of a template together. */
const RESTRICTION_BYTES_MAX = 16_384;
const RESTRICTION_BYTES_PER_TEMPLATE_MAX = 1_000_000;

/**
 * Sets or takes away one permission; nobody comes to more than that by it, since others may count beside it. What is granted
 * to an address says nothing about whether it has an account, and answers a token for whoever cannot prove it. Refusals:
 * UNAUTHENTICATED, NOT_FOUND, FORBIDDEN (also where nobody would be left who may administer it), INVALID_INPUT,
 * PAYLOAD_TOO_LARGE.
 */
export async function setTemplatePermission(
  services: Services,
  viewer: Viewer,
  input: SetTemplatePermissionInput,
): Promise<PermissionSet | RequestError> {
  const { templateId } = input;
  const access = await authorize(services, viewer, "share", templateId);
  if (access.kind === "refused") return access;
  const change = changeOf(services, input);
  if (change.kind === "refused") return change;
  const { holder, permission } = change;
  if (holder.kind === "team" && permission !== null) {
    const { userId, limits = [] } = access.viewer;
    // A token that is limited knows of no team but the one that it is limited to.
    const isWithin = limits.every(({ kind, id }) => kind === "team" && id === holder.teamId);
    const isTheirs = isWithin && (await services.permissions.isInTeam(userId, holder.teamId));
    if (!isTheirs) return invalidInput("you are in no team with this id", "teamId");
  }
  const made = holder.kind === "address" && permission !== null ? newToken(services) : undefined;
  const outcome = await services.permissions.change(
    {
      ...change,
      ...(made && { token: made.stored }),
      granted: { byId: access.viewer.userId, at: services.clock.now() },
    },
    (before) => whyNot(change, before),
  );
  switch (outcome.kind) {
    case "gone":
      return refused("NOT_FOUND", "template not found", { path: ["templateId"] });
    case "noHolder":
      return invalidInput(`${holder.kind} not found`, `${holder.kind}Id`);
    case "refused":
      return outcome.reason;
    case "set":
      if (outcome.isNews) services.bus.publish({ kind: "accessChanged", templateId });
      return {
        kind: "permissionSet",
        templateId,
        isNews: outcome.isNews,
        permissionId: outcome.permissionId,
        token: made?.token ?? null,
      };
  }
}

function newToken({ clock, team }: Services): {
  readonly token: string;
  readonly stored: AcceptanceToken;
} {
  const { token, tokenHash } = newLinkToken("permission");
  const expiresAt = clock.now() + team.limits.invitationLifetimeMs;
  return { token, stored: { hash: tokenHash, expiresAt } };
}

interface Change extends PermissionChange {
  readonly kind: "change";
}

function changeOf(services: Services, input: SetTemplatePermissionInput): Change | RequestError {
  const { templateId, role } = input;
  const holder = holderOf(input);
  if (holder.kind === "refused") return holder;
  const restriction = {
    ...{ pageIds: input.pageIds ?? [], elementTypes: input.elementTypes ?? [] },
    ...{ elementIds: input.elementIds ?? [], operationTypes: input.operationTypes ?? [] },
  };
  for (const field of restrictionLists) {
    const problem = checkItems(services, restriction[field], field);
    if (problem !== undefined) return problem;
    if (restriction[field].length > 0 && role !== "EDIT") {
      return invalidInput("only the role EDIT can be restricted", field);
    }
  }
  if (restrictionBytes(restriction) > RESTRICTION_BYTES_MAX) {
    const message = `the restrictions of a permission take at most ${RESTRICTION_BYTES_MAX} bytes; name fewer pages, types and elements`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: ["role"] });
  }
  const permission = role == null ? null : { role, ...restriction };
  return { kind: "change", templateId, holder, permission };
}

function holderOf({ userId, teamId, email }: SetTemplatePermissionInput): Holder | RequestError {
  if ([userId, teamId, email].filter((given) => given != null).length !== 1) {
    return invalidInput("exactly one of userId, teamId and email must be given", "userId");
  }
  if (userId != null) return { kind: "user", userId };
  if (teamId != null) return { kind: "team", teamId };
  const address = parseEmailAddress(email ?? "");
  return address === undefined
    ? invalidInput("email must be an e-mail address", "email")
    : { kind: "address", email: address };
}

function checkItems(
  { limits: { idUnitsMax } }: Services,
  items: readonly string[],
  field: string,
): RequestError | undefined {
  if (items.length > RESTRICTION_ITEMS_MAX) {
    const message = `at most ${RESTRICTION_ITEMS_MAX} can be named`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: [field] });
  }
  for (const [index, item] of items.entries()) {
    const bounds = { unitsMin: 1, unitsMax: idUnitsMax };
    const problem = checkText(item, bounds, field, String(index));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function whyNot(
  { holder, permission }: PermissionChange,
  { own, others, authorId, hasPlace }: Permissions,
): RequestError | undefined {
  if (permission !== null && others.count >= PERMISSIONS_PER_TEMPLATE_MAX) {
    const message = `a template has at most ${PERMISSIONS_PER_TEMPLATE_MAX} permissions`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: ["role"] });
  }
  const bytes = permission === null ? 0 : restrictionBytes(permission);
  const bytesBefore = own === undefined ? 0 : restrictionBytes(own);
  const isBeyond = others.restrictionBytes + bytes > RESTRICTION_BYTES_PER_TEMPLATE_MAX;
  if (isBeyond && bytes > bytesBefore) {
    const message = `the restrictions of all permissions of a template take at most ${RESTRICTION_BYTES_PER_TEMPLATE_MAX} bytes; name fewer pages, types and elements`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: ["role"] });
  }
  const isAdministrator = permission?.role === "ADMIN" && isSomebodys(own?.holder ?? holder);
  if (authorId !== null || hasPlace || others.isAdministered || isAdministrator) return undefined;
  return refused("FORBIDDEN", "the template must keep an administrator", {
    path: ["role"],
  });
}

/** Nobody may ever come with an address; whether somebody did is not told before they join or accept. */
function isSomebodys(holder: Holder | Permission["holder"]): boolean {
  return holder.kind !== "address" || ("userId" in holder && holder.userId !== null);
}

/**
 * Accepts what was granted to an e-mail address, with the token that was sent there. Accepting again answers the same.
 * Refusals: UNAUTHENTICATED, NOT_FOUND.
 */
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
    return refused("NOT_FOUND", "permission not found", { path: ["token"] });
  }
  if (accepted.isNews) publishAccessChanges(services, [accepted.templateId]);
  return { kind: "changed", templateId: accepted.templateId };
}
