/** The environment, parsed once. A value that is wrong is one clear line; nothing else reads `process.env`. */
import type { Setting } from "./setting.js";
import { sections } from "./settings.js";

type Sections = typeof sections;
type ValueOf<S> = S extends Setting<infer T> ? T : never;

/** The values of all settings by section, frozen; `given` names the variables that the environment sets. */
export type Config = {
  readonly [S in keyof Sections]: {
    readonly [K in keyof Sections[S]]: ValueOf<Sections[S][K]>;
  };
} & { readonly given: ReadonlySet<string> };

/** A setting is wrong; the message is one line that names it and says what is expected. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** The environment's variables, as `process.env` gives them. An empty one counts as not set. */
export type Environment = { readonly [name: string]: string | undefined };

/** Reads the configuration. Throws ConfigError at the first value that is wrong or missing. */
export function readConfig(environment: Environment): Config {
  const given = new Set<string>();
  const config: { [section: string]: unknown } = { given };
  for (const [section, settings] of Object.entries(sections)) {
    const values: { [key: string]: unknown } = {};
    for (const [key, setting] of Object.entries(settings)) {
      values[key] = valueOf(setting, environment, given);
    }
    config[section] = Object.freeze(values);
  }
  // The sections' own types say what was put together here key by key.
  const complete = Object.freeze(withRoomForOperations(config as unknown as Config));
  checkTogether(complete);
  return complete;
}

/** What a request has beside the target and payload of its operation: the document, ids, names. */
const REQUEST_BYTES = 65_536;

/** Where their limits are not given, bodies and messages are as long as the largest operation needs. */
function withRoomForOperations(config: Config): Config {
  const { given, http, limits, webSocket } = config;
  const bytes = limits.operationBytesMax + REQUEST_BYTES;
  const atLeast = (name: string, max: number) => (given.has(name) ? max : Math.max(max, bytes));
  const httpBodyBytesMax = atLeast("HTTP_BODY_BYTES_MAX", http.httpBodyBytesMax);
  const webSocketMessageBytesMax = atLeast(
    "WEB_SOCKET_MESSAGE_BYTES_MAX",
    webSocket.webSocketMessageBytesMax,
  );
  return {
    ...config,
    http: Object.freeze({ ...http, httpBodyBytesMax }),
    webSocket: Object.freeze({ ...webSocket, webSocketMessageBytesMax }),
  };
}

function valueOf<T>(setting: Setting<T>, environment: Environment, given: Set<string>): T {
  const text = environment[setting.name];
  if (text === undefined || text === "") return setting.fallback;
  given.add(setting.name);
  const parsed = setting.schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const shown = setting.secret ? "the value" : JSON.stringify(text.slice(0, 80));
  throw new ConfigError(`${setting.name}: ${shown} is not valid; expected ${setting.expected}`);
}

/** The rules that concern more than one setting. */
function checkTogether({
  server,
  redis,
  accounts,
  limits,
  live,
  presence,
  sessions,
}: Config): void {
  if (server.environment === "production" && accounts.jwtSecret === undefined) {
    throw new ConfigError(
      "JWT_SECRET: is not set; expected at least 32 bytes if NODE_ENV is production",
    );
  }
  checkOidc(accounts, server);
  checkRedis(redis);
  const ordered = [
    ["PRESENCE_IDLE_MS", presence.presenceIdleMs, "PRESENCE_AWAY_MS", presence.presenceAwayMs],
    ["PASSWORD_UNITS_MIN", limits.passwordUnitsMin, "PASSWORD_UNITS_MAX", limits.passwordUnitsMax],
    [
      "CHECKPOINT_VERSIONS_MIN",
      live.checkpointVersionsMin,
      "CHECKPOINT_VERSIONS_MAX",
      live.checkpointVersionsMax,
    ],
    [
      "SNAPSHOT_VERSIONS_MIN",
      live.snapshotVersionsMin,
      "SNAPSHOT_VERSIONS_MAX",
      live.snapshotVersionsMax,
    ],
    [
      "PRESENCE_RENEW_MS",
      presence.presenceRenewMs,
      "half of PRESENCE_LIFETIME_MS",
      presence.presenceLifetimeMs / 2,
    ],
    [
      "STORED_BYTES_PER_PERSON_MAX",
      limits.storedBytesPerPersonMax,
      "EDITED_BYTES_PER_PERSON_MAX",
      limits.editedBytesPerPersonMax,
    ],
    [
      "STORED_BYTES_PER_TEAM_MAX",
      limits.storedBytesPerTeamMax,
      "EDITED_BYTES_PER_TEAM_MAX",
      limits.editedBytesPerTeamMax,
    ],
    // Else locks would run out between the heartbeats that renew them.
    ["SESSION_RENEW_MS", sessions.sessionRenewMs, "half of LOCK_LEASE_MS", limits.lockLeaseMs / 2],
  ] as const;
  for (const [lower, min, upper, max] of ordered) {
    if (min <= max) continue;
    throw new ConfigError(`${lower}: ${min} is above ${upper}; expected at most ${max}`);
  }
}

function checkOidc(
  { oidcIssuer, oidcAudience, oidcJwksUrl }: Config["accounts"],
  server: Config["server"],
): void {
  if (oidcIssuer === undefined) {
    if (oidcJwksUrl === undefined && oidcAudience === undefined) return;
    throw new ConfigError("OIDC_ISSUER: is not set; expected the address of the provider");
  }
  if (oidcAudience === undefined) {
    throw new ConfigError(
      "OIDC_AUDIENCE: is not set; expected the audience of the tokens of OIDC_ISSUER",
    );
  }
  const plain = [oidcIssuer, oidcJwksUrl].some((url) => url?.startsWith("http:"));
  if (plain && server.environment === "production") {
    throw new ConfigError("OIDC_ISSUER: is not valid; expected https if NODE_ENV is production");
  }
}

function checkRedis({ url, caFile, certFile, keyFile }: Config["redis"]): void {
  const isSecret = url?.startsWith("rediss") === true;
  const files = { REDIS_CA_FILE: caFile, REDIS_CERT_FILE: certFile, REDIS_KEY_FILE: keyFile };
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined || isSecret) continue;
    throw new ConfigError(
      `${name}: has no effect; expected only with a REDIS_URL that starts with rediss`,
    );
  }
  if (keyFile === undefined && certFile !== undefined) {
    throw new ConfigError("REDIS_KEY_FILE: is not set; expected the key of REDIS_CERT_FILE");
  }
  if (certFile === undefined && keyFile !== undefined) {
    throw new ConfigError(
      "REDIS_CERT_FILE: is not set; expected the certificate of REDIS_KEY_FILE",
    );
  }
}
