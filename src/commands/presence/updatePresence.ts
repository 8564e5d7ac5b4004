/** Shows to others what a client says of itself: where its cursor is, what it selected, what it looks at. */
import { checkId } from "../../domain/document/validation.js";
import type { Viewer } from "../../domain/access/access.js";
import { limitsOf } from "../../domain/access/tokenLimit.js";
import type { Session } from "../../sessions/sessions.js";
import type { PresenceState } from "../../bus/changeBus.js";
import { unauthenticated } from "../authorize.js";
import { checkText } from "../checkText.js";
import type { UpdatePresenceInput } from "../inputs.js";
import type { PresenceUpdated } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

type Limits = Services["limits"];

/**
 * A sign of life of the session; PostgreSQL is not asked. Refusals: UNAUTHENTICATED, NOT_FOUND (no session of this
 * person has the token, or no longer: join again), INVALID_INPUT, PAYLOAD_TOO_LARGE.
 */
export async function updatePresence(
  services: Services,
  viewer: Viewer,
  input: UpdatePresenceInput,
): Promise<PresenceUpdated | RequestError> {
  const { sessions, presence, limits } = services;
  if (viewer.kind !== "user") return unauthenticated();
  const change = changeOf(input);
  const problem =
    checkChange(change, limits) ?? checkVersion(input.version) ?? checkSelection(change, limits);
  if (problem !== undefined) return problem;
  const found = await sessions.find(input.sessionToken, viewer);
  const session = (await reaches(services, viewer, found)) ? found : undefined;
  if (session === undefined) {
    return refused("NOT_FOUND", "the session has ended; join again", { path: ["sessionToken"] });
  }
  const { version } = input;
  if (version != null) sessions.acknowledge(session, version);
  const lastKnownVersion = Math.max(session.lastKnownVersion, version ?? 0);
  const known = { ...session, lastKnownVersion };
  return { kind: "presenceUpdated", entry: await presence.update(known, change) };
}

/**
 * Whether the viewer's token is for the template of the session. Without a token that is limited nothing is asked: whose
 * access ended has no session.
 */
export async function reaches(
  { access }: Pick<Services, "access">,
  viewer: Viewer,
  session: Session | undefined,
): Promise<boolean> {
  if (session === undefined || limitsOf(viewer).length === 0) return true;
  const head = await access.look(viewer, session.templateId);
  return head !== undefined && head.isBeyondToken !== true;
}

/** What is mentioned; null takes back what was said. */
function changeOf(input: UpdatePresenceInput): Partial<PresenceState> {
  const { status, pageId, cursor, selection, viewport, textSelection, version } = input;
  return {
    ...(status !== undefined && { status }),
    ...(pageId !== undefined && { pageId }),
    ...(cursor !== undefined && { cursor: cursor && { x: cursor.x, y: cursor.y } }),
    ...(selection !== undefined && { selection: selection ?? [] }),
    ...(viewport !== undefined && {
      viewport: viewport && {
        pageId: viewport.pageId,
        ...{ x: viewport.x, y: viewport.y, width: viewport.width, height: viewport.height },
      },
    }),
    ...(textSelection !== undefined && {
      textSelection: textSelection && {
        ...{ pageId: textSelection.pageId, elementId: textSelection.elementId },
        ...{ index: textSelection.index, length: textSelection.length ?? 0 },
        version: version ?? 0,
      },
    }),
  };
}

function checkChange(change: Partial<PresenceState>, limits: Limits): RequestError | undefined {
  const { status, pageId, cursor, selection, viewport } = change;
  const problem =
    (status != null
      ? checkText(status, { unitsMin: 0, unitsMax: limits.presenceStatusUnitsMax }, "status")
      : undefined) ??
    checkIds(selection ?? [], limits) ??
    (pageId != null ? idProblem(pageId, limits, "pageId") : undefined) ??
    (cursor != null ? checkNumbers(cursor, limits, "cursor") : undefined);
  if (problem !== undefined) return problem;
  if (viewport != null) {
    const { pageId: ofPage, ...box } = viewport;
    const wrong =
      idProblem(ofPage, limits, "viewport", "pageId") ?? checkNumbers(box, limits, "viewport");
    if (wrong !== undefined) return wrong;
    for (const side of ["width", "height"] as const) {
      if (viewport[side] < 0) return invalidInput(`${side} must not be negative`, "viewport", side);
    }
  }
  if (Buffer.byteLength(JSON.stringify(change)) <= limits.presenceBytesMax) return undefined;
  const message = `presence must be at most ${limits.presenceBytesMax} bytes as JSON`;
  return refused("PAYLOAD_TOO_LARGE", message);
}

function checkIds(selection: readonly string[], limits: Limits): RequestError | undefined {
  const { presenceSelectionIdsMax } = limits;
  if (selection.length > presenceSelectionIdsMax) {
    const message = `at most ${presenceSelectionIdsMax} ids are allowed`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: ["selection"] });
  }
  for (const [index, id] of selection.entries()) {
    const problem = idProblem(id, limits, "selection", String(index));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function idProblem(id: string, limits: Limits, ...path: string[]): RequestError | undefined {
  const issue = checkId(id, limits);
  return issue && invalidInput(`${path.at(-1)} ${issue.message}`, ...path);
}

function checkNumbers(
  numbers: object,
  { numberMagnitudeMax }: Limits,
  field: string,
): RequestError | undefined {
  for (const [name, value] of Object.entries(numbers) as [string, number][]) {
    if (Number.isFinite(value) && Math.abs(value) <= numberMagnitudeMax) continue;
    return invalidInput(`${name} must be a number within ±${numberMagnitudeMax}`, field, name);
  }
  return undefined;
}

function checkSelection(
  { textSelection }: Partial<PresenceState>,
  limits: Limits,
): RequestError | undefined {
  if (textSelection == null) return undefined;
  const { pageId, elementId, index, length, version } = textSelection;
  const wrongId =
    idProblem(pageId, limits, "textSelection", "pageId") ??
    idProblem(elementId, limits, "textSelection", "elementId");
  if (wrongId !== undefined) return wrongId;
  for (const [name, value] of Object.entries({ index, length })) {
    if (value < 0) return invalidInput(`${name} must not be negative`, "textSelection", name);
  }
  if (version > 0) return undefined;
  return invalidInput(
    "a text selection requires a version; name the version it refers to",
    "version",
  );
}

function checkVersion(version: number | null | undefined): RequestError | undefined {
  return version != null && version < 1
    ? invalidInput("version must be at least 1", "version")
    : undefined;
}
