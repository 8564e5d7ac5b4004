/**
 * What keys and channels are called in Redis, all of them: nothing else makes such a name. A name begins with the
 * prefix of its deployment, so that two deployments on one Redis neither see nor count each other; channels need it,
 * too, as Redis' numbered databases share them.
 */

/** A prefix has no braces: the first ones in a name say which slot of a Redis Cluster it belongs to. */
export const REDIS_PREFIX = /^[\w.:-]{1,100}$/;

/** What a channel carries: one topic of one template. */
export interface ChannelName {
  readonly templateId: string;
  readonly topic: string;
}

export class RedisNames {
  readonly #prefix: string;
  readonly #channelName: RegExp;

  constructor(prefix = "strata") {
    if (!REDIS_PREFIX.test(prefix)) throw new Error("REDIS_PREFIX is not a valid prefix");
    this.#prefix = prefix;
    const literally = prefix.replaceAll(".", "\\.");
    this.#channelName = new RegExp(`^${literally}:\\{(?<templateId>.*)\\}:(?<topic>\\w+)$`, "s");
  }

  /** The hash tag keeps everything about one template in one slot of a Redis Cluster. */
  channel({ templateId, topic }: ChannelName): string {
    return `${this.#prefix}:{${templateId}}:${topic}`;
  }

  /** What `channel` was told; undefined for names of another kind. */
  channelOf(name: string): ChannelName | undefined {
    const { templateId, topic } = this.#channelName.exec(name)?.groups ?? {};
    return templateId === undefined || topic === undefined ? undefined : { templateId, topic };
  }

  /** The hash of who is here on a template. */
  presence(templateId: string): string {
    return `${this.#prefix}:{${templateId}}:present`;
  }

  /** One of the keys of the list of nodes, which are all in one slot. */
  nodes(key: string): string {
    return `${this.#prefix}:{nodes}:${key}`;
  }

  /** What the counts of a limit begin with. */
  limit(name: string): string {
    return `${this.#prefix}:limits:${name}`;
  }
}
