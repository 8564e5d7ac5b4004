/** Rate limits in memory for tests: as generous as the test does not say otherwise. */
import { Admission } from "../../src/limits/admission.js";
import { MemoryRateLimiter } from "../../src/limits/rates/memoryRateLimiter.js";
import { perMinute, type Rate, type Rates } from "../../src/limits/rates/rateLimiter.js";
import { defaultRateSettings, type RateSettings } from "../../src/limits/rates/rateSettings.js";
import { LargeRequests } from "../../src/limits/work/largeRequests.js";
import { RequestWork, type WorkFor } from "../../src/limits/work/requestWork.js";
import { defaultWorkSettings, type WorkSettings } from "../../src/limits/work/workSettings.js";
import { systemClock, type Clock } from "../../src/platform/clock.js";

const generous: Rate = { points: 1e9, perMs: 60_000 };

export function testRates(
  given: { readonly [name in keyof Rates]?: Rate } = {},
  clock: Clock = systemClock,
): Rates {
  const limiter = (name: keyof Rates) => new MemoryRateLimiter(given[name] ?? generous, clock);
  return {
    operations: limiter("operations"),
    copies: limiter("copies"),
    signUps: limiter("signUps"),
    guestSessions: limiter("guestSessions"),
    passwordsOfAccount: limiter("passwordsOfAccount"),
    passwordsUnslowed: limiter("passwordsUnslowed"),
    passwordsOfAddress: limiter("passwordsOfAddress"),
  };
}

/** The work of requests in tests, within the bounds that a test gives. */
export function testWork(
  given: Partial<WorkSettings & { readonly readRate: Rate; readonly requestRate: Rate }> = {},
  clock: Clock = systemClock,
): WorkFor {
  const settings = { ...defaultWorkSettings, ...given };
  const requests = new MemoryRateLimiter(given.requestRate ?? generous, clock);
  const parts = {
    settings,
    places: new LargeRequests(settings, clock),
    reads: new MemoryRateLimiter(given.readRate ?? generous, clock),
    requests: () => requests.take("everybody", 1),
  };
  return (viewer, origin) => new RequestWork(parts, viewer, origin);
}

/** What a node lets in, with limits that no test reaches unless it gives its own. */
export function testAdmission(given: Partial<RateSettings> = {}, clock = systemClock): Admission {
  const settings = {
    ...defaultRateSettings,
    requestsPerMinuteMax: 1e9,
    addressRequestsPerMinuteMax: 1e9,
    ...given,
  };
  const rates = {
    ofUser: new MemoryRateLimiter(perMinute(settings.requestsPerMinuteMax), clock),
    ofAddress: new MemoryRateLimiter(perMinute(settings.addressRequestsPerMinuteMax), clock),
    ofGuestSession: new MemoryRateLimiter(
      perMinute(settings.guestRequestsPerSessionPerMinuteMax),
      clock,
    ),
    ofGuests: new MemoryRateLimiter(perMinute(settings.guestRequestsPerLinkPerMinuteMax), clock),
    ofAllGuests: new MemoryRateLimiter(perMinute(settings.guestRequestsPerMinuteMax), clock),
    ofGuestsAtAddress: new MemoryRateLimiter(
      perMinute(settings.addressGuestRequestsPerLinkPerMinuteMax),
      clock,
    ),
    ofAllGuestsAtAddress: new MemoryRateLimiter(
      perMinute(settings.addressGuestRequestsPerMinuteMax),
      clock,
    ),
  };
  return new Admission(rates, settings);
}
