/** Notes for one person what they have read; whoever sees the template may, and nobody else learns of it. */
import type { Viewer } from "../../domain/access/access.js";
import { authorize } from "../authorize.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { MarkCommentsReadInput, CommentsRead } from "./commentContract.js";

/** Threads that are not there are passed over. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, PAYLOAD_TOO_LARGE. */
export async function markCommentsRead(
  services: Services,
  viewer: Viewer,
  { templateId, threadIds, throughSequence }: MarkCommentsReadInput,
): Promise<CommentsRead | RequestError> {
  const access = await authorize(services, viewer, "view", templateId);
  if (access.kind === "refused") return access;
  const { commentThreadsMax } = services.limits;
  if ((threadIds?.length ?? 0) > commentThreadsMax) {
    const message = `at most ${commentThreadsMax} threads are allowed`;
    return refused("PAYLOAD_TOO_LARGE", message, { path: ["threadIds"] });
  }
  if (throughSequence != null && throughSequence < 0) {
    return invalidInput("throughSequence must not be negative", "throughSequence");
  }
  const now = throughSequence ?? (await services.comments.sequences([templateId])).get(templateId);
  await services.comments.markRead({
    ...{ templateId, userId: access.viewer.userId, throughSequence: now ?? 0 },
    ...(threadIds != null && { threadIds }),
  });
  return { kind: "commentsRead", templateId };
}
