/** The files of certificates for Redis, as a start reads them. */
import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/readConfig.js";
import { StartError } from "../../src/platform/startError.js";
import { redisPlaceOf } from "../../src/node/wireRedis.js";
import { Authority } from "../setup/certificates.js";

const REDIS_URL = "rediss://cache";

describe("NODE-12 the files of certificates for Redis", () => {
  const authority = new Authority();
  const [own, other] = [authority.sign("DNS:own"), authority.sign("DNS:other")];
  const rubbish = `${own.cert}.rubbish`;
  writeFileSync(rubbish, "rubbish");
  afterAll(() => authority.end());

  test("are read at the start", () => {
    const place = redisPlaceOf(
      readConfig({
        REDIS_URL,
        REDIS_CA_FILE: authority.file,
        REDIS_CERT_FILE: own.cert,
        REDIS_KEY_FILE: own.key,
      }),
    );
    expect(place).toMatchObject({ url: REDIS_URL, certificates: { ca: authority.pem } });
    expect(Object.keys(place?.certificates ?? {})).toEqual(["ca", "cert", "key"]);
    expect(redisPlaceOf(readConfig({}))).toBeUndefined();
  });

  test.each([
    [{ REDIS_CA_FILE: "/nowhere/ca.pem" }, /^REDIS_CA_FILE: .* cannot be read$/],
    [{ REDIS_CA_FILE: rubbish }, /^REDIS_CA_FILE: .* cannot be used/],
    [{ REDIS_CERT_FILE: rubbish, REDIS_KEY_FILE: own.key }, /^REDIS_CERT_FILE: .* cannot be used/],
    [
      { REDIS_CERT_FILE: own.cert, REDIS_KEY_FILE: other.key },
      /^REDIS_KEY_FILE: .* cannot be used/,
    ],
  ])("end the start where they cannot be used: %j", (files, message) => {
    const start = () => redisPlaceOf(readConfig({ REDIS_URL, ...files }));
    expect(start).toThrow(StartError);
    expect(start).toThrow(message);
  });

  test.each([
    [{ REDIS_URL: "redis://cache", REDIS_CA_FILE: "ca.pem" }, "REDIS_CA_FILE"],
    [{ REDIS_CERT_FILE: "own.pem", REDIS_KEY_FILE: "own.key" }, "REDIS_CERT_FILE"],
    [{ REDIS_URL, REDIS_CERT_FILE: "own.pem" }, "REDIS_KEY_FILE"],
    [{ REDIS_URL, REDIS_KEY_FILE: "own.key" }, "REDIS_CERT_FILE"],
  ])("are refused where they have no use or half is missing: %j", (environment, name) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(new RegExp(`^${name}: `));
  });
});
