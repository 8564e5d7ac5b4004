/** The comments of a template: its threads in pages, one of them, and how many the viewer has not read. */
import DataLoader from "dataloader";
import { checkId } from "../../domain/document/validation.js";
import type { ThreadQuery } from "../../storage/comments/commentStore.js";
import { isUuid } from "../../storage/postgres/uuid.js";
import { builder } from "../builder.js";
import { CommentThreadObject, SEQUENCE_CURSOR, threadViews } from "./comment.js";
import type { GraphQLContext } from "../context.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize } from "../cursor.js";
import { badUserInput } from "../errors.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf, type TemplateNode } from "../templates/templateReading.js";

const THREADS_PER_PAGE = { max: 100, standard: 20 };

const CommentThreadState = builder.enumType("CommentThreadState", {
  description: "The state of a thread.",
  values: {
    OPEN: { description: "Unresolved." },
    RESOLVED: { description: "Resolved by a user." },
  } as const,
});

const CommentThreadConnection = builder.connectionObject(
  {
    type: CommentThreadObject,
    name: "CommentThreadConnection",
    description: "A page of a template's threads of comments.",
  },
  { name: "CommentThreadEdge", description: "A thread and its cursor." },
);

builder.objectFields(TemplateObject, (t) => ({
  comments: t.field({
    type: CommentThreadConnection,
    description:
      "The threads of comments, newest first, without those whose comments were all deleted. Errors: NOT_FOUND for a deleted template, BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      pageId: t.arg.id({
        description: "Only threads on this page, including its elements and points.",
      }),
      state: t.arg({ type: CommentThreadState, description: "Only threads in this state." }),
      first: t.arg.int({ description: "The number of results, 0 to 100; default 20." }),
      after: t.arg.string({ description: "Return results after this cursor." }),
    },
    resolve: async (node, { pageId, state, first, after }, context) => {
      const size = pageSize("first", first, THREADS_PER_PAGE);
      const [cursor] = decodeCursor(after, SEQUENCE_CURSOR) ?? [];
      if (pageId != null && checkId(pageId, context.services.limits) !== undefined) {
        throw badUserInput("`pageId` is not the id of a page.");
      }
      const query: ThreadQuery = {
        ...{ templateId: node.id, limit: size + 1 },
        ...(pageId != null && { pageId }),
        ...(state != null && { resolved: state === "RESOLVED" }),
        ...(cursor !== undefined && { beforeSequence: Number(cursor) }),
      };
      const isEmpty = (await commentSequence(node, context)) === 0;
      const rows = isEmpty ? [] : await context.services.comments.threads(query);
      return connectionOf(
        threadViews(rows.slice(0, size), documentOf(node, context)),
        ({ createdSequence }) => encodeCursor(createdSequence),
        { hasNextPage: rows.length > size, hasPreviousPage: after != null },
      );
    },
  }),
  commentThread: t.field({
    type: CommentThreadObject,
    nullable: true,
    description:
      "One thread of comments; null if it does not exist, or all its comments were deleted. Error NOT_FOUND for a deleted template.",
    args: { id: t.arg.id({ required: true, description: "The thread's id, a UUID." }) },
    resolve: async (node, { id }, context) => {
      await commentSequence(node, context);
      const threads = isUuid(id) ? await context.services.comments.findThreads(node.id, [id]) : [];
      return threadViews(threads, documentOf(node, context))[0] ?? null;
    },
  }),
  commentSequence: t.int({
    description:
      "The number of comment changes so far. The comments in this response include all of them: subscribe to `commentChanged` from here. Error NOT_FOUND for a deleted template.",
    resolve: (node, _args, context) => commentSequence(node, context),
  }),
  unreadCommentCount: t.int({
    description:
      "The number of others' comments that the viewer has not marked as read, at most 1,000. Error NOT_FOUND for a deleted template.",
    extensions: { viewerDependent: true },
    resolve: async (node, _args, context) =>
      (await commentSequence(node, context)) === 0 ? 0 : loadersOf(context).unread.load(node.id),
  }),
}));

const sequences = new WeakMap<TemplateNode, Promise<number>>();

/** Read before anything else of the template's comments, so that nothing after it can be missed; for who may see it. */
function commentSequence(node: TemplateNode, context: GraphQLContext): Promise<number> {
  const known = sequences.get(node);
  if (known !== undefined) return known;
  const reading = readingOf(node, context)
    .viewable()
    .then(() => loadersOf(context).sequence.load(node.id));
  sequences.set(node, reading);
  return reading;
}

function documentOf(node: TemplateNode, context: GraphQLContext) {
  return async () => (await readingOf(node, context).document()).document;
}

interface Loaders {
  readonly sequence: DataLoader<string, number>;
  readonly unread: DataLoader<string, number>;
}

const loaders = new WeakMap<GraphQLContext, Loaders>();

/** The templates of one list are one query; what was read once is not kept. */
function loadersOf(context: GraphQLContext): Loaders {
  const known = loaders.get(context);
  if (known !== undefined) return known;
  const { services, viewer } = context;
  const batched = (read: (ids: readonly string[]) => Promise<Map<string, number>>) =>
    new DataLoader<string, number>(
      async (ids) => {
        const found = await read([...new Set(ids)]);
        return ids.map((id) => found.get(id) ?? 0);
      },
      { cache: false },
    );
  const made: Loaders = {
    sequence: batched((ids) => services.comments.sequences(ids)),
    unread: batched(async (ids) =>
      viewer.kind !== "user" ? new Map() : services.comments.unreadOfTemplates(ids, viewer.userId),
    ),
  };
  loaders.set(context, made);
  return made;
}
