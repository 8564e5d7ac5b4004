/**
 * What holds of people's credentials, read from the store at most twice a second per person, in one query for all who
 * are asked about. Who is connected is looked at again every half second, so that what ended on any node ends here within
 * a second, whatever carries news between nodes.
 */
import DataLoader from "dataloader";
import type { AccountServices, Standings } from "../commands/accounts/accountServices.js";
import { isLive, type Standing } from "../domain/access/credentials.js";
import type { Credential } from "../domain/access/viewer.js";
import type { Clock } from "../platform/clock.js";

const FRESH_MS = 500;
const KNOWN_MAX = 10_000;
const QUERY_USERS_MAX = 1_000;

interface Known {
  /** Undefined where the account is gone. */
  readonly standing: Standing | undefined;
  /** By the monotonic clock. */
  readonly readAt: number;
}

interface Watcher {
  readonly credential: Credential;
  readonly ended: () => void;
}

export interface StandingsParts {
  readonly store: Pick<AccountServices["credentials"], "standings">;
  readonly clock: Clock;
}

export class KnownStandings implements Standings {
  readonly #parts: StandingsParts;
  readonly #endListeners = new Set<(userId: string) => void>();
  /** The one read longest ago comes first. */
  readonly #known = new Map<string, Known>();
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #loader: DataLoader<string, Standing | undefined>;
  #inFlight: Promise<unknown> = Promise.resolve();
  /** Grows with every change that was made here: what was read across one is not kept. */
  #changes = 0;
  #cancelLook: (() => void) | undefined;

  constructor(parts: StandingsParts) {
    this.#parts = parts;
    this.#loader = new DataLoader((userIds) => this.#readAll(userIds), {
      cache: false,
      maxBatchSize: QUERY_USERS_MAX,
      batchScheduleFn: (dispatch) => void this.#inFlight.then(dispatch),
    });
  }

  async holds(userId: string, credential: Credential): Promise<boolean> {
    const known = this.#known.get(userId);
    const isFresh = known !== undefined && this.#parts.clock.monotonic() - known.readAt < FRESH_MS;
    // One that is not listed may have been made a moment ago, on another node.
    if (isFresh && isLive(credential, known.standing)) return true;
    try {
      return isLive(credential, await this.#loader.load(userId));
    } catch (error) {
      if (known !== undefined && isLive(credential, known.standing)) return true;
      throw error;
    }
  }

  watch(userId: string, credential: Credential, ended: () => void): () => void {
    const watchers = this.#watchers.get(userId) ?? new Set();
    const watcher = { credential, ended };
    watchers.add(watcher);
    this.#watchers.set(userId, watchers);
    this.#cancelLook ??= this.#scheduleLook();
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(userId) === watchers) {
        this.#watchers.delete(userId);
      }
    };
  }

  listen(ended: (userId: string) => void): void {
    this.#endListeners.add(ended);
  }

  changed(userId: string): void {
    this.#changes += 1;
    this.#known.delete(userId);
    if (this.#watchers.has(userId)) void this.#look([userId]);
  }

  /** Looks at nobody any more. */
  close(): void {
    this.#cancelLook?.();
    this.#watchers.clear();
  }

  #scheduleLook(): () => void {
    return this.#parts.clock.after(FRESH_MS, () => {
      void this.#look([...this.#watchers.keys()]).then(() => {
        this.#cancelLook = this.#watchers.size > 0 ? this.#scheduleLook() : undefined;
      });
    });
  }

  /** Never rejects: who cannot be looked at now is looked at the next time. */
  async #look(userIds: readonly string[]): Promise<void> {
    const looks = userIds.map(async (userId) => {
      const standing = await this.#loader.load(userId);
      const watchers = [...(this.#watchers.get(userId) ?? [])];
      const over = watchers.filter(({ credential }) => !isLive(credential, standing));
      for (const watcher of over) {
        this.#watchers.get(userId)?.delete(watcher);
        watcher.ended();
      }
      if (over.length > 0) for (const ended of this.#endListeners) ended(userId);
    });
    await Promise.allSettled(looks);
  }

  #readAll(userIds: readonly string[]): Promise<(Standing | undefined)[]> {
    const reading = this.#read([...new Set(userIds)]);
    this.#inFlight = reading.catch(() => undefined);
    return reading.then((standings) => userIds.map((id) => standings.get(id)));
  }

  async #read(userIds: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const { store, clock } = this.#parts;
    const readAt = clock.monotonic();
    const changes = this.#changes;
    const standings = await store.standings(userIds, clock.now());
    if (changes !== this.#changes) return standings;
    for (const id of userIds) {
      this.#known.delete(id);
      this.#known.set(id, { standing: standings.get(id), readAt });
    }
    for (const [oldest] of this.#known) {
      if (this.#known.size <= KNOWN_MAX) break;
      this.#known.delete(oldest);
    }
    return standings;
  }
}
