/** Comments and their threads. What many of them need is read together, whatever they are part of. */
import DataLoader from "dataloader";
import { anchorState, type AnchorState } from "../../domain/comments/anchor.js";
import type { Comment } from "../../domain/comments/comment.js";
import type { Document } from "../../domain/document/document.js";
import type { CommentThread } from "../../storage/comments/commentStore.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize } from "../cursor.js";
import { UserObject } from "../accounts/user.js";

const COMMENTS_PER_PAGE = { max: 100, standard: 20 };

/** A thread with the document that its anchor is looked for in, which is read where that is asked for. */
export interface ThreadView extends CommentThread {
  readonly document: () => Promise<Document>;
}

/** Threads of one template of one answer, which share the document. */
export function threadViews(
  threads: readonly CommentThread[],
  document: () => Promise<Document>,
): ThreadView[] {
  let reading: Promise<Document> | undefined;
  const shared = () => (reading ??= document());
  return threads.map((thread) => ({ ...thread, document: shared }));
}

/** A thread beside no template: whoever shows it has decided that the viewer may see it. */
export function threadView(
  thread: CommentThread | undefined,
  { services }: GraphQLContext,
): ThreadView | null {
  if (thread === undefined) return null;
  const { templateId } = thread;
  const document = async () => {
    const head = await services.head(templateId);
    return (await services.live.read(templateId, head?.version ?? 1)).document;
  };
  return threadViews([thread], document)[0] ?? null;
}

const CommentAnchor = builder.objectRef<AnchorState>("CommentAnchor").implement({
  description:
    "The subject of a thread: the template if all fields are null, a page, an element, or a point of a page.",
  fields: (t) => ({
    pageId: t.exposeID("pageId", { nullable: true, description: "The page." }),
    elementId: t.exposeID("elementId", { nullable: true, description: "The element." }),
    x: t.exposeFloat("x", {
      nullable: true,
      description:
        "The horizontal position in canvas units, to the right: of the point, of the element's current place, or of the place in the element.",
    }),
    y: t.exposeFloat("y", {
      nullable: true,
      description: "The vertical position in canvas units, downwards; as `x`.",
    }),
    elementX: t.exposeFloat("elementX", {
      nullable: true,
      description:
        "The place in the element as a fraction of its width from its left edge, 0 to 1. Null if the thread is about the whole element. `x` and `y` follow the element when it is moved, resized and rotated.",
    }),
    elementY: t.exposeFloat("elementY", {
      nullable: true,
      description: "As `elementX`, of the height from the upper edge.",
    }),
    isGone: t.exposeBoolean("isGone", {
      description:
        "Whether the document does not contain the page or the element at present; the position is then the last known one. After an undo of the deletion it is false again.",
    }),
  }),
});

export const CommentObject = builder.objectRef<Comment>("Comment").implement({
  description: "A user's comment on a template.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID chosen by the client." }),
    threadId: t.exposeID("threadId", { description: "The thread of the comment." }),
    replyToId: t.exposeID("replyToId", {
      nullable: true,
      description:
        "The reply of the thread that this comment answers; it precedes this comment in the list, or was deleted since. Null if the comment answers the first one, or is the first one.",
    }),
    depth: t.exposeInt("depth", {
      description:
        "0 for the first comment, 1 for replies to it, 2 for answers to those, and so on.",
    }),
    body: t.exposeString("body", {
      nullable: true,
      description: "Plain text with line feeds; null if the comment was deleted.",
    }),
    author: t.field({
      type: UserObject,
      nullable: true,
      description: "The author; null if the account was deleted.",
      resolve: ({ authorId }) => authorId,
    }),
    mentions: t.field({
      type: [UserObject],
      description: "The mentioned users; empty if the comment was deleted.",
      resolve: ({ mentions }) => [...mentions],
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    editedAt: t.expose("editedAt", {
      type: "DateTime",
      nullable: true,
      description: "The time of the last edit; null if never edited.",
    }),
    isDeleted: t.boolean({
      description:
        "Whether the comment was deleted. A deleted first comment keeps its place if it has replies.",
      resolve: ({ deletedAt }) => deletedAt !== null,
    }),
    sequence: t.exposeInt("sequence", {
      description: "The number of its last change among all changes of the template's comments.",
    }),
  }),
});

const CommentConnection = builder.connectionObject(
  { type: CommentObject, name: "CommentConnection", description: "A page of a thread." },
  { name: "CommentEdge", description: "A comment and its cursor." },
);

/** The number of a change: within what that can be. */
export const SEQUENCE_CURSOR = /^(\d{1,9})$/;

