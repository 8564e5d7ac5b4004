/**
 * What a node lets in, before any work is done: requests at a rate, connections and subscriptions in number. Each is
 * counted by person where somebody is signed in, else by address.
 */
import type { RequestOrigin } from "./requestOrigin.js";
import type { Viewer } from "../domain/access/access.js";
import { Counts } from "./counts.js";
import { addressKey, userKey } from "./keys.js";
import type { RateLimiter, Taken } from "./rateLimiter.js";
import type { RateSettings } from "./rateSettings.js";

export interface RequestRates {
  readonly ofUser: RateLimiter;
  readonly ofAddress: RateLimiter;
}

/** Gives back a place; more than once is as once. */
export type Leave = () => void;

/** Too many connections or subscriptions: when one of them ends is not known. */
export const PLACE_RETRY_AFTER_MS = 5_000;

export class Admission {
  readonly #rates: RequestRates;
  readonly #userConnections: Counts;
  readonly #addressConnections: Counts;
  readonly #subscriptions: Counts;

  constructor(rates: RequestRates, settings: RateSettings) {
    this.#rates = rates;
    this.#userConnections = new Counts(settings.connectionsPerUserMax);
    this.#addressConnections = new Counts(settings.connectionsPerAddressMax);
    this.#subscriptions = new Counts(settings.subscriptionsPerUserMax);
  }

  /** So many requests of an address, before it is known who asks. */
  requestsFrom({ address }: RequestOrigin, count = 1): Promise<Taken> {
    return this.#rates.ofAddress.take(addressKey(address), count);
  }

  /** So many requests of who turned out to ask; an address alone was counted already. */
  async requestsOf(viewer: Viewer, count = 1): Promise<Taken> {
    if (viewer.kind === "anonymous") return { ok: true };
    return this.#rates.ofUser.take(userKey(viewer.userId), count);
  }

  /** A connection on which nobody is signed in; undefined for one too many. */
  connectionFrom({ address }: RequestOrigin): Leave | undefined {
    return this.#addressConnections.enter(addressKey(address));
  }

  /** A connection of a person. */
  connectionOf(userId: string): Leave | undefined {
    return this.#userConnections.enter(userKey(userId));
  }

  subscription(viewer: Viewer, { address }: RequestOrigin): Leave | undefined {
    return this.#subscriptions.enter(
      viewer.kind === "user" ? userKey(viewer.userId) : addressKey(address),
    );
  }
}
