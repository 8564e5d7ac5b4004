/** Lets somebody without an account read one template for a while, by a share link or because the template is open to all. */
import { addressKey } from "../../limits/rates/keys.js";
import type { GuestServices } from "./guestServices.js";
import type { GuestKnows, NewGuestSession } from "../../storage/guests/guestStore.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Services } from "../services.js";
import { rateLimited } from "../editing/takeOperations.js";
import { linkTokenHash } from "../access/linkTokens.js";

/** Exactly one of the two. */
export interface OpenAsGuestInput {
  readonly token?: string | null;
  readonly templateId?: string | null;
  /** The token of the session whose place the new one takes. */
  readonly renews?: string | null;
}

/** The token is told here and never again. */
export interface GuestOpened {
  readonly kind: "guestOpened";
  readonly templateId: string;
  readonly sessionId: string;
  readonly token: string;
  readonly expiresAt: number;
}

/** How long it takes until some sessions of many ran out. */
const FULL_RETRY_MS = 60_000;

/** Refusals: FORBIDDEN (the server lets no guests in), INVALID_INPUT, NOT_FOUND, RATE_LIMITED. */
export async function openAsGuest(
  services: Services,
  input: OpenAsGuestInput,
  { address }: RequestOrigin,
): Promise<GuestOpened | RequestError> {
  const { clock, guests, newId } = services;
  const { settings, tokens } = guests;
  if (!settings.guests) return noGuests();
  const openedAt = clock.now();
  // Tokens tell time in seconds.
  const expiresAt = Math.floor(openedAt / 1_000 + settings.guestSessionSeconds) * 1_000;
  const sessionId = newId();
  const originHash = tokens.hashOrigin(addressKey(address));
  const session = { id: sessionId, originHash, openedAt, expiresAt };
  const opened =
    (await renew(guests, input, session)) ?? (await openNew(services, input, session, address));
  if (opened === undefined) return nothingOpen(input);
  if (opened.kind === "full") return rateLimited("too many current guests", FULL_RETRY_MS);
  if (opened.kind === "refused") return opened;
  const { templateId, shareLinkId } = opened;
  const guest = { kind: "guest", sessionId, templateId, shareLinkId } as const;
  const token = await tokens.issue(guest, expiresAt);
  return { kind: "guestOpened", templateId, sessionId, token, expiresAt };
}

/** Undefined where there is nothing to renew: then it is a session like any other. */
async function renew(
  { settings, store, tokens }: GuestServices,
  input: OpenAsGuestInput,
  session: NewGuestSession,
) {
  const by = knownBy(input);
  const proof = input.renews == null ? undefined : await tokens.verify(input.renews);
  if (proof === undefined || "kind" in by) return undefined;
  const opened = await store.open(session, by, settings, proof.guest.sessionId);
  return opened?.kind === "notRunning" ? undefined : opened;
}

async function openNew(
  { guests: { settings, store }, rates }: Services,
  input: OpenAsGuestInput,
  session: NewGuestSession,
  address: string,
) {
  const taken = await rates.guestSessions.take(addressKey(address), 1);
  if (!taken.ok) return rateLimited("too many guest sessions", taken.retryAfterMs);
  const by = knownBy(input);
  if ("kind" in by) return by;
  const opened = await store.open(session, by, settings);
  return opened?.kind === "notRunning" ? undefined : opened;
}

/** The refusal where the whole server lets nobody read without an account. */
export function noGuests(path: readonly string[] = []): RequestError {
  const message = "this server has no guest access; sign in";
  return refused("FORBIDDEN", message, { path });
}

function knownBy({ token, templateId }: OpenAsGuestInput): GuestKnows | RequestError {
  if ((token == null) === (templateId == null)) {
    return invalidInput("exactly one of token and templateId must be given", "token");
  }
  if (templateId != null) return { templateId };
  const tokenHash = linkTokenHash("share", token ?? "");
  return tokenHash === undefined ? nothingOpen({ token: "" }) : { tokenHash };
}

/** The same for what never was, is over, in the bin, and for people with an account only. */
function nothingOpen({ token }: Pick<OpenAsGuestInput, "token">): RequestError {
  return refused("NOT_FOUND", "not found, or not open to guests", {
    path: [token == null ? "templateId" : "token"],
  });
}
