/** The layers of `src`: which folder may import which, and which files are adapters that only a node's wiring chooses. */
import { posix } from "node:path";

const below = (...layers: readonly string[]) => layers;

/**
 * The folders of `src` from the lowest layer to the highest, each with the layers that it may import beside itself. A layer
 * imports none that stands after it.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  domain: [],
  client: below("domain"),
  redis: below("platform"),
  bus: below("platform", "domain", "redis"),
  storage: below("platform", "domain"),
  limits: below("platform", "domain", "redis"),
  live: below("platform", "domain", "storage"),
  sessions: below("platform", "domain", "bus", "storage"),
  audit: below("platform", "domain", "storage"),
  cluster: below("platform", "redis", "bus"),
  commands: below(
    ...["platform", "domain", "bus", "storage", "limits"],
    ...["live", "sessions", "audit", "cluster"],
  ),
  accounts: below("platform", "domain", "commands"),
  subscriptions: below(
    ...["platform", "domain", "redis", "bus", "storage", "limits"],
    ...["live", "sessions", "commands"],
  ),
  schema: below(
    ...["platform", "domain", "bus", "storage", "limits", "live", "sessions", "audit", "cluster"],
    ...["commands", "subscriptions"],
  ),
  seed: below("platform", "domain", "commands"),
  config: below(
    ...["platform", "domain", "redis", "limits", "live", "sessions", "audit"],
    ...["commands", "subscriptions"],
  ),
  http: below(
    ...["platform", "domain", "limits", "live", "commands", "subscriptions", "schema"],
    ...["seed", "config"],
  ),
};

/** The rooms of the domain, in the same order: each imports only rooms before it, and files of the domain's own folder. */
export const domainRooms: readonly string[] = [
  ...["text", "document", "viewport", "operations", "locks", "diff", "history", "merge"],
  ...["access", "undo", "client", "comments", "notifications", "audit"],
];

/** They put a node or a command of the shell together, and import everything. */
export const wiring: ReadonlySet<string> = new Set(["node", "cli", "main.ts"]);

/** What has a port beside it: only the wiring and its own layer import it. */
const adapters: readonly RegExp[] = [
  /^src\/bus\/(localBus|redisBus)\.ts$/,
  /^src\/storage\/(embedded|generated)\//,
  /^src\/storage\/postgres\/(database|migrations)\.ts$/,
  /\/(prisma|memory|redis)[A-Z]\w*(Store|Registry|RateLimiter)\.ts$/,
];

const layerOf = (file: string): string => file.split("/")[1] ?? "";

/** The files of `src` that a file imports. */
export function importsOf(file: string, source: string): string[] {
  const specifiers = [
    ...source.matchAll(/(?:^|\n)(?:import|export)(?:\s[^;"]*?)?\s*"(\.[^"]+)"/g),
    ...source.matchAll(/\bimport\(\s*"(\.[^"]+)"/g),
  ].map(([, specifier = ""]) => specifier);
  return specifiers.map((specifier) =>
    posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts"),
  );
}

/** Why the one file may not import the other; undefined where it may. */
export function faultOf(file: string, imported: string): string | undefined {
  const [from, to] = [layerOf(file), layerOf(imported)];
  if (from === "domain" && to === "domain") return faultInDomain(file, imported);
  if (from === to || wiring.has(from)) return undefined;
  if (!layers[from]?.includes(to)) return `${file}: src/${from} may not import src/${to}`;
  const isOfThePlugin = from === "schema" && imported.startsWith("src/storage/generated/");
  if (!isOfThePlugin && adapters.some((adapter) => adapter.test(imported))) {
    return `${file}: ${imported} is an adapter, import the port beside it`;
  }
  return undefined;
}

function faultInDomain(file: string, imported: string): string | undefined {
  const [from, to] = [file, imported].map((path) => domainRooms.indexOf(path.split("/")[2] ?? ""));
  return from! >= to! ? undefined : `${file}: ${imported} is in a room that stands after its own`;
}
