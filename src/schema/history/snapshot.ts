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
  description: "Why a snapshot was kept.",
  values: {
    AUTO: { description: "By the server, every so many versions." },
    MANUAL: { description: "By a person, under a name." },
    REVERT: { description: "By a revert: the state it left." },
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
      description: "The version of the template it was taken at.",
    }),
    kind: t.expose("kind", { type: SnapshotKind, description: "Why it was kept." }),
    name: t.exposeString("name", {
      nullable: true,
      description: "The name it was kept under; null for automatic ones.",
    }),
    reason: t.string({
      nullable: true,
      description:
        "Why, in the person's words. Where nobody said: «Automatic snapshot», «Manual snapshot», or «Reverted to version 4».",
      select: { reason: true, kind: true },
      resolve: ({ reason, kind }) => reason ?? REASONS[kind],
    }),
    designHash: t.string({
      description:
        "SHA-256 of the document in canonical form, as hex: equal documents have equal values.",
      select: { designHash: true },
      resolve: ({ designHash }) => Buffer.from(designHash).toString("hex"),
    }),
    createdBy: t.field({
      type: UserObject,
      nullable: true,
      description: "Who kept it; null for automatic ones and where the account is gone.",
      select: { createdById: true },
      resolve: ({ createdById }) => createdById,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was kept." }),
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
  { name: "SnapshotEdge", description: "A snapshot and its place in the list." },
);

const CURSOR = new RegExp(`^${VERSION_PART} ${UUID_PART}$`);

builder.objectField(TemplateObject, "snapshots", (t) =>
  t.field({
    type: SnapshotConnection,
    description:
      "Stored snapshots, newest first: automatic ones, named ones, those a revert left. A page is shorter than `first` where `designData` is asked for and large: go on while `pageInfo.hasNextPage`. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      kind: t.arg({ type: SnapshotKind, description: "Only those of one kind." }),
      first: t.arg.int({ description: "How many, 0 to 100; 20 where omitted." }),
      after: t.arg.string({ description: "The cursor after which to go on." }),
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
