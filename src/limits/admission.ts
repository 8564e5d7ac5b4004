/**
 * What a node lets in, before any work is done: requests at a rate, connections and subscriptions in number. Each is
 * counted by person where somebody is signed in, else by address. Requests and connections of guests count with those who
 * came the same way and with all guests, too.
 */
import type { RequestOrigin } from "./origin/requestOrigin.js";
import type { Guest, Viewer } from "../domain/access/access.js";
import { BytesUnderWay, SMALL_BYTES } from "./work/bytesUnderWay.js";
import { Counts, GuestConnections, PendingConnections } from "./connectionCounts.js";
import { ExecutionCosts, type Execution } from "./work/executionCosts.js";
import { addressKey, guestsKey, userKey } from "./rates/keys.js";
import type { RateLimiter, Taken } from "./rates/rateLimiter.js";
import type { RateSettings } from "./rates/rateSettings.js";

export interface RequestRates {
  readonly ofUser: RateLimiter;
  readonly ofAddress: RateLimiter;
  /** Of one session of a guest, from whatever addresses. */
  readonly ofGuestSession: RateLimiter;
  /** Of those who came the same way. */
  readonly ofGuests: RateLimiter;
  readonly ofAllGuests: RateLimiter;
  /** By address and link, and by address. */
  readonly ofGuestsAtAddress: RateLimiter;
  readonly ofAllGuestsAtAddress: RateLimiter;
}

/** Gives back a place; more than once is as once. */
export type Leave = () => void;

/** What something that is open holds, which may change. */
export interface Place {
  leave: Leave;
}

const taken: Taken = { ok: true };
const ALL = "all";

export class Admission {
  readonly #rates: RequestRates;
  readonly #userConnections: Counts;
  readonly #addressConnections: Counts;
  readonly #guests: GuestConnections;
  readonly #answers: BytesUnderWay;
  readonly #bodies: { readonly user: BytesUnderWay; readonly anonymous: BytesUnderWay };
  readonly #pending: PendingConnections;
  readonly #subscriptions: Counts;
  readonly #executions: ExecutionCosts;

  constructor(rates: RequestRates, settings: RateSettings) {
    this.#rates = rates;
    this.#userConnections = new Counts(settings.connectionsPerUserMax);
    this.#addressConnections = new Counts(settings.connectionsPerAddressMax);
    this.#guests = new GuestConnections(settings);
    const { answerBytesPerUserMax, answerBytesMax } = settings;
    this.#answers = new BytesUnderWay({
      ofOneMax: answerBytesPerUserMax,
      ofAllMax: answerBytesMax,
    });
    const { bodyBytesPerUserMax: ofOneMax, bodyBytesMax: ofAllMax } = settings;
    this.#bodies = {
      user: new BytesUnderWay({ ofOneMax, ofAllMax }),
      // Strangers have a place of their own, so that they take nothing from people who are signed in.
      anonymous: new BytesUnderWay({ ofOneMax: ofOneMax / 4, ofAllMax: ofAllMax / 4 }),
    };
    this.#pending = new PendingConnections(settings.pendingConnectionsPerAddressMax);
    this.#subscriptions = new Counts(settings.subscriptionsPerUserMax);
    this.#executions = new ExecutionCosts(settings);
  }

  /** So many requests of an address, before it is known who asks. */
  requestsFrom({ address }: RequestOrigin, count = 1): Promise<Taken> {
    return this.#rates.ofAddress.take(addressKey(address), count);
  }

  /** So many requests of who turned out to ask; where nobody did, the address was counted already. */
  async requestsOf(viewer: Viewer, origin: RequestOrigin, count = 1): Promise<Taken> {
    switch (viewer.kind) {
      case "anonymous":
        return taken;
      case "user":
        return this.#rates.ofUser.take(userKey(viewer.userId), count);
      case "guest":
        return this.#requestsOfGuest(viewer, origin, count);
    }
  }

  /** What is asked first is narrowest: who is beyond their own share takes nothing from others. */
  async #requestsOfGuest(guest: Guest, { address }: RequestOrigin, count: number): Promise<Taken> {
    const [way, from] = [guestsKey(guest), addressKey(address)];
    const { ofGuestSession, ofGuests, ofAllGuests } = this.#rates;
    const { ofGuestsAtAddress, ofAllGuestsAtAddress } = this.#rates;
    const asked = [
      [ofGuestSession, `guest-session:${guest.sessionId}`],
      [ofGuestsAtAddress, `${way} ${from}`],
      [ofAllGuestsAtAddress, from],
      [ofGuests, way],
      [ofAllGuests, ALL],
    ] as const;
    for (const [rate, key] of asked) {
      const outcome = await rate.take(key, count);
      if (!outcome.ok) return outcome;
    }
    return taken;
  }

  /** A connection of which it is not known yet whose it is; `evict` ends it where newer ones need its place. */
  pendingConnection({ address }: RequestOrigin, evict: () => void): Leave {
    return this.#pending.enter(addressKey(address), evict);
  }

  /** A connection, of a person or, where nobody is signed in, of an address; undefined for one too many. */
  connection(viewer: Viewer, { address }: RequestOrigin): Leave | undefined {
    if (viewer.kind === "user") return this.#userConnections.enter(userKey(viewer.userId));
    const ofAddress = this.#addressConnections.enter(addressKey(address));
    if (viewer.kind === "anonymous" || ofAddress === undefined) return ofAddress;
    const ofGuest = this.#guests.enter(viewer, address);
    const leave = () => {
      for (const place of [ofAddress, ofGuest]) place?.();
    };
    if (ofGuest !== undefined) return leave;
    leave();
    return undefined;
  }

  /** A subscription; undefined for one too many. */
  subscription(viewer: Viewer, origin: RequestOrigin): Leave | undefined {
    return this.#subscriptions.enter(whoOf(viewer, origin));
  }

  /** A body that is about to be read, of at most so many bytes; undefined where too much is being sent already. */
  body(viewer: Viewer, origin: RequestOrigin, bytes: number): Leave | undefined {
    const who = whoOf(viewer, origin);
    const bodies = this.#bodies[viewer.kind === "user" ? "user" : "anonymous"];
    if (bytes <= SMALL_BYTES) return () => undefined;
    return bodies.hasRoom(who, bytes) ? bodies.enter(who, bytes) : undefined;
  }

  /** Whether so much of what was answered is not read yet that nothing more should be begun. */
  hasUnread(viewer: Viewer, origin: RequestOrigin): boolean {
    return this.#answers.isFull(whoOf(viewer, origin));
  }

  /** Whether an answer of so many bytes may be sent. */
  mayAnswer(viewer: Viewer, origin: RequestOrigin, bytes: number): boolean {
    return this.#answers.hasRoom(whoOf(viewer, origin), bytes);
  }

  /** Counts what is sent until it was read, which the given function tells; undefined where it is too little to count. */
  answer(viewer: Viewer, origin: RequestOrigin, bytes: number): Leave | undefined {
    if (bytes <= SMALL_BYTES) return undefined;
    return this.#answers.enter(whoOf(viewer, origin), bytes);
  }

  /** What a subscription executes with each event; undefined for one too many that differs from those there are. */
  execution(viewer: Viewer, origin: RequestOrigin, execution: Execution): Leave | undefined {
    return this.#executions.enter(whoOf(viewer, origin), execution);
  }
}

function whoOf(viewer: Viewer, { address }: RequestOrigin): string {
  return viewer.kind === "user" ? userKey(viewer.userId) : addressKey(address);
}
