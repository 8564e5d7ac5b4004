/**
 * Where Redis is, as REDIS_URL says it:
 *
 *     redis://user:password@host:6379/0                                       one server
 *     redis+sentinel://user:password@host:26379,host2:26379/mymaster/0        whichever server is master
 *     redis+cluster://user:password@host:7000,host:7001                       a Redis Cluster, found through any node
 *
 * `rediss` in the place of `redis` speaks TLS, to Sentinels too. User and password are those of the data servers;
 * `?sentinelUsername=…&sentinelPassword=…` are those of the Sentinels.
 */

export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
}

interface RedisAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

export type RedisAddress = RedisAccess &
  (
    | { readonly kind: "server"; readonly endpoint: RedisEndpoint; readonly database: number }
    | {
        readonly kind: "sentinel";
        readonly sentinels: readonly RedisEndpoint[];
        readonly masterName: string;
        readonly database: number;
        readonly sentinelUsername: string | undefined;
        readonly sentinelPassword: string | undefined;
      }
    | { readonly kind: "cluster"; readonly endpoints: readonly RedisEndpoint[] }
  );

const SHAPE =
  /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^@/?#]*)@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;
const HOST = /^(?<host>\[[\da-fA-F:.]+\]|[^:[\]\s]+)(?::(?<port>\d{1,5}))?$/;
const DEFAULT_PORTS = { server: 6_379, sentinel: 26_379, cluster: 6_379 };

/** The parts of an address; undefined for text that is none. */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  const parts = SHAPE.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const kind = (parts["kind"] ?? "server") as RedisAddress["kind"];
  const endpoints = endpointsOf(parts["hosts"] ?? "", DEFAULT_PORTS[kind]);
  const access = accessOf(parts["user"], parts["tls"] === "s");
  const path = pathOf(parts["path"]);
  const [endpoint] = endpoints ?? [];
  if (endpoints === undefined || endpoint === undefined || access === undefined) return undefined;
  if (path === undefined || (parts["query"] !== undefined && kind !== "sentinel")) return undefined;
  switch (kind) {
    case "server": {
      const database = databaseOf(path[0]);
      if (database === undefined || path.length > 1 || endpoints.length > 1) return undefined;
      return { ...access, kind, endpoint, database };
    }
    case "cluster":
      // A Redis Cluster has only database 0.
      return path.length > 0 ? undefined : { ...access, kind, endpoints };
    case "sentinel": {
      const [masterName, number] = path;
      const database = databaseOf(number);
      if (masterName === undefined || database === undefined || path.length > 2) return undefined;
      const query = new URLSearchParams(parts["query"]);
      return {
        ...access,
        kind,
        sentinels: endpoints,
        masterName,
        database,
        sentinelUsername: query.get("sentinelUsername") ?? undefined,
        sentinelPassword: query.get("sentinelPassword") ?? undefined,
      };
    }
  }
}

function endpointsOf(text: string, portWhereOmitted: number): RedisEndpoint[] | undefined {
  const endpoints: RedisEndpoint[] = [];
  for (const part of text.split(",")) {
    const { host, port } = HOST.exec(part)?.groups ?? {};
    if (host === undefined) return undefined;
    const number = port === undefined ? portWhereOmitted : Number(port);
    if (number < 1 || number > 65_535) return undefined;
    endpoints.push({ host: host.replace(/^\[|\]$/g, ""), port: number });
  }
  return endpoints;
}

function accessOf(user: string | undefined, tls: boolean): RedisAccess | undefined {
  if (user === undefined) return { username: undefined, password: undefined, tls };
  const colon = user.indexOf(":");
  const username = decoded(colon < 0 ? user : user.slice(0, colon));
  const password = colon < 0 ? "" : decoded(user.slice(colon + 1));
  if (username === undefined || password === undefined) return undefined;
  return { username: username || undefined, password: password || undefined, tls };
}

function pathOf(path: string | undefined): string[] | undefined {
  if (path === undefined || path === "") return [];
  const parts = path.split("/").map(decoded);
  return parts.every((part): part is string => part !== undefined && part !== "")
    ? parts
    : undefined;
}

function databaseOf(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
