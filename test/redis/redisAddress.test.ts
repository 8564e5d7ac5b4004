import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/readConfig.js";
import { parseRedisAddress } from "../../src/redis/redisAddress.js";

const open = { username: undefined, password: undefined, tls: false };

describe("REDIS_URL", () => {
  test.each([
    ["redis://h", { ...open, kind: "server", endpoint: { host: "h", port: 6379 }, database: 0 }],
    [
      "rediss://u:p%40%3A@h:1/3",
      {
        ...{ kind: "server", endpoint: { host: "h", port: 1 }, database: 3 },
        ...{ username: "u", password: "p@:", tls: true },
      },
    ],
    [
      "redis://:p@[::1]:7",
      {
        ...{ ...open, password: "p", kind: "server" },
        ...{ endpoint: { host: "::1", port: 7 }, database: 0 },
      },
    ],
    [
      "redis+sentinel://u:p@a,b:2/main/1?sentinelPassword=s%26",
      {
        ...{ kind: "sentinel", masterName: "main", database: 1, tls: false },
        ...{ username: "u", password: "p", sentinelUsername: undefined, sentinelPassword: "s&" },
        sentinels: [
          { host: "a", port: 26379 },
          { host: "b", port: 2 },
        ],
      },
    ],
    [
      "rediss+cluster://a:1,b",
      {
        ...{ ...open, kind: "cluster", tls: true },
        endpoints: [
          { host: "a", port: 1 },
          { host: "b", port: 6379 },
        ],
      },
    ],
  ])("NODE-7 %s is taken apart", (text, address) => {
    expect(parseRedisAddress(text)).toEqual(address);
  });

  test.each([
    "",
    "http://h",
    "redis://",
    "redis://a,b",
    "redis://h:0",
    "redis://h:65536",
    "redis://h:x",
    "redis://h/one",
    "redis://h/0/1",
    "redis://u:%zz@h",
    "redis+sentinel://h",
    "redis+sentinel://h/",
    "redis+sentinel://h/main/x",
    "redis+cluster://h/1",
    "redis+cluster://a,,b",
    "redis+other://h",
  ])("NODE-7 %j is refused in one line that shows what is accepted, and not the value", (text) => {
    expect(parseRedisAddress(text)).toBeUndefined();
    if (text === "") return;
    const secret = text.replace("//", "//:hunter2@");
    expect(() => readConfig({ REDIS_URL: secret })).toThrow(ConfigError);
    expect(() => readConfig({ REDIS_URL: secret })).toThrow(/^REDIS_URL: .*redis\+sentinel:\/\//);
    expect(() => readConfig({ REDIS_URL: secret })).not.toThrow(/hunter2|\n/);
  });
});
