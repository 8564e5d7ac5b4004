/** Every setting there is, by section. The type of the configuration and docs/CONFIGURATION.md follow from it. */
import { z } from "zod";
import { defaultFeedSettings } from "../subscriptions/feedSettings.js";
import { defaultPresenceSettings } from "../subscriptions/presence/presenceSettings.js";
import { parseRedisAddress } from "../redis/redisAddress.js";
import { REDIS_PREFIX } from "../redis/redisNames.js";
import {
  commentLimitSettings,
  domainLimitSettings,
  lockLimitSettings,
  requestLimitSettings,
} from "./sections/limitSettings.js";
import { auditSettings } from "./sections/auditSettings.js";
import { liveTemplateSettings } from "./sections/liveSettings.js";
import { accountSettings } from "./sections/accountSettings.js";
import { sessionSettings } from "./sections/sessionSettings.js";
import { httpLimitSettings } from "./sections/httpLimitSettings.js";
import { databaseSettings } from "./sections/databaseSettings.js";
import { documentLimitSettings } from "./sections/documentLimitSettings.js";
import { guestSettings } from "./sections/guestSettings.js";
import { quotaSettings } from "./sections/quotaSettings.js";
import { rateSettings } from "./sections/rateSettings.js";
import { numberSettings } from "./numberSettings.js";
import { list, oneOf, optionalFlag, optionalText, text, whole } from "./setting.js";
import { teamSettings } from "./sections/teamSettings.js";
import { trustedProxies } from "./sections/trustedProxies.js";
import { workSettings } from "./sections/workSettings.js";

const filled = { expected: "a non-empty text", schema: z.string().min(1) };
const port = { fallback: 4_000, min: 0, max: 65_535 };

