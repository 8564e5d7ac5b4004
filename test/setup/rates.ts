/** Rate limits in memory for tests: as generous as the test does not say otherwise. */
import { Admission } from "../../src/limits/admission.js";
import { MemoryRateLimiter } from "../../src/limits/memoryRateLimiter.js";
import { perMinute, type Rate } from "../../src/limits/rateLimiter.js";
import { defaultRateSettings, type RateSettings } from "../../src/limits/rateSettings.js";
import type { Rates } from "../../src/limits/rates.js";
import { systemClock, type Clock } from "../../src/live/clock.js";

const generous: Rate = { points: 1e9, perMs: 60_000 };

export function testRates(
  given: { readonly [name in keyof Rates]?: Rate } = {},
  clock: Clock = systemClock,
): Rates {
  const limiter = (name: keyof Rates) => new MemoryRateLimiter(given[name] ?? generous, clock);
  return {
    operations: limiter("operations"),
    signUps: limiter("signUps"),
    passwordsOfAccount: limiter("passwordsOfAccount"),
    passwordsOfAddress: limiter("passwordsOfAddress"),
  };
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
  };
  return new Admission(rates, settings);
}
