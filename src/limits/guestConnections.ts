/** Connections of guests: of one address among those who came the same way and among all, of these, and of all. */
import type { Guest } from "../domain/access/access.js";
import { Counts } from "./counts.js";
import { addressKey, guestsKey } from "./rates/keys.js";
import type { RateSettings } from "./rates/rateSettings.js";

const ALL = "all";

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
