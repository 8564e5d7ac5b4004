/** What every resolver gets. Made anew for each request: dataloaders live as long as their context. */
import type { Services } from "../commands/services.js";
import type { Viewer } from "../domain/access/access.js";
import type { PrismaClient } from "../storage/generated/prisma/client.js";
import type { Feeds } from "../subscriptions/feeds.js";

export interface GraphQLContext {
  readonly viewer: Viewer;
  readonly services: Services;
  /** For reading what the API shows; everything that writes goes through commands. */
  readonly prisma: PrismaClient;
  /** What subscriptions follow. */
  readonly feeds: Pick<Feeds, "follow">;
}
