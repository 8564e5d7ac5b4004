/** What keys and channels are called in Redis: apart for each deployment, together for each template. */
import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/readConfig.js";
import { RedisNames } from "../../src/redis/redisNames.js";
import { slotOf } from "../../src/redis/redisSlot.js";

const template = "0190b6a8-7f3e-7c11-b1a5-0a1b2c3d4e5f";

describe("REDIS_PREFIX", () => {
  test("is strata where it is not set", () => {
    expect(readConfig({}).redis.prefix).toBe("strata");
    expect(readConfig({ REDIS_PREFIX: "shop:eu-1.live_2" }).redis.prefix).toBe("shop:eu-1.live_2");
  });

  test.each(["a{b}", "{", "a b", "a\n", "é", "*", "x".repeat(101)])(
    "NODE-11 is not %j",
    (prefix) => {
      expect(() => readConfig({ REDIS_PREFIX: prefix })).toThrow(ConfigError);
      expect(() => new RedisNames(prefix)).toThrow();
    },
  );
});

describe("names in Redis", () => {
  test("keep the form that nodes of older versions know", () => {
    const names = new RedisNames();
    expect(names.channel({ templateId: "t", topic: "changes" })).toBe("strata:{t}:changes");
    expect(names.presence("t")).toBe("strata:{t}:present");
    expect(names.nodes("ids")).toBe("strata:{nodes}:ids");
    expect(names.limit("operations")).toBe("strata:limits:operations");
  });

  test.each(["strata", "a.b", "a:b-c"])(
    "NODE-6 are in the slot of their template under %s",
    (prefix) => {
      const names = new RedisNames(prefix);
      const channel = names.channel({ templateId: template, topic: "presence" });
      expect(slotOf(channel)).toBe(slotOf(template));
      expect(slotOf(names.presence(template))).toBe(slotOf(template));
      expect(slotOf(names.nodes("ids"))).toBe(slotOf(names.nodes("report:x")));
    },
  );

  test("NODE-11 tell back what they were made of, for one's own prefix alone", () => {
    const channel = { templateId: template, topic: "comments" } as const;
    const [own, other] = [new RedisNames("a.b"), new RedisNames("axb")];
    expect(own.channelOf(own.channel(channel))).toEqual(channel);
    expect(own.channelOf(other.channel(channel))).toBeUndefined();
    expect(other.channelOf(own.channel(channel))).toBeUndefined();
  });
});
