/** The record of a template's conflicts: both sides, how each was resolved and how long that took. */
import { decideAccess } from "../domain/access/access.js";
import type { ConflictQuery, ConflictRecord } from "../storage/conflictStore.js";
import { builder } from "./builder.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, UUID_PART } from "./cursor.js";
import type { GraphQLContext } from "./context.js";
import { OperationObject, SentOperationObject, type OperationView } from "./operation.js";
import { selectsOfItems } from "./selects.js";
import { TemplateObject } from "./template.js";
import { readingOf } from "./templateReading.js";
import { UserObject } from "./user.js";
import { CollisionObject, ResolutionEnum } from "./versionConflict.js";

const CONFLICTS_PER_PAGE = { max: 100, standard: 20 };

/** The largest that GraphQL's Int holds: in milliseconds nearly 25 days. */
const INT_MAX = 2_147_483_647;

/** A record with those of the other side's operations that the log still holds, oldest first. */
interface ConflictView extends ConflictRecord {
  readonly serverOperations: readonly OperationView[];
}

const ConflictRecordObject = builder.objectRef<ConflictView>("ConflictRecord").implement({
  description: "A conflict that was answered: somebody's operations collided with committed ones.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Whose operations they were; null where the account is gone.",
      resolve: ({ userId }) => userId,
    }),
    clientId: t.exposeString("clientId", {
      nullable: true,
      description: "What the client called itself; null where it did not.",
    }),
    baseVersion: t.exposeInt("baseVersion", {
      description: "The version that the client's operations were made on.",
    }),
    headVersion: t.exposeInt("headVersion", {
      description: "The template's version when they collided.",
    }),
    clientOperations: t.field({
      type: [SentOperationObject],
      description: "The one side: the client's operations, as sent.",
      resolve: ({ clientOperations }) => [...clientOperations],
    }),
    serverOperations: t.field({
      type: [OperationObject],
      description:
        "The other side: the committed operations that they collided with, oldest first, as far as the log still holds them.",
      resolve: ({ serverOperations }) => [...serverOperations],
    }),
    collisions: t.field({
      type: [CollisionObject],
      description: "What collided with what, and over which properties.",
      resolve: ({ collisions }) => [...collisions],
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "When the conflict was answered.",
    }),
    resolution: t.expose("resolution", {
      type: ResolutionEnum,
      nullable: true,
      description: "The way out that was taken; null while none was.",
    }),
    resolvedAt: t.expose("resolvedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was taken.",
    }),
    resolvedBy: t.field({
      type: UserObject,
      nullable: true,
      description: "Who took it; null while nobody did, and where the account is gone.",
      resolve: ({ resolvedById }) => resolvedById,
    }),
    durationMs: t.int({
      nullable: true,
      description:
        "Milliseconds from the conflict to its resolution, at most 2,147,483,647; null while it is open.",
      resolve: ({ createdAt, resolvedAt }) =>
        resolvedAt === null ? null : Math.min(Math.max(0, resolvedAt - createdAt), INT_MAX),
    }),
  }),
});

const ConflictRecordConnection = builder.connectionObject(
  {
    type: ConflictRecordObject,
    name: "ConflictRecordConnection",
    description: "A page of a template's conflicts.",
  },
  { name: "ConflictRecordEdge", description: "A conflict and its place in the list." },
);

/** Thirteen digits of milliseconds reach the year 2286. */
const CURSOR = new RegExp(`^(\\d{1,13}) ${UUID_PART}$`);

builder.objectField(TemplateObject, "conflicts", (t) =>
  t.field({
    type: ConflictRecordConnection,
    description:
      "The conflicts that were answered, newest first; for its author and administrators alone, and empty for everyone else. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      first: t.arg.int({ description: "How many, 0 to 100; 20 where omitted." }),
      after: t.arg.string({ description: "The cursor after which to go on." }),
      resolved: t.arg.boolean({
        description: "True: only those that were resolved; false: only those still open.",
      }),
    },
    resolve: async (node, { first, after, resolved }, context, info) => {
      const size = pageSize("first", first, CONFLICTS_PER_PAGE);
      const [createdAt, id] = decodeCursor(after, CURSOR) ?? [];
      const head = await readingOf(node, context).headInStep();
      const mayRead = decideAccess(context.viewer, "audit", head).allowed;
      const rows = mayRead
        ? await context.services.conflicts.list({
            templateId: node.id,
            limit: size + 1,
            ...(resolved != null && { resolved }),
            ...(createdAt !== undefined &&
              id !== undefined && { before: { createdAt: Number(createdAt), id } }),
          } satisfies ConflictQuery)
        : [];
      const page = rows.slice(0, size);
      const views = selectsOfItems(info, "serverOperations")
        ? await withServerOperations(node.id, page, context)
        : page.map((record) => ({ ...record, serverOperations: [] }));
      return connectionOf(views, (row) => encodeCursor(row.createdAt, row.id), {
        hasNextPage: rows.length > size,
        hasPreviousPage: mayRead && after != null,
      });
    },
  }),
);

/** The other sides of all conflicts of a page, in one query. */
async function withServerOperations(
  templateId: string,
  records: readonly ConflictRecord[],
  { services }: GraphQLContext,
): Promise<ConflictView[]> {
  const ids = new Set(records.flatMap(({ serverOperationIds }) => serverOperationIds));
  const logged = await services.templates.findOperations(templateId, [...ids]);
  return records.map((record) => {
    const theirs = new Set(record.serverOperationIds);
    return { ...record, serverOperations: logged.filter(({ id }) => theirs.has(id)) };
  });
}
