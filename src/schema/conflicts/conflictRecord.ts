/** The record of a template's conflicts: both sides, how each was resolved and how long that took. */
import { decideAccess, type TemplateAccess, type Viewer } from "../../domain/access/access.js";
import type { LoggedOperation, SentOperation } from "../../domain/operations/operation.js";
import type { ConflictQuery, ConflictRecord } from "../../storage/conflicts/conflictStore.js";
import { builder } from "../builder.js";
import { ConflictDeciderEnum, ConflictDecisionObject } from "./conflictDecision.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, UUID_PART } from "../cursor.js";
import type { GraphQLContext } from "../context.js";
import { OperationObject, SentOperationObject, type OperationView } from "../editing/operation.js";
import { selectsOfItems } from "../selects.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";
import { CollisionObject, ResolutionEnum } from "./versionConflict.js";

const CONFLICTS_PER_PAGE = { max: 100, standard: 20 };

/** The largest that GraphQL's Int holds: in milliseconds nearly 25 days. */
const INT_MAX = 2_147_483_647;

/** A record with those operations of both sides that the log holds, oldest first. */
interface ConflictView extends ConflictRecord {
  readonly serverOperations: readonly OperationView[];
}

const ConflictRecordObject = builder.objectRef<ConflictView>("ConflictRecord").implement({
  description:
    "A conflict between a client's operations and committed ones, resolved by a user or by a merge.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "The user who sent the operations; null if the account was deleted.",
      resolve: ({ userId }) => userId,
    }),
    clientId: t.exposeString("clientId", {
      nullable: true,
      description: "The client's own name for itself; null if not sent.",
    }),
    baseVersion: t.exposeInt("baseVersion", {
      description: "The version that the client's operations were made on.",
    }),
    headVersion: t.exposeInt("headVersion", {
      description: "The template's version at the time of the collision.",
    }),
    clientOperations: t.field({
      type: [SentOperationObject],
      description:
        "The client's operations, as sent; for a decision by a merge those named in `decisions`, as far as the log still holds them.",
      resolve: ({ clientOperations }) => [...clientOperations],
    }),
    serverOperations: t.field({
      type: [OperationObject],
      description:
        "The committed operations that the client's collided with, oldest first, as far as the log still holds them.",
      resolve: ({ serverOperations }) => [...serverOperations],
    }),
    collisions: t.field({
      type: [CollisionObject],
      description: "The pairs of colliding operations and the properties they share.",
      resolve: ({ collisions }) => [...collisions],
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "The time at which the conflict was reported.",
    }),
    resolution: t.expose("resolution", {
      type: ResolutionEnum,
      nullable: true,
      description:
        "The resolution strategy chosen by a user; null while the conflict is open, and if a merge decided.",
    }),
    resolvedAt: t.expose("resolvedAt", {
      type: "DateTime",
      nullable: true,
      description: "The time of the resolution or decision.",
    }),
    resolvedBy: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The user who resolved the conflict; null while it is open, and if the account was deleted.",
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

builder.objectFields(ConflictRecordObject, (t) => ({
  decidedBy: t.field({
    type: ConflictDeciderEnum,
    nullable: true,
    description: "How the conflict was decided; null while it is open.",
    resolve: ({ decidedBy, resolution }) => decidedBy ?? (resolution === null ? null : "PERSON"),
  }),
  decisions: t.field({
    type: [ConflictDecisionObject],
    description:
      "The decisions of a merge, in the order of the batch, the first 100; empty if a user was asked.",
    resolve: ({ decisions, decidedBy }) =>
      decidedBy === null ? [] : decisions.map((decision) => ({ ...decision, by: decidedBy })),
  }),
  decisionCount: t.exposeInt("decisionCount", {
    description: "The number of decisions.",
  }),
}));

const ConflictRecordConnection = builder.connectionObject(
  {
    type: ConflictRecordObject,
    name: "ConflictRecordConnection",
    description: "A page of a template's conflicts.",
  },
  { name: "ConflictRecordEdge", description: "A conflict and its cursor." },
);

/** Thirteen digits of milliseconds reach the year 2286. */
const CURSOR = new RegExp(`^(\\d{1,13}) ${UUID_PART}$`);

