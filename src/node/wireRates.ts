/** The rate limits of one node, put together for server.ts. */
import type { Closers } from "../platform/closers.js";
import type { Config } from "../config/readConfig.js";
import { perMinute, type Rates } from "../limits/rates/rateLimiter.js";
import { RateLimiters } from "../limits/rates/rateLimiters.js";
import { Admission, type RequestRates } from "../limits/admission.js";
import { LargeRequests } from "../limits/work/largeRequests.js";
import { RequestWork, type WorkFor, type WorkParts } from "../limits/work/requestWork.js";
import type { Clock } from "../platform/clock.js";
import type { Logger } from "../platform/logging.js";
import { RedisNames } from "../redis/redisNames.js";
import { redisPlaceOf } from "./wireRedis.js";
import { redisConnection } from "../redis/redisConnection.js";

export interface WiredRates {
  readonly rates: Rates;
  readonly admission: Admission;
  readonly workFor: WorkFor;
}

const HOUR_MS = 3_600_000;

export function wireRates(
  { redis, rates, work }: Config,
  parts: { readonly clock: Clock; readonly logger: Logger; readonly closers: Closers },
): WiredRates {
  const { clock, logger, closers } = parts;
  const warn = (message: string, error?: unknown) => logger.warn({ error }, message);
  const place = redisPlaceOf({ redis });
  const limiters = new RateLimiters({
    redis: place && redisConnection(place, "limits", warn),
    names: new RedisNames(redis.prefix),
    clock,
    warn,
  });
  closers.add(async () => limiters.close());
  const admission = new Admission(requestRatesOf(limiters, rates), rates);
  const workParts: WorkParts = {
    settings: work,
    places: new LargeRequests(work, clock),
    reads: limiters.localFirst("read-bytes", perMinute(rates.readBytesPerMinuteMax)),
    requests: async (viewer, origin) => {
      const taken = await admission.requestsFrom(origin);
      return taken.ok ? admission.requestsOf(viewer, origin) : taken;
    },
  };
  return {
    workFor: (viewer, origin) => new RequestWork(workParts, viewer, origin),
    rates: {
      copies: limiters.localFirst("copied-bytes", perMinute(rates.copiedBytesPerMinuteMax)),
      operations: limiters.localFirst("operations", perMinute(rates.operationsPerMinuteMax)),
      signUps: limiters.exact("sign-ups", {
        points: rates.addressSignUpsPerHourMax,
        perMs: HOUR_MS,
      }),
      guestSessions: limiters.exact("guest-sessions", {
        points: rates.addressGuestSessionsPerHourMax,
        perMs: HOUR_MS,
      }),
      passwordsOfAccount: limiters.exact("account-address-passwords", {
        points: rates.accountPasswordsPerHourMax,
        perMs: HOUR_MS,
      }),
      passwordsUnslowed: limiters.exact("unslowed-passwords", {
        points: rates.unslowedPasswordsPerHourMax,
        perMs: HOUR_MS,
      }),
      passwordsOfAddress: limiters.exact("address-passwords", {
        points: rates.addressPasswordsPerHourMax,
        perMs: HOUR_MS,
      }),
    },
    admission,
  };
}

function requestRatesOf(limiters: RateLimiters, rates: Config["rates"]): RequestRates {
  const ofAddress = perMinute(rates.addressRequestsPerMinuteMax);
  return {
    ofUser: limiters.localFirst("requests", perMinute(rates.requestsPerMinuteMax)),
    ofAddress: limiters.localFirst("address-requests", ofAddress),
    ofGuestSession: limiters.localFirst(
      "guest-session-requests",
      perMinute(rates.guestRequestsPerSessionPerMinuteMax),
    ),
    ofGuests: limiters.localFirst(
      "guest-link-requests",
      perMinute(rates.guestRequestsPerLinkPerMinuteMax),
    ),
    ofAllGuests: limiters.localFirst("guest-requests", perMinute(rates.guestRequestsPerMinuteMax)),
    ofGuestsAtAddress: limiters.localFirst(
      "address-guest-link-requests",
      perMinute(rates.addressGuestRequestsPerLinkPerMinuteMax),
    ),
    ofAllGuestsAtAddress: limiters.localFirst(
      "address-guest-requests",
      perMinute(rates.addressGuestRequestsPerMinuteMax),
    ),
  };
}