export const CommentThreadObject = builder.objectRef<ThreadView>("CommentThread").implement({
  description: "A comment and the replies to it.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id of its first comment." }),
    anchor: t.field({
      type: CommentAnchor,
      description: "The subject of the thread.",
      resolve: async ({ anchor, document }) =>
        anchor.pageId === null
          ? { ...anchor, isGone: false }
          : anchorState(await document(), anchor),
    }),
    isResolved: t.boolean({
      description: "Whether the thread is resolved.",
      resolve: ({ resolvedAt }) => resolvedAt !== null,
    }),
    resolvedBy: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The user who resolved it; null while it is open, and if the account was deleted.",
      resolve: ({ resolvedById }) => resolvedById,
    }),
    resolvedAt: t.expose("resolvedAt", {
      type: "DateTime",
      nullable: true,
      description: "The time of the resolution; null while the thread is open.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    commentCount: t.exposeInt("commentCount", {
      description: "The number of comments that are not deleted, including the first one.",
    }),
    unreadCount: t.int({
      description: "The number of others' comments that the viewer has not marked as read.",
      // Deliveries that are shared between subscribers are not shared where this is selected.
      extensions: { viewerDependent: true },
      resolve: ({ templateId, id }, _args, context) =>
        loadersOf(context).unread.load({ templateId, id }),
    }),
    comments: t.field({
      type: CommentConnection,
      description:
        "The comments, oldest first, without deleted replies. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
      args: {
        first: t.arg.int({ description: "The number of results, 0 to 100; default 20." }),
        after: t.arg.string({ description: "Return results after this cursor." }),
      },
      resolve: async ({ templateId, id }, { first, after }, context) => {
        const size = pageSize("first", first, COMMENTS_PER_PAGE);
        const [cursor] = decodeCursor(after, SEQUENCE_CURSOR) ?? [];
        const afterSequence = Number(cursor ?? 0);
        const wanted = { templateId, id, afterSequence, limit: size + 1 };
        const rows = await loadersOf(context).comments.load(wanted);
        return connectionOf(
          rows.slice(0, size),
          ({ createdSequence }) => encodeCursor(createdSequence),
          { hasNextPage: rows.length > size, hasPreviousPage: afterSequence > 0 },
        );
      },
    }),
  }),
});

interface ThreadKey {
  readonly templateId: string;
  readonly id: string;
}

interface PageKey extends ThreadKey {
  readonly afterSequence: number;
  readonly limit: number;
}

interface Loaders {
  readonly unread: DataLoader<ThreadKey, number>;
  readonly comments: DataLoader<PageKey, Comment[]>;
}

const loaders = new WeakMap<GraphQLContext, Loaders>();

/** What was read once is not kept: the mutations of one document run one after the other. */
function loadersOf(context: GraphQLContext): Loaders {
  const known = loaders.get(context);
  if (known !== undefined) return known;
  const made: Loaders = {
    unread: new DataLoader((keys) => readUnread(keys, context), { cache: false }),
    comments: new DataLoader((keys) => readPages(keys, context), { cache: false }),
  };
  loaders.set(context, made);
  return made;
}

async function readUnread(
  keys: readonly ThreadKey[],
  { services, viewer }: GraphQLContext,
): Promise<number[]> {
  if (viewer.kind !== "user") return keys.map(() => 0);
  const unread = new Map<string, number>();
  for (const group of groupsOf(keys, ({ templateId }) => templateId)) {
    const ids = group.map(({ id }) => id);
    const { templateId } = group[0];
    const counts = await services.comments.unreadOfThreads(templateId, ids, viewer.userId);
    for (const [id, count] of counts) unread.set(`${templateId} ${id}`, count);
  }
  return keys.map(({ templateId, id }) => unread.get(`${templateId} ${id}`) ?? 0);
}

/** Pages that begin at one place and are of one size are one query. */
async function readPages(
  keys: readonly PageKey[],
  { services }: GraphQLContext,
): Promise<Comment[][]> {
  const pages = new Map<PageKey, Comment[]>();
  const placeOf = ({ templateId, afterSequence, limit }: PageKey) =>
    [templateId, afterSequence, limit].join(" ");
  for (const group of groupsOf(keys, placeOf)) {
    const { templateId, afterSequence, limit } = group[0];
    const threadIds = [...new Set(group.map(({ id }) => id))];
    const query = { templateId, threadIds, afterSequence, limit };
    const read = await services.comments.comments(query);
    for (const key of group) pages.set(key, read.get(key.id) ?? []);
  }
  return keys.map((key) => pages.get(key) ?? []);
}

type Group<T> = [T, ...T[]];

function groupsOf<T>(items: readonly T[], nameOf: (item: T) => string): Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const item of items) {
    const name = nameOf(item);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [item]);
    else known.push(item);
  }
  return [...groups.values()];
}