builder.objectField(TemplateObject, "conflicts", (t) =>
  t.field({
    type: ConflictRecordConnection,
    description:
      "The conflicts reported to users or decided by merges, newest first: all of them for viewers with the right to edit, else the viewer's own. A merge makes one record per batch; only about the newest 1,000 of these are kept. A page is shorter than `first` if operations are selected and large: continue while `pageInfo.hasNextPage`. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      first: t.arg.int({ description: "The number of results, 0 to 100; default 20." }),
      after: t.arg.string({ description: "Return results after this cursor." }),
      resolved: t.arg.boolean({
        description: "True: only resolved or decided conflicts; false: only open ones.",
      }),
      decidedBy: t.arg({
        type: ConflictDeciderEnum,
        description:
          "Only conflicts decided in this way. DELETION matches none, since it decides single collisions.",
      }),
    },
    resolve: async (node, { first, after, resolved, decidedBy }, context, info) => {
      const size = pageSize("first", first, CONFLICTS_PER_PAGE);
      const [createdAt, id] = decodeCursor(after, CURSOR) ?? [];
      const head = await readingOf(node, context).headInStep();
      const mine = whoseConflicts(context.viewer, head);
      const isNone = mine === "nobody" || decidedBy === "DELETION";
      const rows = isNone
        ? []
        : await context.services.conflicts.list({
            templateId: node.id,
            limit: size + 1,
            withoutOperations: true,
            ...(mine !== "everybody" && { userId: mine.userId }),
            ...(resolved != null && { resolved }),
            ...(decidedBy != null && { decidedBy }),
            ...(createdAt !== undefined &&
              id !== undefined && { before: { createdAt: Number(createdAt), id } }),
          } satisfies ConflictQuery);
      const asked = rows.slice(0, size);
      const selectsOperations =
        selectsOfItems(info, "serverOperations") || selectsOfItems(info, "clientOperations");
      const views = selectsOperations
        ? await fittingPage(node.id, asked, context)
        : asked.map((record) => ({ ...record, serverOperations: [] }));
      return connectionOf(views, (row) => encodeCursor(row.createdAt, row.id), {
        hasNextPage: rows.length > views.length,
        hasPreviousPage: !isNone && after != null,
      });
    },
  }),
);

/** Whose conflicts the viewer may read: everybody's where they may edit, else their own. */
function whoseConflicts(
  viewer: Viewer,
  head: TemplateAccess,
): "everybody" | "nobody" | { readonly userId: string } {
  if (decideAccess(viewer, "audit", head).allowed) return "everybody";
  if (viewer.kind !== "user" || !decideAccess(viewer, "view", head).allowed) return "nobody";
  return { userId: viewer.userId };
}

/** The first of the records, as many as have operations that are together small enough for one page, with both sides. */
async function fittingPage(
  templateId: string,
  records: readonly ConflictRecord[],
  context: GraphQLContext,
): Promise<ConflictView[]> {
  const { services, work } = context;
  const [sent, logged] = await Promise.all([
    services.conflicts.measureOperations(
      templateId,
      records.map(({ id }) => id),
    ),
    services.templates.measureOperations(templateId, [...new Set(records.flatMap(loggedIdsOf))]),
  ]);
  const page: ConflictRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const ofLog = new Set(loggedIdsOf(record));
    let own = sent.get(record.id) ?? 0;
    for (const id of ofLog) own += logged.get(id) ?? 0;
    if (page.length > 0 && bytes + own > work.pageBytesMax) break;
    bytes += own;
    page.push(record);
  }
  return work.read(bytes, () => withOperations(templateId, page, context));
}

function decidedOf({ decisions }: ConflictRecord): string[] {
  return decisions.map(({ clientOperation }) => clientOperation);
}

/** The operations of the log that a record tells of. */
function loggedIdsOf(record: ConflictRecord): string[] {
  return [...record.serverOperationIds, ...decidedOf(record)];
}

/** Both sides of all conflicts of a page, as far as the log holds them, in one query each. */
async function withOperations(
  templateId: string,
  records: readonly ConflictRecord[],
  { services }: GraphQLContext,
): Promise<ConflictView[]> {
  const asked = records.filter(({ decidedBy }) => decidedBy === null).map(({ id }) => id);
  const sent = await services.conflicts.readOperations(templateId, asked);
  const ids = new Set(records.flatMap(loggedIdsOf));
  const logged = await services.templates.findOperations(templateId, [...ids]);
  const byId = new Map(logged.map((operation) => [operation.id, operation]));
  return records.map((record) => {
    const theirs = new Set(record.serverOperationIds);
    const mine = [...new Set(decidedOf(record))].flatMap((id) => byId.get(id) ?? []);
    return {
      ...record,
      serverOperations: logged.filter(({ id }) => theirs.has(id)),
      clientOperations: sent.get(record.id) ?? mine.map(sentOf),
    };
  });
}

/** The operation as its client sent it. */
function sentOf(operation: LoggedOperation): SentOperation {
  const { id, type, target, payload, requested, clientTimestamp } = operation;
  return { id, ...(requested ?? { type, target, payload }), timestamp: clientTimestamp };
}
