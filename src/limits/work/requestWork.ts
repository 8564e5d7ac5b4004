/**
 * What one request reads: charged by its size before it is read, one large thing after the other, within the bound of
 * one answer. Of requests that read much only a few are under way on a node.
 */
import { GraphQLError } from "graphql";
import type { RequestOrigin } from "../origin/requestOrigin.js";
import type { Viewer } from "../../domain/access/access.js";
import type { Leave } from "../admission.js";
import { addressKey, userKey } from "../rates/keys.js";
import { NodeBusy, type LargeRequests } from "./largeRequests.js";
import { rateLimitedError } from "../rates/rateLimited.js";
import type { RateLimiter, Taken } from "../rates/rateLimiter.js";
import { defaultWorkSettings, type WorkSettings } from "./workSettings.js";

/** What is smaller takes no place of its own. */
const LARGE_BYTES_MIN = 500_000;

export interface WorkParts {
  readonly settings: WorkSettings;
  readonly places: Pick<LargeRequests, "enter">;
  /** Bytes read, by person. */
  readonly reads: Pick<RateLimiter, "take">;
  /** Requests of who asks, so that each mutation of a document counts as one. */
  readonly requests: (viewer: Viewer, origin: RequestOrigin) => Promise<Taken>;
}

export class RequestWork {
  #bytes = 0;
  #mutations = 0;
  #place: Promise<Leave> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(
    private readonly parts: WorkParts,
    private readonly viewer: Viewer,
    private readonly origin: RequestOrigin,
  ) {}

  get pageBytesMax(): number {
    return this.parts.settings.pageBytesMax;
  }

  /**
   * Counts bytes of documents or payloads that the answer tells or is made from.
   *
   * @throws GraphQLError RESPONSE_TOO_LARGE beyond what one answer may take, RATE_LIMITED where the person read too much
   */
  async charge(bytes: number): Promise<void> {
    const { responseBytesMax } = this.parts.settings;
    this.#bytes += bytes;
    // One thing alone is always readable, however large it is.
    if (this.#bytes > responseBytesMax && this.#bytes > bytes) throw tooLarge(responseBytesMax);
    const { viewer, origin } = this;
    const key = viewer.kind === "user" ? userKey(viewer.userId) : addressKey(origin.address);
    const taken = await this.parts.reads.take(key, bytes);
    if (!taken.ok) throw rateLimitedError(READ_TOO_MUCH, taken.retryAfterMs);
    if (this.#bytes >= LARGE_BYTES_MIN) await this.#enter();
  }

  /** Charges the bytes and then does the work, after what the request reads already. Rejects as `charge` does. */
  read<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      await this.charge(bytes);
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Counts a mutation of the document: the first was counted as the request. */
  async countMutation(): Promise<Taken> {
    this.#mutations += 1;
    if (this.#mutations === 1) return { ok: true };
    return this.parts.requests(this.viewer, this.origin);
  }

  /** The request is answered. */
  end(): void {
    this.#ended = true;
    this.#place?.then(
      (leave) => leave(),
      () => undefined,
    );
  }

  async #enter(): Promise<void> {
    this.#place ??= this.parts.places.enter();
    try {
      const leave = await this.#place;
      if (this.#ended) leave();
    } catch (error) {
      this.#place = undefined;
      if (!(error instanceof NodeBusy)) throw error;
      throw rateLimitedError(error.message, error.retryAfterMs);
    }
  }
}

/** What events of subscriptions read is bounded where they are made, and nobody's request. */
export const workOfEvents: WorkFor = (viewer, origin) =>
  new RequestWork(
    {
      settings: { ...defaultWorkSettings, responseBytesMax: Infinity },
      places: { enter: async () => () => undefined },
      reads: { take: async () => ({ ok: true }) },
      requests: async () => ({ ok: true }),
    },
    viewer,
    origin,
  );

/** Makes the work of each request. */
export type WorkFor = (viewer: Viewer, origin: RequestOrigin) => RequestWork;

const READ_TOO_MUCH = "too many bytes read; request fewer documents and smaller pages, or wait";

/** The refusal of an answer beyond the bound, with what to do instead. */
function tooLarge(responseBytesMax: number): GraphQLError {
  const message = `the request would read more than ${responseBytesMax} bytes of documents and operations; request fewer of them, or smaller pages`;
  return new GraphQLError(message, {
    extensions: { code: "RESPONSE_TOO_LARGE", responseBytesMax },
  });
}
