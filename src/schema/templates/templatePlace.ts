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
      "The team that the template belongs to directly, not through a project; null if none, and if the viewer is not a member.",
    extensions: { viewerDependent: true },
    select: { teamId: true },
    resolve: ({ teamId }) => teamId,
  }),
  project: t.field({
    type: ProjectObject,
    nullable: true,
    description:
      "The project that the template is in; null if none, and if the viewer has no role on it.",
    extensions: { viewerDependent: true },
    select: { projectId: true },
    resolve: ({ projectId }) => projectId,
  }),
}));

builder.objectField(TeamObject, "templates", (t) =>
  t.field({
    type: TemplateConnection,
    description:
      "The team's templates outside its projects, newest first, without deleted ones. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: timePageArgs(t.arg),
    resolve: ({ id }, args, context, info) =>
      readTemplates({ teamId: id }, timePageOf(args), context, info),
  }),
);

builder.objectField(ProjectObject, "templates", (t) =>
  t.field({
    type: TemplateConnection,
    description:
      "The project's templates, newest first, without deleted ones. Error BAD_USER_INPUT for a page that is too large or a cursor of another list.",
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
    description: "The new place of a template: a team, a project, or neither.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to move." }),
      teamId: t.id({ description: "The new team." }),
      projectId: t.id({ description: "The new project; excludes `teamId`." }),
    }),
  });

const TransferTemplateInputType = builder
  .inputRef<TransferTemplateInput, false>("TransferTemplateInput")
  .implement({
    description: "The new author of a template.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to transfer." }),
      userId: t.id({ required: true, description: "The new author." }),
    }),
  });

const TemplateMovedObject = builder
  .objectRef<{ kind: string; templateId: string }>("TemplateMoved")
  .implement({
    description: "The template was moved.",
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        nullable: true,
        description:
          "The current template; null if the viewer can no longer see it, for example an admin who moved it out of their team.",
        resolve: (result, _args, context) => stillVisible(result, context),
      }),
    }),
  });

const MoveTemplateResult = resultOf(
  "MoveTemplateResult",
  TemplateMovedObject,
  "The template or an error.",
);
const TransferTemplateResult = resultOf(
  "TransferTemplateResult",
  templateOutcome("TemplateTransferred", "The template has the new author."),
  "The template or an error.",
);

builder.mutationFields((t) => ({
  moveTemplate: t.field({
    type: MoveTemplateResult,
    description:
      "Moves a template that the viewer administers into a team of the viewer or a project that the viewer may edit, or makes it personal to its author. Access changes accordingly. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (also on path `teamId` for a template of a service account; transfer it to a person first), QUOTA_EXCEEDED (of the team).",
    args: {
      input: t.arg({
        type: MoveTemplateInputType,
        required: true,
        description: "The template and its new place.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => moveTemplate(services, viewer, input),
  }),
  transferTemplate: t.field({
    type: TransferTemplateResult,
    description:
      "Transfers the viewer's template, or one that the viewer administers and whose author was deleted, to a user with a grant on it or a member of its team or project. The previous author stays an administrator of the template. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN, INVALID_INPUT (on path `userId`: a service account without access), QUOTA_EXCEEDED (of the new author).",
    args: {
      input: t.arg({
        type: TransferTemplateInputType,
        required: true,
        description: "The template and its new author.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => transferTemplate(services, viewer, input),
  }),
}));
