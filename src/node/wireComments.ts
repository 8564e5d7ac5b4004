/** Comments of the templates that somebody follows on one node, put together for server.ts. */
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import type { Logger } from "../platform/logging.js";
import { CommentFeeds } from "../subscriptions/comments/commentFeeds.js";

export function wireComments(
  config: Config,
  { access, bus, clock, comments }: Pick<Services, "access" | "bus" | "clock" | "comments">,
  logger: Logger,
): CommentFeeds {
  return new CommentFeeds({
    ...{ access, bus, clock, comments, settings: config.feeds },
    warn: (message, error) => logger.warn({ error }, message),
  });
}
