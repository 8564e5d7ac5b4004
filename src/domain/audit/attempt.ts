/**
 * What the audit log tells of a request and its answer. Only what is named here gets into it: ids in a plain form,
 * versions, counts and choices. Everything else that a client sends stays out, whatever it is called.
 */
import type { AuditDetails } from "./auditEntry.js";

/** What is known before it is done. */
export interface Attempt {
  readonly action: string;
  readonly clientId: string | null;
  readonly resourceIds: { readonly [name: string]: string };
  readonly details: AuditDetails;
}

type Fields = { readonly [name: string]: unknown };

const NAME_OF_ID = /^(?!clientId$|batchId$|operationId$)([a-z][A-Za-z]{0,30}Id|id)$/;
const PLAIN_ID = /^[\w.:-]{1,128}$/;
const IDS_MAX = 16;
const CLIENT_ID = /^[^\p{Cc}\p{Cs}]{1,200}$/u;
const NAME_OF_VERSION = /^[a-z]+Version$/;
/** The choices of requests that say what a change of rights or an edit amounts to. */
const choices = new Set([
  ...["role", "onConflict", "resolution", "isPublic", "openToGuests", "force", "scopes"],
]);
/** Lists that are told by how many there are: what an edit or a grant extends to. */
const counted = new Set(["operations", "pageIds", "elementTypes", "elementIds", "operationTypes"]);
const CHOICE = /^[A-Z_]{1,32}$/;
const CHOICES_MAX = 8;

/** The attempt of a mutation: its field and its arguments. */
export function attemptOf(field: string, args: Fields): Attempt {
  const { input } = args;
  const given = isFields(input) ? input : args;
  const { clientId } = given;
  const details: { [name: string]: string | number | boolean } = {};
  for (const [name, value] of Object.entries(given)) {
    if (NAME_OF_VERSION.test(name) && typeof value === "number") details[name] = value;
    if (counted.has(name) && Array.isArray(value)) details[name] = value.length;
    if (!choices.has(name)) continue;
    if (typeof value === "boolean") details[name] = value;
    const words = Array.isArray(value) ? value.slice(0, CHOICES_MAX) : [value];
    if (words.length > 0 && words.every(isChoice)) details[name] = words.join(",");
  }
  // A grant without a role is one that is taken away.
  if (field === "setTemplatePermission") details["role"] ??= "NONE";
  return {
    action: actionOf(field),
    clientId: typeof clientId === "string" && CLIENT_ID.test(clientId) ? clientId : null,
    resourceIds: idsOf(given),
    details,
  };
}

/** `applyOperations` as an action: `APPLY_OPERATIONS`. */
export function actionOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The ids that the fields name, of things of ours: other text that stands in their place is left out. */
export function idsOf(fields: Fields): { readonly [name: string]: string } {
  const ids: { [name: string]: string } = {};
  let count = 0;
  for (const [name, value] of Object.entries(fields)) {
    // Most fields are no ids, which the end of their name tells at once.
    if (typeof value !== "string" || !/[Ii]d$/.test(name)) continue;
    if (count === IDS_MAX || !NAME_OF_ID.test(name) || !PLAIN_ID.test(value)) continue;
    ids[name] = value;
    count += 1;
  }
  return ids;
}

/** What something with these ids is about: what governs the rest, else what is named first. */
export function resourceKindOf(ids: { readonly [name: string]: string }): string | null {
  const governing = ["templateId", "projectId", "teamId"].find((name) => name in ids);
  const name = governing ?? Object.keys(ids)[0];
  return name === undefined || name === "id" ? null : name.slice(0, -"Id".length);
}

function isChoice(word: unknown): word is string {
  return typeof word === "string" && CHOICE.test(word);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
