/** Where Redis is and how connections to it are trusted, for server.ts and those that put parts together for it. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { Config } from "../config/readConfig.js";
import { StartError } from "../platform/startError.js";
import type { RedisCertificates, RedisPlace } from "../redis/redisConnection.js";

/** Undefined where there is no Redis. Throws StartError where a file of certificates cannot be used. */
export function redisPlaceOf({ redis }: Pick<Config, "redis">): RedisPlace | undefined {
  const { url } = redis;
  if (url === undefined) return undefined;
  const files = [
    ["ca", "REDIS_CA_FILE", redis.caFile],
    ["cert", "REDIS_CERT_FILE", redis.certFile],
    ["key", "REDIS_KEY_FILE", redis.keyFile],
  ] as const;
  const certificates: { -readonly [K in keyof RedisCertificates]: string } = {};
  for (const [part, name, path] of files) {
    if (path === undefined) continue;
    certificates[part] = textOf(name, path);
    // With those before it: a key is checked against its certificate.
    check(name, path, certificates);
  }
  return { url, certificates };
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new StartError(`${name}: ${path} cannot be read`, { cause: error });
  }
}

function check(name: string, path: string, certificates: RedisCertificates): void {
  try {
    createSecureContext(certificates);
    // OpenSSL takes any text for authorities, and trusts nobody then.
    if (certificates.ca !== undefined) void new X509Certificate(certificates.ca);
  } catch (error) {
    const { message } = error as Error;
    throw new StartError(`${name}: ${path} cannot be used: ${message}`, { cause: error });
  }
}
