/**
 * GraphQL itself: Yoga with its plugins, called with parameters instead of Request objects. Reading the request and
 * writing the answer is done beside this file, because doing it through fetch's objects costs twice the execution.
 */
import {
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  getOperationAST,
  type ExecutionArgs,
} from "graphql";
import {
  createYoga,
  isAsyncIterable,
  type GraphQLParams,
  type YogaServerInstance,
  type Plugin,
} from "graphql-yoga";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import type { Config } from "../../config/readConfig.js";
import type { Logger } from "../../platform/logging.js";
import type { GraphQLContext } from "../../schema/context.js";
import { createDocumentCache } from "./documentCache.js";
import { documentLimits } from "./documentLimits.js";
import { introspectionCache } from "./introspectionCache.js";
import { hiddenSchema } from "./hiddenSchema.js";
import type { DocumentRequest, FindDocument } from "./persistedDocuments.js";
import { variableFault } from "../../limits/work/variables.js";

/** A parsed document takes some hundred times the memory of its text. */
const DOCUMENT_CACHE_UNITS = 500_000;

export type MaskError = (error: unknown) => Error;

export interface GraphQLEngine {
  /** For WebSockets and event streams: parse, validate and execute with the same plugins and limits. */
  readonly yoga: YogaServerInstance<Partial<GraphQLContext>, object>;
  /**
   * Runs one query or mutation. Errors are values in the result, masked; what HTTP says about them stands in
   * `extensions.http`. A subscription is refused: it needs a transport of its own.
   */
  execute(
    method: "GET" | "POST",
    params: GraphQLParams,
    context: GraphQLContext,
  ): Promise<ExecutionResult>;
}

export interface EngineParts {
  readonly schema: GraphQLSchema;
  readonly limits: Config["graphql"];
  /** The text of a document that a request may name by its hash. */
  readonly findDocument: FindDocument;
  readonly maskError: MaskError;
  readonly logger: Logger;
  /** Told of each request's errors. */
  readonly answered: (origin: RequestOrigin, errors: readonly unknown[] | undefined) => void;
}

/** Puts the engine together; made once. */
export function createGraphQLEngine({
  schema,
  limits,
  findDocument,
  maskError,
  logger,
  answered,
}: EngineParts): GraphQLEngine {
  const yoga = createYoga<Partial<GraphQLContext>>({
    schema,
    plugins: [
      ...documentLimits(limits),
      variableLimits(),
      introspectionCache(),
      ...((limits.introspection ?? true) ? [] : [hiddenSchema()]),
    ],
    maskedErrors: { maskError },
    logging: yogaLogging(logger),
    parserAndValidationCache: {
      documentCache: createDocumentCache<DocumentNode>(DOCUMENT_CACHE_UNITS),
      errorCache: createDocumentCache<unknown>(DOCUMENT_CACHE_UNITS / 8),
    },
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    // The endpoint bounds bodies and batches before Yoga sees them.
    maxRequestBodySize: false,
    disposeOnProcessTerminate: false,
  });

  // All that Yoga's plugins ask of a request that is parsed already is its method.
  const requests = {
    GET: new Request("http://strata.invalid/graphql"),
    POST: new Request("http://strata.invalid/graphql", { method: "POST" }),
  };

  const run: GraphQLEngine["execute"] = async (method, params, context) => {
    try {
      const request = requests[method];
      // Yoga refuses what it does not know.
      const { documentId: _named, ...known } = params as GraphQLParams & DocumentRequest;
      known.query = findDocument(params);
      const result = await yoga.getResultForParams({ params: known, request }, { ...context });
      if (result === undefined) throw new Error("Yoga gave no result");
      if (!isAsyncIterable(result)) return result as ExecutionResult;
      await result[Symbol.asyncIterator]().return?.();
      return { errors: [subscriptionNeedsStream()] };
    } catch (error) {
      return { errors: [asGraphQLError(maskError(error))] };
    }
  };

  return {
    yoga,
    async execute(method, params, context) {
      const result = await run(method, params, context);
      answered(context.origin, result.errors);
      return result;
    },
  };
}

function subscriptionNeedsStream(): GraphQLError {
  return new GraphQLError(
    "a subscription requires a WebSocket (graphql-transport-ws) or Accept: text/event-stream",
    { extensions: { code: "BAD_REQUEST", http: { status: 406 } } },
  );
}

function asGraphQLError(error: Error): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message);
}

/**
 * Yoga says at each step of each request what it does, and logs each error that was replaced; those that somebody has
 * to look at are reported by `maskError`, once and under the id that the client got.
 */
function yogaLogging(logger: Logger) {
  const quiet = () => undefined;
  return {
    debug: quiet,
    info: quiet,
    warn: (...parts: unknown[]) => logger.warn(describe(parts), "GraphQL"),
    error: quiet,
  };
}

function describe([first, ...rest]: readonly unknown[]): object {
  return first instanceof Error ? { error: first } : { parts: [first, ...rest].map(String) };
}

/** The plugin that checks the form of variables before a document is executed. */
function variableLimits(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues } = args as ExecutionArgs;
      const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
      const fault = variableFault(schema, definitions, variableValues);
      if (fault !== undefined) setResultAndStopExecution({ errors: [fault] });
    },
  };
}
