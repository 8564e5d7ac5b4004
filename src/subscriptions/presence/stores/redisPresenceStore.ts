/**
 * The presence store in Redis: one hash per template, `<written at> <sequence> <entry as JSON>` by session, no JSON for
 * one that is over. Ages are told by the server's clock, so that nodes need not agree on the time.
 */
import type { RedisClient } from "../../../redis/redisConnection.js";
import { RedisNames } from "../../../redis/redisNames.js";
import { isPresenceEntry } from "../../../bus/presenceShape.js";
import type { PresenceEntry } from "../../../bus/presenceEntry.js";
import type { PresenceStore, StoredPresence } from "./presenceStore.js";

const nowLine = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lifetime = tonumber(ARGV[1])`;

/** KEYS: the hash. ARGV: lifetime, then session, sequence and JSON of each entry. */
const writeScript = `${nowLine}
for i = 2, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  local at, sequence
  if known then at, sequence = string.match(known, '^(%d+) (%d+) ') end
  local isOld = at and math.abs(now - at) < lifetime and tonumber(sequence) > tonumber(ARGV[i + 1])
  if not isOld then
    redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f %s %s', now, ARGV[i + 1], ARGV[i + 2]))
  end
end
redis.call('PEXPIRE', KEYS[1], lifetime)`;

/** Answers session, age and JSON of each entry; what is too old is dropped. */
const readScript = `${nowLine}
local all = redis.call('HGETALL', KEYS[1])
local found = {}
for i = 1, #all, 2 do
  local at, json = string.match(all[i + 1], '^(%d+) %d+ (.*)$')
  if at and math.abs(now - at) < lifetime then
    found[#found + 1] = all[i]
    found[#found + 1] = string.format('%.0f', math.max(0, now - at))
    found[#found + 1] = json
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return found`;

/** Greater than every sequence. */
const overSequence = Number.MAX_SAFE_INTEGER;

export class RedisPresenceStore implements PresenceStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly lifetimeMs: number,
    private readonly names = new RedisNames(),
  ) {}

  async read(templateId: string): Promise<StoredPresence> {
    const found = (await this.redis.eval(
      readScript,
      1,
      this.names.presence(templateId),
      this.lifetimeMs,
    )) as string[];
    const entries: { entry: PresenceEntry; ageMs: number }[] = [];
    const over: string[] = [];
    for (let index = 0; index + 2 < found.length; index += 3) {
      const [sessionId = "", age, json = ""] = found.slice(index, index + 3);
      if (json === "") over.push(sessionId);
      const entry = parsed(json);
      if (entry?.sessionId === sessionId) entries.push({ entry, ageMs: Number(age) });
    }
    return { entries, over };
  }

  async write(
    templateId: string,
    entries: readonly PresenceEntry[],
    over: readonly string[],
  ): Promise<void> {
    const fields = [
      ...entries.flatMap((entry) => [entry.sessionId, entry.sequence, JSON.stringify(entry)]),
      ...over.flatMap((sessionId) => [sessionId, overSequence, ""]),
    ];
    if (fields.length === 0) return;
    const key = this.names.presence(templateId);
    await this.redis.eval(writeScript, 1, key, this.lifetimeMs, ...fields);
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }
}

/** The entry, where it is one: whoever can write to Redis can write anything there. */
function parsed(json: string): PresenceEntry | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isPresenceEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
