/** Locks as the API shows them: on their template, in presence, and where one stands against a request. */
import DataLoader from "dataloader";
import type { Lock } from "../../domain/locks/lock.js";
import { targetOfPath } from "../../domain/operations/paths.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { OperationTargetObject } from "../editing/operation.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf, type TemplateNode } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";

export const LockObject = builder.objectRef<Lock>("Lock").implement({
  description:
    "What one session keeps from the changes of all others, for as long as its lease runs.",
  fields: (t) => ({
    target: t.field({
      type: OperationTargetObject,
      description:
        "The node, with everything in it: a page covers its elements, a group what is in it. All ids are null where the whole template is locked.",
      resolve: ({ path }) => targetOfPath(path),
    }),
    sessionId: t.exposeID("sessionId", { description: "The session that holds it, a UUID." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Whose session it is; null where the account is gone.",
      resolve: ({ userId }) => userId,
    }),
    clientId: t.exposeString("clientId", {
      description:
        "What that session's client calls itself. Operations under this user and `clientId` pass the lock.",
    }),
    fence: t.exposeInt("fence", {
      description:
        "Grows with every lock that is acquired on the template: of two holders of one node the later has the greater.",
    }),
    acquiredAt: t.expose("acquiredAt", { type: "DateTime", description: "When it was acquired." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "When its lease runs out, unless a heartbeat of its session renews it before.",
    }),
  }),
});

builder.prismaObjectField(TemplateObject, "locks", (t) =>
  t.field({
    type: [LockObject],
    description:
      "What is locked right now, the oldest first: at most `LOCKS_PER_SESSION_MAX` (100 unless set otherwise) of each session. Empty where nothing is.",
    resolve: currentLocks,
  }),
);

/** What is locked on the template of this answer. */
export async function currentLocks(
  node: TemplateNode,
  _args: object,
  context: GraphQLContext,
): Promise<Lock[]> {
  const head = await readingOf(node, context).headInStep();
  return head.lockRevision === 0 ? [] : locksOf(context).load(head.templateId);
}

const loaders = new WeakMap<GraphQLContext, DataLoader<string, Lock[]>>();

/** The locks of all templates of one request are read in one query. */
function locksOf(context: GraphQLContext): DataLoader<string, Lock[]> {
  const known = loaders.get(context);
  if (known !== undefined) return known;
  const loader = new DataLoader<string, Lock[]>(async (ids) => {
    const sets = await context.services.templates.readLocks(ids);
    return ids.map((id) => [...(sets.get(id)?.locks ?? [])]);
  });
  loaders.set(context, loader);
  return loader;
}
