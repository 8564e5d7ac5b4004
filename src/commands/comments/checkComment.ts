/** Checks of what a comment says and whom it names. */
import { decideAccess } from "../../domain/access/access.js";
import { bodyProblem } from "../../domain/comments/body.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { isUuid } from "../../storage/postgres/uuid.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

interface Said {
  readonly body: string;
  readonly mentions?: readonly string[] | null;
}

/** What is wrong with it before anything was read, or undefined. */
export function checkSaid(
  { body, mentions }: Said,
  { commentBodyUnitsMax, commentMentionsMax }: Services["limits"],
): RequestError | undefined {
  const problem = bodyProblem(body, commentBodyUnitsMax);
  if (problem !== undefined) return invalidInput(`body ${problem}`, "body");
  if ((mentions?.length ?? 0) <= commentMentionsMax) return undefined;
  const message = `at most ${commentMentionsMax} mentions are allowed`;
  return refused("PAYLOAD_TOO_LARGE", message, { path: ["mentions"] });
}

/** What is wrong with the id that the client chose, or undefined. */
export function checkCommentId(id: string): RequestError | undefined {
  return isUuid(id) ? undefined : invalidInput("id must be a UUID in lower case", "id");
}

/** The people in order, each once. */
export function mentionsOf(mentions: readonly string[] | null | undefined): readonly string[] {
  return [...new Set(mentions)].sort();
}

/**
 * The refusal of a mention of somebody who does not see the template, or undefined. Whether there is such an account
 * makes no difference, neither to the answer nor to what is read.
 */
export async function checkMentions(
  { access, users }: Services,
  head: TemplateHead,
  mentions: readonly string[] | null | undefined,
): Promise<RequestError | undefined> {
  if (mentions == null || mentions.length === 0) return undefined;
  const [known, granted] = await Promise.all([
    users.findMany(mentions),
    Promise.all(mentions.map((userId) => access.knownGrant(userId, head))),
  ]);
  const accounts = new Set(known.map(({ id }) => id));
  for (const [index, userId] of mentions.entries()) {
    const seenBy = granted[index];
    const sees =
      seenBy !== undefined && decideAccess({ kind: "user", userId }, "view", seenBy).allowed;
    if (accounts.has(userId) && sees) continue;
    return invalidInput("no user who can see the template has this id", "mentions", String(index));
  }
  return undefined;
}
