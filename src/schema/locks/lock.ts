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
  description: "A session's exclusive right to change a document node, as long as its lease lasts.",
  fields: (t) => ({
    target: t.field({
      type: OperationTargetObject,
      description:
        "The document node with all its contents: a page covers its elements, a group its children. All ids are null if the whole template is locked.",
      resolve: ({ path }) => targetOfPath(path),
    }),
    sessionId: t.exposeID("sessionId", { description: "The session that holds the lock, a UUID." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "The user of the session; null if the account was deleted.",
      resolve: ({ userId }) => userId,
    }),
    clientId: t.exposeString("clientId", {
      description:
        "The session's `clientId`. Operations of this user with this `clientId` pass the lock.",
    }),
    fence: t.exposeInt("fence", {
      description:
        "A number that grows with every lock acquired on the template: of two holders of one document node the later has the greater fence.",
    }),
    acquiredAt: t.expose("acquiredAt", {
      type: "DateTime",
      description: "The time at which it was acquired.",
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description:
        "The time at which its lease expires, unless a heartbeat of its session renews it.",
    }),
  }),
});

builder.prismaObjectField(TemplateObject, "locks", (t) =>
  t.field({
    type: [LockObject],
    description:
      "The current locks, oldest first, at most `LOCKS_PER_SESSION_MAX` (default 100) per session.",
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