const server = {
  environment: oneOf(
    "NODE_ENV",
    "the mode; in `production` secrets are required and no demo account is created",
    ["development", "production", "test"],
    "development",
  ),
  host: text("HOST", "the address to listen on; `0.0.0.0` for all interfaces", "127.0.0.1", filled),
  port: whole(
    "PORT",
    "the port to listen on, 0 for any free one; if not set and 4000 is taken, the next free one",
    port,
  ),
  dataDir: text(
    "DATA_DIR",
    "the folder for the embedded PostgreSQL and for generated secrets",
    "./data",
    filled,
  ),
  logLevel: oneOf(
    "LOG_LEVEL",
    "the lowest level of log lines to write, as JSON on standard error",
    ["fatal", "error", "warn", "info", "debug", "silent"],
    "warn",
  ),
  demo: optionalFlag(
    "DEMO",
    "creates a demo account with a template at the first start, and signs GraphiQL in to it",
    "true on the embedded PostgreSQL outside production",
  ),
  graphiql: optionalFlag("GRAPHIQL", "serves GraphiQL", "false in production, else true"),
  corsOrigins: list(
    "CORS_ORIGINS",
    "further origins whose pages may call the API, separated by commas; outside production also `localhost`, `127.0.0.1` and `[::1]` on any port",
    "origins such as https://app.example.com, separated by commas",
    z.string().refine((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
  ),
  publicUrl: optionalText(
    "PUBLIC_URL",
    "the public origin of this server, such as https://strata.example.com; links to its pages start with it",
    "links start with their path",
    {
      expected: "an origin such as https://strata.example.com",
      schema: z.url({ protocol: /^https?$/ }).refine((url) => new URL(url).origin === url),
    },
  ),
  shutdownMs: whole(
    "SHUTDOWN_MS",
    "milliseconds for an orderly stop; after that the remaining work is aborted",
    { fallback: 15_000, min: 100, max: 600_000 },
  ),
};

const pemFile = { expected: "the path of a file", schema: z.string().min(1) };

const redis = {
  url: optionalText(
    "REDIS_URL",
    "the Redis that connects the nodes of a cluster",
    "single-node mode: no Redis",
    {
      expected:
        "an address such as redis://host:6379, redis+sentinel://host:26379,host2:26379/mymaster or redis+cluster://host:7000,host:7001",
      schema: z.string().refine((address) => parseRedisAddress(address) !== undefined),
      secret: true,
    },
  ),
  caFile: optionalText(
    "REDIS_CA_FILE",
    "with rediss: the CA certificates for the certificate of Redis, as PEM",
    "the CA certificates of Node.js, with NODE_EXTRA_CA_CERTS",
    pemFile,
  ),
  certFile: optionalText(
    "REDIS_CERT_FILE",
    "with rediss: this server's client certificate for Redis, as PEM; REDIS_KEY_FILE is its key",
    "no client certificate",
    pemFile,
  ),
  keyFile: optionalText("REDIS_KEY_FILE", "the key of REDIS_CERT_FILE, as PEM", "no key", pemFile),
  prefix: text(
    "REDIS_PREFIX",
    "the prefix of the names of keys and channels; unique per deployment on a shared Redis",
    "strata",
    {
      expected: "1 to 100 letters, digits, `.`, `_`, `:` and `-`",
      schema: z.string().regex(REDIS_PREFIX),
    },
  ),
};

const accounts = {
  jwtSecret: optionalText(
    "JWT_SECRET",
    "the key that signs tokens; equal on every node",
    "generated once and kept in DATA_DIR/secrets.json; required in production",
    {
      expected: "at least 32 bytes",
      schema: z.string().refine((secret) => Buffer.byteLength(secret) >= 32),
      secret: true,
    },
  ),
  ...accountSettings,
};

const http = {
  trustedProxies: trustedProxies(
    "TRUSTED_PROXIES",
    "the trusted proxies in front of this server (X-Forwarded-For, Forwarded)",
  ),
  forwardingHeader: oneOf(
    "FORWARDING_HEADER",
    "the header that these proxies write; the other one is ignored",
    ["x-forwarded-for", "forwarded"],
    "x-forwarded-for",
  ),
  hstsSeconds: whole(
    "HSTS_SECONDS",
    "the max-age of Strict-Transport-Security in seconds; 0: no such header. Only for a server behind HTTPS",
    { fallback: 0, min: 0, max: 63_072_000 },
  ),
  ...httpLimitSettings,
};

const webSocket = numberSettings(
  {
    webSocketMessageBytesMax: 1_000_000,
    webSocketInitMs: 5_000,
    webSocketSubscriptionsMax: 100,
    webSocketBufferBytesMax: 1_000_000,
  },
  {
    webSocketMessageBytesMax: {
      description:
        "bytes of a WebSocket message from a client; if not set, raised to OPERATION_BYTES_MAX plus 65,536 where that is more",
    },
    webSocketInitMs: {
      description: "milliseconds that a client has to send connection_init",
      max: 600_000,
    },
    webSocketSubscriptionsMax: { description: "running subscriptions and requests per WebSocket" },
    webSocketBufferBytesMax: {
      description: "unsent bytes for a slow client, above which it is served from the log",
    },
  },
);

const feeds = numberSettings(
  {
    pollMs: defaultFeedSettings.pollMs,
    pollMsWhenUnhealthy: defaultFeedSettings.pollMsWhenUnhealthy,
  },
  {
    pollMs: {
      description:
        "milliseconds between polls of the database for commits whose bus message was lost",
    },
    pollMsWhenUnhealthy: { description: "the same while Redis is unavailable" },
  },
);

const presence = numberSettings(
  {
    presenceLifetimeMs: defaultPresenceSettings.presenceLifetimeMs,
    presenceRenewMs: defaultPresenceSettings.presenceRenewMs,
    presenceMessageMs: defaultPresenceSettings.presenceMessageMs,
    presencePeopleMs: defaultPresenceSettings.presencePeopleMs,
    presenceIdleMs: defaultPresenceSettings.presenceIdleMs,
    presenceAwayMs: defaultPresenceSettings.presenceAwayMs,
  },
  {
    presenceLifetimeMs: {
      description:
        "milliseconds after which a presence entry expires without a heartbeat of its node",
      min: 3_000,
      max: 3_600_000,
    },
    presenceRenewMs: {
      description:
        "milliseconds between a node's heartbeats for its presence entries; at most half of PRESENCE_LIFETIME_MS",
      min: 1_000,
      max: 1_800_000,
    },
    presenceMessageMs: {
      description:
        "milliseconds between two presence messages of a template, to one subscriber and between nodes",
      max: 10_000,
    },
    presencePeopleMs: {
      description: "milliseconds that user names in presence and activity may be out of date",
      max: 3_600_000,
    },
    presenceIdleMs: {
      description:
        "milliseconds without an action (presence update, version received, lock) after which a user is shown as idle",
      min: 1_000,
      max: 86_400_000,
    },
    presenceAwayMs: {
      description: "the same for away; at least PRESENCE_IDLE_MS",
      min: 1_000,
      max: 86_400_000,
    },
  },
);

const graphql = {
  introspection: optionalFlag(
    "INTROSPECTION",
    "permits introspection of the schema, and suggests names in errors; GraphiQL requires it",
    "false in production, else true",
  ),
  persistedDocuments: oneOf(
    "PERSISTED_DOCUMENTS",
    "whether clients may name documents by their SHA-256 (`allow`), or must (`require`)",
    ["off", "allow", "require"],
    "off",
  ),
  persistedDocumentsFile: optionalText(
    "PERSISTED_DOCUMENTS_FILE",
    "the JSON file of these documents by their SHA-256",
    "no documents",
    filled,
  ),
  ...documentLimitSettings,
};

const limits = {
  ...domainLimitSettings,
  ...requestLimitSettings,
  ...lockLimitSettings,
  ...commentLimitSettings,
  ...quotaSettings,
};

export const sections = {
  server,
  database: databaseSettings,
  redis,
  accounts,
  http,
  webSocket,
  graphql,
  rates: rateSettings,
  work: workSettings,
  limits,
  live: liveTemplateSettings,
  feeds,
  presence,
  sessions: sessionSettings,
  teams: teamSettings,
  guests: guestSettings,
  audit: auditSettings,
} as const;
