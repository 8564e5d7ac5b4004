import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configurationPage } from "../../src/config/documentation.js";
import { keptSecrets } from "../../src/config/secrets.js";
import { sections } from "../../src/config/settings.js";
import { ConfigError, readConfig } from "../../src/config/readConfig.js";

const secret = "0123456789abcdef0123456789abcdef";

describe("readConfig", () => {
  test("an empty environment is a complete, frozen configuration", () => {
    const config = readConfig({});
    expect(config.server).toMatchObject({ port: 4_000, host: "127.0.0.1", dataDir: "./data" });
    expect(config.limits.operationBytesMax).toBe(1_000_000);
    expect(config.given.size).toBe(0);
    expect(Object.isFrozen(config) && Object.isFrozen(config.limits)).toBe(true);
  });

  test("a value is taken, and counts as given", () => {
    const config = readConfig({ PORT: "5000", HTTP_BODY_BYTES_MAX: "1_000_000", DEMO: "false" });
    expect(config.server.port).toBe(5_000);
    expect(config.http.httpBodyBytesMax).toBe(1_000_000);
    expect(config.server.demo).toBe(false);
    expect([...config.given]).toEqual(["PORT", "DEMO", "HTTP_BODY_BYTES_MAX"]);
  });

  test("an empty value counts as not set", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "" }).given.size).toBe(0);
  });

  test.each([
    [{ PORT: "http" }, 'PORT: "http" is not valid; expected a whole number from 0 to 65535'],
    [{ PORT: "65536" }, 'PORT: "65536" is not valid; expected a whole number from 0 to 65535'],
    [{ PORT: "1e3" }, 'PORT: "1e3" is not valid; expected a whole number from 0 to 65535'],
    [{ JSON_DEPTH_MAX: "-1" }, "expected a whole number from 1 to 200"],
    [{ LOG_LEVEL: "loud" }, "expected one of fatal, error, warn, info, debug, silent"],
    [{ CORS_ORIGINS: "https://a.example/path" }, "expected origins such as"],
    [{ NODE_ENV: "production" }, "JWT_SECRET: is not set; expected at least 32 bytes"],
    [{ CHECKPOINT_VERSIONS_MIN: "9000" }, "9000 is above CHECKPOINT_VERSIONS_MAX"],
    [{ SESSION_RENEW_MS: "20000" }, "20000 is above half of LOCK_LEASE_MS; expected at most 15000"],
    [{ OIDC_ISSUER: "id.example.com" }, "OIDC_ISSUER: "],
    [{ OIDC_ISSUER: "https://id.example.com" }, "OIDC_AUDIENCE: is not set"],
    [{ OIDC_JWKS_URL: "https://id.example.com/keys" }, "OIDC_ISSUER: is not set"],
    [
      {
        ...{ NODE_ENV: "production", JWT_SECRET: secret, OIDC_AUDIENCE: "strata" },
        OIDC_ISSUER: "http://id.example.com",
      },
      "OIDC_ISSUER: is not valid; expected https",
    ],
  ])("%o is refused with one line", (environment, message) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(message);
    expect(() => readConfig(environment)).not.toThrow("\n");
  });

  test.each([
    [{ JWT_SECRET: "hunter2-hunter2" }, "hunter2"],
    [{ DATABASE_URL: "mysql://root:hunter2@db/strata" }, "hunter2"],
    [{ REDIS_URL: "http://:hunter2@cache" }, "hunter2"],
  ])("what is wrong with a secret is said without the secret", (environment, hidden) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).not.toThrow(hidden);
  });

  test("production takes the secrets it is given", () => {
    const config = readConfig({ NODE_ENV: "production", JWT_SECRET: secret });
    expect(config.accounts.jwtSecret).toBe(secret);
  });
});

describe("the settings", () => {
  test("have names of their own, and defaults that they accept", () => {
    const all = Object.values(sections).flatMap((section) => Object.values(section));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, fallback, schema } of all) {
      if (fallback === undefined || Array.isArray(fallback)) continue;
      expect(schema.safeParse(String(fallback)).success, name).toBe(true);
    }
  });

  test("are documented as they are; npm run config:docs writes the page", () => {
    expect(readFileSync("docs/CONFIGURATION.md", "utf8")).toBe(configurationPage());
  });
});

describe("kept secrets", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-secrets-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("are made once, for the owner's eyes", () => {
    const made = keptSecrets(join(folder, "data"));
    expect(made.jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(keptSecrets(join(folder, "data"))).toEqual(made);
    expect(statSync(join(folder, "data/secrets.json")).mode & 0o777).toBe(0o600);
  });

  test("that are damaged are not replaced in silence", () => {
    writeFileSync(join(folder, "secrets.json"), '{"jwtSecret":"sho');
    expect(() => keptSecrets(folder)).toThrow(/secrets\.json is damaged; delete it/);
  });
});
