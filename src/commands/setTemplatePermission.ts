/** Decides what a person or a team may do with one template. */
import type { Viewer } from "../domain/access/access.js";
import type {
  Holder,
  Permission,
  PermissionChange,
  Permissions,
} from "../storage/permissionStore.js";
import { authorize } from "./authorize.js";
import { checkText } from "./checkText.js";
import type { SetTemplatePermissionInput } from "./inputs.js";
import type { PermissionSet } from "./outcomes.js";
import { invalidInput, refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/** People and teams with a permission of their own on one template; more are what teams and projects are for. */
const PERMISSIONS_PER_TEMPLATE_MAX = 1_000;

/** Pages or element types that one permission names. */
const RESTRICTION_ITEMS_MAX = 100;

/**
 * Sets or takes away one permission; nobody comes to more than that by it, since others may count beside it. Refusals:
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
    const isTheirs = await services.permissions.isInTeam(access.viewer.userId, holder.teamId);
    if (!isTheirs) return invalidInput("there is no such team of yours", "teamId");
  }
  const outcome = await services.permissions.change(change, (before) => whyNot(change, before));
  switch (outcome.kind) {
    case "gone":
      return refused("NOT_FOUND", "there is no such template", { path: ["templateId"] });
    case "noHolder":
      return invalidInput(`there is no such ${holder.kind}`, `${holder.kind}Id`);
    case "refused":
      return outcome.reason;
    case "set":
      if (outcome.isNews) services.bus.publish({ kind: "accessChanged", templateId });
      return { kind: "permissionSet", templateId, isNews: outcome.isNews };
  }
}

interface Change extends PermissionChange {
  readonly kind: "change";
}

function changeOf(services: Services, input: SetTemplatePermissionInput): Change | RequestError {
  const { templateId, userId, teamId, role } = input;
  const holder = holderOf(userId, teamId);
  if (holder === undefined) return invalidInput("name a person or a team, and not both", "userId");
  const restriction = { pageIds: input.pageIds ?? [], elementTypes: input.elementTypes ?? [] };
  for (const field of ["pageIds", "elementTypes"] as const) {
    const problem = checkItems(services, restriction[field], field);
    if (problem !== undefined) return problem;
    if (restriction[field].length > 0 && role !== "EDIT") {
      return invalidInput("only the role EDIT can be restricted", field);
    }
  }
  const permission = role == null ? null : { role, ...restriction };
  return { kind: "change", templateId, holder, permission };
}

function holderOf(userId?: string | null, teamId?: string | null): Holder | undefined {
  if ((userId == null) === (teamId == null)) return undefined;
  return userId == null ? { kind: "team", teamId: teamId ?? "" } : { kind: "user", userId };
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
  { permissions, authorId, hasPlace }: Permissions,
): RequestError | undefined {
  const others = permissions.filter((held) => !isSame(held.holder, holder));
  if (permission !== null && others.length >= PERMISSIONS_PER_TEMPLATE_MAX) {
    const message = `a template has at most ${PERMISSIONS_PER_TEMPLATE_MAX} permissions`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: ["role"] });
  }
  const isAdministered = [...others, ...(permission === null ? [] : [permission])].some(
    ({ role }) => role === "ADMIN",
  );
  if (authorId !== null || hasPlace || isAdministered) return undefined;
  return refused("FORBIDDEN", "nobody would be left to administer the template", {
    path: ["role"],
  });
}

function isSame(a: Permission["holder"], b: Holder): boolean {
  return a.kind === "user"
    ? b.kind === "user" && a.userId === b.userId
    : b.kind === "team" && a.teamId === b.teamId;
}
