/** Connections by person, guest and address, as far as their number is bounded. */
import type { Guest } from "../domain/access/access.js";
import { addressKey, guestsKey } from "./rates/keys.js";
import type { RateSettings } from "./rates/rateSettings.js";

const ALL = "all";

/** Connections of guests: of one address among those who came the same way and among all, of these, and of all. */
export class GuestConnections {
  readonly #ofWay: Counts;
  readonly #ofAll: Counts;
  readonly #ofWayAtAddress: Counts;
  readonly #atAddress: Counts;

  constructor(settings: RateSettings) {
    this.#ofWay = new Counts(settings.guestConnectionsPerLinkMax);
    this.#ofAll = new Counts(settings.guestConnectionsMax);
    this.#ofWayAtAddress = new Counts(settings.addressGuestConnectionsPerLinkMax);
    this.#atAddress = new Counts(settings.addressGuestConnectionsMax);
  }

  /** One more, unless it is one too many; the function that is given takes it away again. */
  enter(guest: Guest, address: string): (() => void) | undefined {
    const [way, from] = [guestsKey(guest), addressKey(address)];
    const places = [
      this.#ofWayAtAddress.enter(`${way} ${from}`),
      this.#atAddress.enter(from),
      this.#ofWay.enter(way),
      this.#ofAll.enter(ALL),
    ];
    const leave = () => {
      for (const place of places) place?.();
    };
    if (!places.includes(undefined)) return leave;
    leave();
    return undefined;
  }
}

/** How many of something each person or address has now. */
export class Counts {
  readonly #counts = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** One more, unless it is one too many; the function that is given takes it away again, once. */
  enter(key: string): (() => void) | undefined {
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.max) return undefined;
    this.#counts.set(key, count + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(key);
    };
  }

  /** Keys that have any. */
  get size(): number {
    return this.#counts.size;
  }

  #leave(key: string): void {
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }
}

/**
 * Connections of which it is not known yet whose they are, by address. One too many does not shut out the next: it takes
 * the place of the oldest, which had the most time to say who it is. So whoever says nothing keeps nobody away.
 */
export class PendingConnections {
  readonly #pending = new Map<string, Set<() => void>>();

  constructor(private readonly max: number) {}

  /** One more; `evict` ends it where others need its place. The function that is given takes it away. */
  enter(key: string, evict: () => void): () => void {
    const pending = this.#pending.get(key) ?? new Set();
    this.#pending.set(key, pending);
    // A function of its own, as one may be given twice.
    const own = (): void => evict();
    pending.add(own);
    const [oldest] = pending;
    if (pending.size > this.max && oldest !== undefined) {
      pending.delete(oldest);
      oldest();
    }
    return () => {
      pending.delete(own);
      if (pending.size === 0 && this.#pending.get(key) === pending) this.#pending.delete(key);
    };
  }

  /** Addresses that have any. */
  get size(): number {
    return this.#pending.size;
  }
}
