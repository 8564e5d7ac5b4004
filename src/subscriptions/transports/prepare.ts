/** Documents of requests that do not come by plain HTTP, parsed and validated with the same plugins and limits. */
import {
  getOperationAST,
  GraphQLError,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type OperationTypeNode,
} from "graphql";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Viewer } from "../../domain/access/access.js";

export interface GraphQLRequest {
  readonly query?: string | undefined;
  readonly operationName?: string | null | undefined;
  /** Name a document that the server has, instead of its text. */
  readonly documentId?: unknown;
  readonly extensions?: unknown;
  readonly variables?: { readonly [name: string]: unknown } | null | undefined;
}

export interface Prepared {
  readonly document: DocumentNode;
  readonly operation: OperationTypeNode;
  /** Runs it, where it is a query or mutation. */
  execute(): Promise<ExecutionResult>;
}

/** Never rejects: what is wrong with the request are errors fit for clients. */
export type Prepare = (
  viewer: Viewer,
  request: GraphQLRequest,
  origin: RequestOrigin,
) => Promise<Prepared | { readonly errors: readonly GraphQLError[] }>;

/** The part of Yoga that is needed here. */
export interface Enveloping {
  getEnveloped(context: object): {
    readonly schema: unknown;
    readonly parse: (text: string) => unknown;
    readonly validate: (schema: never, document: never) => unknown;
    readonly execute: (args: never) => unknown;
    readonly contextFactory: (context?: object) => unknown;
  };
}

/** The part of a GraphQL context that is needed here: what the request reads is held until it was executed. */
interface WithWork {
  readonly work?: { end(): void };
}

export interface PrepareParts {
  readonly yoga: Enveloping;
  readonly contextFor: (viewer: Viewer, origin: RequestOrigin) => object;
  /** The text of the document that a request names; throws GraphQLError. */
  readonly findDocument: (request: GraphQLRequest) => string;
  readonly maskError: (error: unknown) => Error;
  /** Told of each request's errors. */
  readonly answered: Answered;
}

/** Takes the errors of a request that is answered. */
export type Answered = (origin: RequestOrigin, errors: readonly unknown[] | undefined) => void;

/** Prepares with Yoga's plugins. */
export function createPrepare({
  yoga,
  findDocument,
  contextFor,
  maskError,
  answered,
}: PrepareParts): Prepare {
  const refused = (origin: RequestOrigin, errors: readonly GraphQLError[]) => {
    answered(origin, errors);
    return { errors };
  };
  return async (viewer, request, origin) => {
    try {
      const context = { ...contextFor(viewer, origin), params: request };
      const { schema, parse, validate, execute, contextFactory } = yoga.getEnveloped(context);
      const document = await parsed(parse, findDocument(request));
      const errors = (await validate(
        schema as never,
        document as never,
      )) as readonly GraphQLError[];
      if (errors.length > 0) return refused(origin, errors);
      const operation = getOperationAST(document, request.operationName)?.operation;
      if (operation === undefined) return refused(origin, [noSuchOperation()]);
      return {
        document,
        operation,
        async execute() {
          const args = {
            schema,
            document,
            operationName: request.operationName,
            variableValues: request.variables,
            contextValue: await contextFactory(),
          } as ExecutionArgs;
          try {
            const result = (await execute(args as never)) as ExecutionResult;
            answered(origin, result.errors);
            return result;
          } finally {
            (context as WithWork).work?.end();
          }
        },
      };
    } catch (error) {
      return refused(origin, [asGraphQLError(maskError(error))]);
    }
  };
}

async function parsed(parse: (text: string) => unknown, text: string): Promise<DocumentNode> {
  try {
    return (await parse(text)) as DocumentNode;
  } catch (error) {
    // As over plain HTTP, where Yoga says so.
    if (error instanceof GraphQLError) error.extensions["code"] ??= "GRAPHQL_PARSE_FAILED";
    throw error;
  }
}

function noSuchOperation(): GraphQLError {
  return new GraphQLError("Could not determine what operation to execute.", {
    extensions: { code: "OPERATION_RESOLUTION_FAILURE" },
  });
}

function asGraphQLError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message);
}
