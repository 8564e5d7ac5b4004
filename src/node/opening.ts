/** How far a node opens up to whoever looks at it: in production no further than it is asked to. */
import type { Config } from "../config/readConfig.js";

/** Whether GraphiQL is served. */
export function servesGraphiQL({ server }: Pick<Config, "server">): boolean {
  return server.graphiql ?? server.environment !== "production";
}

/** Whether the schema is told: by introspection, and by suggestions in errors. */
export function tellsSchema({ server, graphql }: Pick<Config, "server" | "graphql">): boolean {
  return graphql.introspection ?? server.environment !== "production";
}
