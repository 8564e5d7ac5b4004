/** Queues a proposal at the live template and turns what may happen there into refusals. */
import { QueueFull, TemplateGone, type Proposal } from "../live/liveTemplates.js";
import { templateNotFound } from "./authorize.js";
import { refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/** The proposal's answer once committed. Rejects with StorageUnavailable or ShuttingDown. */
export async function submit<T>(
  services: Services,
  templateId: string,
  proposal: Proposal<T>,
): Promise<T | RequestError> {
  try {
    return await services.live.submit(templateId, proposal);
  } catch (error) {
    if (error instanceof TemplateGone) return templateNotFound();
    if (error instanceof QueueFull) {
      return refused("RATE_LIMITED", error.message, { retryAfterMs: error.retryAfterMs });
    }
    throw error;
  }
}
