/**
 * Holds API tokens that are limited to a team, a project or a template to what is in it, at the schema's roots. What a
 * field reads or changes of templates is decided where access is; here is said which fields such a token is good for at
 * all: those that are named, and no others.
 */
import { GraphQLError, type GraphQLField, type GraphQLSchema } from "graphql";
import { refused, type RequestError } from "../commands/requestError.js";
import { coversProject, coversTeam, limitsOf } from "../domain/access/tokenLimit.js";
import type { GraphQLContext } from "./context.js";

type Field = GraphQLField<unknown, GraphQLContext>;
type Fields = { readonly [name: string]: unknown };

/**
 * - `access`: it asks for access to each template that it concerns, or leaves out what is beyond the token
 * - `named`: the team or project that it names is within; of both each
 * - `placed`: what it makes or moves is put into a team or project within
 */
type Reach = "access" | "named" | "placed";

const reaches: Readonly<Record<Reach, string>> = {
  access:
    "operationTypes viewer template team project templates " +
    "commentChanged templateChanged presenceChanged templateActivity " +
    "updateTemplate deleteTemplate restoreTemplate transferTemplate applyOperations undo redo revertTemplate " +
    "resolveConflict createSnapshot deleteSnapshot updateMergeRules createComment replyToComment editComment deleteComment " +
    "resolveComment reopenComment markCommentsRead acquireLock releaseLock updatePresence joinTemplate leaveTemplate " +
    "setTemplatePermission createShareLink revokeShareLink",
  named:
    "updateTeam deleteTeam setTeamMemberRole removeTeamMember transferTeam inviteToTeam revokeInvitation " +
    "updateProject deleteProject setProjectMember removeProjectMember transferProject",
  placed: "createTemplate duplicateTemplate moveTemplate createProject",
};

const reachOf = new Map(
  (Object.keys(reaches) as Reach[]).flatMap((reach) =>
    reaches[reach].split(" ").map((name) => [name, reach] as const),
  ),
);

/** Wraps the resolvers of all root fields; done once, when the schema is made. */
export function guardTokenLimits(schema: GraphQLSchema): GraphQLSchema {
  for (const field of fieldsOf(schema.getQueryType())) guard(field, "resolve", raise);
  for (const field of fieldsOf(schema.getMutationType())) guard(field, "resolve", (it) => it);
  for (const field of fieldsOf(schema.getSubscriptionType())) guard(field, "subscribe", raise);
  return schema;
}

function fieldsOf(type: ReturnType<GraphQLSchema["getQueryType"]>): readonly Field[] {
  return Object.values(type?.getFields() ?? {});
}

function guard(
  field: Field,
  which: "resolve" | "subscribe",
  answer: (refusal: RequestError) => unknown,
): void {
  const { [which]: run, name } = field;
  if (run === undefined) throw new Error(`the field ${name} has no resolver`);
  // Who asks proves who they are in its input: whatever token comes along says nothing.
  if (field.extensions["credentials"] === "nothing") return;
  field[which] = (root, args, context, info) => {
    if (limitsOf(context.viewer).length === 0) return run(root, args, context, info);
    return refusalOf(name, args as Fields, context).then((refusal) =>
      refusal === undefined ? run(root, args, context, info) : answer(refusal),
    );
  };
}

async function refusalOf(
  name: string,
  args: Fields,
  context: GraphQLContext,
): Promise<RequestError | undefined> {
  const reach = reachOf.get(name);
  if (reach === undefined) return beyond(`does not permit ${name}`);
  if (reach === "access") return undefined;
  const input = (args["input"] ?? args) as Fields;
  for (const kind of ["team", "project"] as const) {
    const id = input[`${kind}Id`];
    if (typeof id === "string" && !(await covers(kind, id, context))) {
      return refused("NOT_FOUND", `${kind} not found`, { path: [`${kind}Id`] });
    }
  }
  if (input["teamId"] != null || input["projectId"] != null) return undefined;
  return beyond("needs `teamId` or `projectId` of a team or project within its limits");
}

async function covers(
  kind: "team" | "project",
  id: string,
  { services, viewer }: GraphQLContext,
): Promise<boolean> {
  if (kind === "team") return coversTeam(viewer, id);
  if (viewer.kind !== "user") return false;
  const project = await services.team.projects.find(id, viewer.userId);
  return project !== undefined && coversProject(viewer, { id, teamId: project.teamId });
}

function beyond(what: string): RequestError {
  return refused(
    "FORBIDDEN",
    `the API token is limited to certain teams, projects or templates and ${what}`,
  );
}

function raise({ code, message }: RequestError): never {
  throw new GraphQLError(message, { extensions: { code } });
}
