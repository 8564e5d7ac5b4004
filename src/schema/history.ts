/** The history of a template: its document at any version, and the log. */
import { bytesOfStateAt, stateAt, type StateAt } from "../commands/readStateAt.js";
import { hashOfDesign } from "../live/designHashes.js";
import type { LogRange } from "../storage/templateStore.js";
import { builder } from "./builder.js";
import type { GraphQLContext } from "./context.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, VERSION_PART } from "./cursor.js";
import { OperationObject, type OperationView } from "./operation.js";
import { selectsOfItems } from "./selects.js";
import { TemplateObject } from "./template.js";
import { readingOf } from "./templateReading.js";
import { checkViewport, designThrough, VIEWPORT_DESCRIPTION, ViewportInput } from "./viewport.js";

const OPERATIONS_PER_PAGE = { max: 1_000, standard: 100 };

const TemplateVersion = builder.objectRef<StateAt>("TemplateVersion").implement({
  description: "A template as it was at one version.",
  fields: (t) => ({
    version: t.exposeInt("version", { description: "The version asked for." }),
    designData: t.field({
      type: "JSON",
      description: `The document at that version. ${VIEWPORT_DESCRIPTION}`,
      args: { viewport: t.arg({ type: ViewportInput, description: "What the client looks at." }) },
      resolve: ({ design }, { viewport }) => {
        checkViewport(viewport);
        return designThrough(viewport, design);
      },
    }),
    designHash: t.string({
      description:
        "SHA-256 of the document in canonical form, as hex: equal documents have equal values.",
      resolve: ({ design }, _args, { services }) => hashOfDesign(services, design),
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "When the version was reached.",
    }),
  }),
});

builder.objectField(TemplateObject, "at", (t) =>
  t.field({
    type: TemplateVersion,
    nullable: true,
    description: "The state at any version the log still reaches; null outside 1..version.",
    args: {
      version: t.arg.int({ required: true, description: "The version wanted, 1 being the first." }),
    },
    resolve: async (node, { version }, context) => {
      const { services, work } = context;
      const head = await readingOf(node, context).headInStep();
      const bytes = await bytesOfStateAt(services, head, version);
      return work.read(bytes, () => stateAt(services, head, version));
    },
  }),
);

const OperationConnection = builder.connectionObject(
  {
    type: OperationObject,
    name: "OperationConnection",
    description: "A page of a template's log.",
  },
  { name: "OperationEdge", description: "An operation and its place in the log." },
);

const CURSOR = new RegExp(`^${VERSION_PART}$`);

builder.objectField(TemplateObject, "operations", (t) =>
  t.field({
    type: OperationConnection,
    description:
      "The log, oldest first. A page is shorter than `first` where the payloads asked for are large: go on while `pageInfo.hasNextPage`. `fromVersion` and `toVersion` bound `resultingVersion`, both inclusive. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      fromVersion: t.arg.int({
        description: "The lowest `resultingVersion`; the oldest where omitted.",
      }),
      toVersion: t.arg.int({
        description: "The highest `resultingVersion`; `version` where omitted.",
      }),
      first: t.arg.int({ description: "How many, 0 to 1,000; 100 where omitted." }),
      after: t.arg.string({ description: "The cursor after which to go on." }),
    },
    resolve: async (node, args, context, info) => {
      const size = pageSize("first", args.first, OPERATIONS_PER_PAGE);
      const [cursor] = decodeCursor(args.after, CURSOR) ?? [];
      const head = await readingOf(node, context).headInStep();
      const start = Math.max((args.fromVersion ?? 1) - 1, head.logStartVersion);
      const afterVersion = Math.max(start, Number(cursor ?? 0));
      const throughVersion = Math.min(args.toVersion ?? head.version, head.version);
      const available = Math.max(0, throughVersion - afterVersion);
      // Versions have no holes, so what is left is known without reading one row more.
      const limit = Math.min(size, available);
      const range = { templateId: node.id, afterVersion, throughVersion, limit };
      const payload = selectsOfItems(info, "payload") || selectsOfItems(info, "requested");
      const rows: readonly OperationView[] =
        limit === 0 ? [] : await readPage(context, range, payload);
      return connectionOf(rows, ({ resultingVersion }) => encodeCursor(resultingVersion), {
        hasNextPage: available > rows.length,
        hasPreviousPage: afterVersion > start,
      });
    },
  }),
);

/** The operations of the range that fit one page: all without their payloads, with them as many as are small enough. */
async function readPage(
  { services, work }: GraphQLContext,
  range: LogRange,
  payload: boolean,
): Promise<readonly OperationView[]> {
  const { templates } = services;
  if (!payload) return templates.readRecords(range, { payload });
  const measured = await templates.measureLog(range, work.pageBytesMax);
  if (measured === undefined) return [];
  const { throughVersion, bytes } = measured;
  return work.read(bytes, () => templates.readRecords({ ...range, throughVersion }, { payload }));
}
