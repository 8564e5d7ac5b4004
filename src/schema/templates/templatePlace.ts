/** Where templates belong: the lists of teams and projects, and the mutations that move and give templates. */
import { queryFromInfo } from "@pothos/plugin-prisma";
import type { GraphQLResolveInfo } from "graphql";
import type {
  MoveTemplateInput,
  TransferTemplateInput,
} from "../../commands/templates/placeTemplate.js";
import { moveTemplate, transferTemplate } from "../../commands/templates/placeTemplate.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { ProjectObject } from "../teams/project.js";
import { TeamObject } from "../teams/team.js";
import { TemplateObject } from "./template.js";
import { TemplateConnection } from "./templateList.js";
import { resultOf, templateOutcome } from "./templateMutations.js";
import { stillVisible } from "./templateReading.js";
import { older, timeConnection, timePageArgs, timePageOf, type TimePage } from "../timePage.js";

builder.prismaObjectFields(TemplateObject, (t) => ({
  team: t.field({
    type: TeamObject,
    nullable: true,
    description:
      "The team it belongs to other than by a project; null where there is none, and where the viewer is not in it.",
    extensions: { viewerDependent: true },
    select: { teamId: true },
    resolve: ({ teamId }) => teamId,
  }),
  project: t.field({
    type: ProjectObject,
    nullable: true,
    description:
      "The project it is in; null where there is none, and where the viewer has no role on it.",
    extensions: { viewerDependent: true },
    select: { projectId: true },
    resolve: ({ projectId }) => projectId,
  }),
}));

builder.objectField(TeamObject, "templates", (t) =>
  t.field({
    type: TemplateConnection,
    description:
      "Templates of the team that are in none of its projects, newest first, without those in the bin. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: timePageArgs(t.arg),
    resolve: ({ id }, args, context, info) =>
      readTemplates({ teamId: id }, timePageOf(args), context, info),
  }),
);

builder.objectField(ProjectObject, "templates", (t) =>
  t.field({
    type: TemplateConnection,
    description:
      "The project's templates, newest first, without those in the bin. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: timePageArgs(t.arg),
    resolve: ({ id }, args, context, info) =>
      readTemplates({ projectId: id }, timePageOf(args), context, info),
  }),
);

/** Whoever sees a team or a project sees its templates. */
async function readTemplates(
  place: { readonly teamId: string } | { readonly projectId: string },
  page: TimePage,
  context: GraphQLContext,
  info: GraphQLResolveInfo,
) {
  const query = queryFromInfo({
    context,
    info,
    paths: [["edges", "node"], ["nodes"]],
    typeName: "Template",
    select: { id: true, createdAt: true },
  });
  const rows = await context.prisma.template.findMany({
    select: query.select,
    where: { ...place, deletedAt: null, ...older(page) },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: page.take,
  });
  return timeConnection(
    page,
    rows,
    ({ createdAt, id }) => ({ at: createdAt, id }),
    (row) => row,
  );
}

const MoveTemplateInputType = builder
  .inputRef<MoveTemplateInput, false>("MoveTemplateInput")
  .implement({
    description: "Where a template shall belong: a team, a project, or neither.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to move." }),
      teamId: t.id({ description: "The team it shall belong to." }),
      projectId: t.id({ description: "The project it shall be in; not together with `teamId`." }),
    }),
  });

const TransferTemplateInputType = builder
  .inputRef<TransferTemplateInput, false>("TransferTemplateInput")
  .implement({
    description: "Whose a template shall be.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to give away." }),
      userId: t.id({ required: true, description: "Its next author." }),
    }),
  });

const TemplateMovedObject = builder
  .objectRef<{ kind: string; templateId: string }>("TemplateMoved")
  .implement({
    description: "The template is where it shall be.",
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        nullable: true,
        description:
          "The template as it is now; null where it went out of the viewer's sight, such as an admin's who moved it out of their team.",
        resolve: (result, _args, context) => stillVisible(result, context),
      }),
    }),
  });

const MoveTemplateResult = resultOf(
  "MoveTemplateResult",
  TemplateMovedObject,
  "The template or a refusal.",
);
const TransferTemplateResult = resultOf(
  "TransferTemplateResult",
  templateOutcome("TemplateTransferred", "The template has its next author."),
  "The template or a refusal.",
);

builder.mutationFields((t) => ({
  moveTemplate: t.field({
    type: MoveTemplateResult,
    description:
      "Puts a template that the viewer administers into a team of theirs or a project that they edit, or makes it personal to its author. Who may do what with it follows. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (also on path `teamId` for one that a service account made, which has to be given to a person before), QUOTA_EXCEEDED (of the team).",
    args: {
      input: t.arg({ type: MoveTemplateInputType, required: true, description: "What and where." }),
    },
    resolve: (_root, { input }, { services, viewer }) => moveTemplate(services, viewer, input),
  }),
  transferTemplate: t.field({
    type: TransferTemplateResult,
    description:
      "Gives the viewer's template, or one that they administer whose author is gone, to somebody who was granted something on it or is in its team or project. The author before stays its administrator. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (on path `userId`: a service account that does not reach it), QUOTA_EXCEEDED (theirs).",
    args: {
      input: t.arg({
        type: TransferTemplateInputType,
        required: true,
        description: "What and to whom.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => transferTemplate(services, viewer, input),
  }),
}));
