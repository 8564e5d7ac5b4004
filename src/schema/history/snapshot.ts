/** Stored copies of a template's document. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import { AUTO_REASON, MANUAL_REASON, REVERT_REASON } from "../../domain/history/snapshotReason.js";
import { builder } from "../builder.js";
import {
  connectionOf,
  decodeCursor,
  encodeCursor,
  pageSize,
  UUID_PART,
  VERSION_PART,
} from "../cursor.js";
import type { TakeSteps } from "../../storage/templates/documentText.js";
import { readSnapshotBytes } from "../../storage/templates/stateSizes.js";
import type { SnapshotKind as SnapshotKindName } from "../../storage/templates/templateStore.js";
import { readSnapshotDesign } from "../../storage/history/snapshotStatements.js";
import type { GraphQLContext } from "../context.js";
import { selectsOfItems } from "../selects.js";
import { TemplateObject } from "../templates/template.js";
import { readingOf } from "../templates/templateReading.js";
import { UserObject } from "../accounts/user.js";

/** Of snapshots that were stored without one. */
const REASONS: Readonly<Record<SnapshotKindName, string>> = {
  AUTO: AUTO_REASON,
  MANUAL: MANUAL_REASON,
  REVERT: REVERT_REASON,
};

const SNAPSHOTS_PER_PAGE = { max: 100, standard: 20 };

const SnapshotKind = builder.enumType("SnapshotKind", {
  description: "The origin of a snapshot.",
  values: {
    AUTO: { description: "Made by the server at regular version intervals." },
    MANUAL: { description: "Made by a user, under a name." },
    REVERT: { description: "Made by a revert: the state before it." },
  },
});

/** A document is read only where it is selected, one after the other, and charged before. */
export const SnapshotObject = builder.prismaObject("TemplateSnapshot", {
  name: "Snapshot",
  description: "A stored copy of a template's document at one version.",
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    version: t.exposeInt("version", {
      description: "The template version of the document.",
    }),
    kind: t.expose("kind", { type: SnapshotKind, description: "The origin of the snapshot." }),
    name: t.exposeString("name", {
      nullable: true,
      description: "The snapshot's name; null for automatic ones.",
    }),
    reason: t.string({
      nullable: true,
      description:
        "The reason, in the user's words. Default: «Automatic snapshot», «Manual snapshot», or «Reverted to version 4».",
      select: { reason: true, kind: true },
      resolve: ({ reason, kind }) => reason ?? REASONS[kind],
    }),
    designHash: t.string({
      description:
        "SHA-256 of the document in canonical form, as hex; equal documents have equal values.",
      select: { designHash: true },
      resolve: ({ designHash }) => Buffer.from(designHash).toString("hex"),
    }),
    createdBy: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The user who made the snapshot; null for automatic ones, and if the account was deleted.",
      select: { createdById: true },
      resolve: ({ createdById }) => createdById,
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "The time at which the snapshot was made.",
    }),
    designData: t.field({
      type: "JSON",
      description: "The document.",
      resolve: async ({ id }, _args, { prisma, work, services }) => {
        const bytes = (await readSnapshotBytes(prisma, [id])).get(id) ?? 0;
        const take: TakeSteps = (steps) => services.pace.taken(steps);
        const design = await work.read(bytes, () => readSnapshotDesign(prisma, id, take));
        // Its template may have been removed for good meanwhile.
        return design ?? null;
      },
    }),
  }),
});

const SnapshotConnection = builder.connectionObject(
  {
    type: SnapshotObject,
    name: "SnapshotConnection",
    description: "A page of a template's snapshots.",
  },
  { name: "SnapshotEdge", description: "A snapshot and its cursor." },
);

const CURSOR = new RegExp(`^${VERSION_PART} ${UUID_PART}$`);

builder.objectField(TemplateObject, "snapshots", (t) =>
  t.field({
    type: SnapshotConnection,
    description:
      "The stored snapshots, newest first: automatic ones, named ones and those made by a revert. A page is shorter than `first` if `designData` is selected and large: continue while `pageInfo.hasNextPage`. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      kind: t.arg({ type: SnapshotKind, description: "Only snapshots of this kind." }),
      first: t.arg.int({ description: "The number of results, 0 to 100; default 20." }),
      after: t.arg.string({ description: "Return results after this cursor." }),
    },
    resolve: async (node, { kind, first, after }, context, info) => {
      const size = pageSize("first", first, SNAPSHOTS_PER_PAGE);
      const [version, id] = decodeCursor(after, CURSOR) ?? [];
      // In the bin nothing is shown; the head is asked for that alone.
      await readingOf(node, context).headInStep();
      const query = queryFromInfo({
        context,
        info,
        paths: [["edges", "node"], ["nodes"]],
        typeName: "Snapshot",
        select: { id: true, version: true },
      });
      const rows = await context.prisma.templateSnapshot.findMany({
        select: query.select,
        where: {
          templateId: node.id,
          ...(kind != null && { kind }),
          ...(version !== undefined &&
            id !== undefined && {
              version: { lte: Number(version) },
              OR: [{ version: { lt: Number(version) } }, { id: { lt: id } }],
            }),
        },
        // Ids are ordered by time, so they tell which of two snapshots of one version is newer.
        orderBy: [{ version: "desc" }, { id: "desc" }],
        take: size + 1,
      });
      const asked = rows.slice(0, size);
      const page = selectsOfItems(info, "designData") ? await fitting(asked, context) : asked;
      return connectionOf(page, (row) => encodeCursor(row.version, row.id), {
        hasNextPage: rows.length > page.length,
        hasPreviousPage: after != null,
      });
    },
  }),
);

/** The first of the rows, as many as have documents that are together small enough for one page. */
async function fitting<T extends { readonly id: string }>(
  rows: readonly T[],
  { prisma, work }: GraphQLContext,
): Promise<readonly T[]> {
  const ids = rows.map(({ id }) => id);
  const sizes = await readSnapshotBytes(prisma, ids);
  let bytes = 0;
  const tooMany = rows.findIndex(({ id }, index) => {
    bytes += sizes.get(id) ?? 0;
    return index > 0 && bytes > work.pageBytesMax;
  });
  return tooMany < 0 ? rows : rows.slice(0, tooMany);
}
