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
    "in `production` secrets must be given and no demo account is made",
    ["development", "production", "test"],
    "development",
  ),
  host: text("HOST", "the address to listen on; `0.0.0.0` for all", "127.0.0.1", filled),
  port: whole(
    "PORT",
    "the port to listen on, 0 for any; where it is not set and 4000 is taken, the next free one",
    port,
  ),
  dataDir: text(
    "DATA_DIR",
    "the folder of the embedded PostgreSQL and of secrets",
    "./data",
    filled,
  ),
  logLevel: oneOf(
    "LOG_LEVEL",
    "the least important log lines to write, as JSON on standard error",
    ["fatal", "error", "warn", "info", "debug", "silent"],
    "warn",
  ),
  demo: optionalFlag(
    "DEMO",
    "make a demo account with a template on the first start, and sign GraphiQL in to it",
    "true on the embedded PostgreSQL outside production",
  ),
  graphiql: optionalFlag("GRAPHIQL", "serve GraphiQL", "false in production, else true"),
  corsOrigins: list(
    "CORS_ORIGINS",
    "origins whose pages may call the API besides its own, separated by commas; outside production also `localhost`, `127.0.0.1` and `[::1]` on any port",
    "origins such as https://app.example.com, separated by commas",
    z.string().refine((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
  ),
  publicUrl: optionalText(
    "PUBLIC_URL",
    "the origin under which people reach this server, such as https://strata.example.com; links to its pages begin with it",
    "links begin with their path",
    {
      expected: "an origin such as https://strata.example.com",
      schema: z.url({ protocol: /^https?$/ }).refine((url) => new URL(url).origin === url),
    },
  ),
  shutdownMs: whole(
    "SHUTDOWN_MS",
    "milliseconds that a stop may take before what is left is cut off",
    { fallback: 15_000, min: 100, max: 600_000 },
  ),
};

const pemFile = { expected: "the path of a file", schema: z.string().min(1) };

const redis = {
  url: optionalText(
    "REDIS_URL",
    "the Redis that carries news between nodes",
    "news stay within this node",
    {
      expected:
        "an address such as redis://host:6379, redis+sentinel://host:26379,host2:26379/mymaster or redis+cluster://host:7000,host:7001",
      schema: z.string().refine((address) => parseRedisAddress(address) !== undefined),
      secret: true,
    },
  ),
  caFile: optionalText(
    "REDIS_CA_FILE",
    "with rediss: the certificates that sign those of Redis, as PEM",
    "those that Node.js trusts, with NODE_EXTRA_CA_CERTS",
    pemFile,
  ),
  certFile: optionalText(
    "REDIS_CERT_FILE",
    "with rediss: the certificate that this server shows to Redis, as PEM; REDIS_KEY_FILE is its key",
    "it shows none",
    pemFile,
  ),
  keyFile: optionalText("REDIS_KEY_FILE", "the key of REDIS_CERT_FILE, as PEM", "no key", pemFile),
  prefix: text(
    "REDIS_PREFIX",
    "what the names of keys and channels begin with; deployments that share a Redis differ in it",
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
    "the key that signs tokens; the same on every node",
    "made once and kept in DATA_DIR/secrets.json; required in production",
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
    "the proxies before this server, whose word on a client's address counts",
  ),
  forwardingHeader: oneOf(
    "FORWARDING_HEADER",
    "the header that these proxies write; the other is not read",
    ["x-forwarded-for", "forwarded"],
    "x-forwarded-for",
  ),
  hstsSeconds: whole(
    "HSTS_SECONDS",
    "seconds for which browsers are told to use HTTPS alone; 0: they are not told. Only where HTTPS stands before this server",
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
        "bytes of a message from a client; where it is not set at least OPERATION_BYTES_MAX and 65,536 more",
    },
    webSocketInitMs: {
      description: "milliseconds a client has to send connection_init",
      max: 600_000,
    },
    webSocketSubscriptionsMax: { description: "subscriptions and requests under way on a socket" },
    webSocketBufferBytesMax: {
      description: "bytes waiting for a slow client, beyond which it is served from the log",
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
        "milliseconds after which the database is asked for commits that no message told of",
    },
    pollMsWhenUnhealthy: { description: "the same while Redis is away" },
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
      description: "milliseconds after which somebody whom no node says again is no longer shown",
      min: 3_000,
      max: 3_600_000,
    },
    presenceRenewMs: {
      description:
        "milliseconds after which a node says again who is here through it; at most half of PRESENCE_LIFETIME_MS",
      min: 1_000,
      max: 1_800_000,
    },
    presenceMessageMs: {
      description:
        "milliseconds between two messages about who moved on a template, to one subscriber and between nodes",
      max: 10_000,
    },
    presencePeopleMs: {
      description:
        "milliseconds that the names of people may be out of date in presence and activity",
      max: 3_600_000,
    },
    presenceIdleMs: {
      description:
        "milliseconds after which somebody who did nothing is shown as idle: no word of their client, no version that it took, no lock",
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
    "tell the schema to whoever asks, and suggest names in errors; GraphiQL needs it",
    "false in production, else true",
  ),
  persistedDocuments: oneOf(
    "PERSISTED_DOCUMENTS",
    "whether documents may be named by their SHA-256 (`allow`), or must be (`require`)",
    ["off", "allow", "require"],
    "off",
  ),
  persistedDocumentsFile: optionalText(
    "PERSISTED_DOCUMENTS_FILE",
    "the JSON file that holds these documents by their SHA-256",
    "there are none",
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
