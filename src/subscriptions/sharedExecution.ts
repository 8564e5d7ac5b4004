/**
 * GraphQL for subscriptions, whatever field they follow: the field's own resolver says where events come from, and
 * subscribers who select the same with the same values of variables, as the execution sees them, share one renderer,
 * which executes and serialises an event once for all of them. Where a selected field looks different to each viewer,
 * viewers don't share; where none does, the execution has no viewer at all, so that nothing can leak between them. Guests
 * share with guests only.
 */
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { noOrigin, type RequestOrigin } from "../limits/origin/requestOrigin.js";
import type { Viewer } from "../domain/access/access.js";
import type { Execution } from "../limits/work/executionCosts.js";
import type { Clock } from "../platform/clock.js";
import { shownPath, shownText } from "../limits/work/shownText.js";
import { variableFault } from "../limits/work/variables.js";
import { DocumentPlans } from "./documentPlan.js";
import { LiveSource } from "./liveSource.js";
import type { Renderer } from "./subscription.js";
import { valueKey } from "./valueKey.js";

export interface SharedExecutionOptions {
  readonly schema: GraphQLSchema;
  readonly clock: Pick<Clock, "monotonic">;
  /** A new GraphQL context; each execution gets one of its own, unless its source lets executions share one. */
  readonly contextFor: (viewer: Viewer, origin: RequestOrigin) => object;
  /** Replaces what clients must not read of an error. */
  readonly maskError: (error: unknown) => Error;
}

/** A validated document, and what the client sent with it. */
export interface SubscribeRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: { readonly [name: string]: unknown } | null | undefined;
  readonly viewer: Viewer;
  readonly origin: RequestOrigin;
  /** The id of the last event that the client got of this subscription, from which it goes on. */
  readonly lastEventId?: string | undefined;
}

/** The JSON text of an ExecutionResult, the same for everybody in a group. */
export interface Rendering {
  readonly text: string;
  /** Where the event ends; undefined where nothing can be resumed after it. */
  readonly id?: string | undefined;
}

export type Opened =
  | {
      readonly kind: "opened";
      readonly source: LiveSource;
      readonly renderer: Renderer<Rendering, unknown>;
      readonly execution: Execution;
    }
  /** Refused; the errors are fit for clients. */
  | { readonly kind: "refused"; readonly result: ExecutionResult };

interface Contexts {
  next(): unknown;
  forget(): void;
}

const nobody: Viewer = { kind: "anonymous" };
const anyGuest: Viewer = { kind: "guest", sessionId: "", templateId: "", shareLinkId: null };

export class SharedExecution {
  readonly #options: SharedExecutionOptions;
  readonly #plans: DocumentPlans;
  /** By what is shared; as long as a group uses it. */
  readonly #renderers = new Map<string, WeakRef<Renderer<Rendering, unknown>>>();
  readonly #dropped = new FinalizationRegistry<string>((key) => {
    if (this.#renderers.get(key)?.deref() === undefined) this.#renderers.delete(key);
  });

  constructor(options: SharedExecutionOptions) {
    this.#options = options;
    this.#plans = new DocumentPlans(options.schema);
  }

  /** Resolves what a subscription follows and who shares its events; never rejects. */
  async open(request: SubscribeRequest): Promise<Opened> {
    try {
      return await this.#open(request);
    } catch (error) {
      return this.#refused([this.#options.maskError(error)]);
    }
  }

  async #open(request: SubscribeRequest): Promise<Opened> {
    const { schema, contextFor } = this.#options;
    const { document, operationName, variables, viewer, origin, lastEventId } = request;
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      return this.#refused([new GraphQLError("Unable to identify operation")]);
    }
    const fault = variableFault(schema, operation.variableDefinitions ?? [], variables);
    if (fault !== undefined) return this.#refused([fault]);
    const args = { schema, document, operationName, variableValues: variables };
    const found = await createSourceEventStream({
      ...args,
      contextValue: { ...contextFor(viewer, origin), lastEventId },
    }).catch(nothingSelected);
    if (found instanceof LiveSource) {
      return this.#opened(request, operation, found);
    }
    if ("errors" in found) return this.#refused(found.errors ?? []);
    throw new Error("a subscription field answered something that is no LiveSource");
  }

  #refused(errors: readonly Error[]): Opened {
    const shown = errors.map((error) => asGraphQLError(this.#options.maskError(error)));
    return { kind: "refused", result: { errors: shown } };
  }

  #opened(
    request: SubscribeRequest,
    operation: OperationDefinitionNode,
    source: LiveSource,
  ): Opened {
    const plan = this.#plans.planOf(request.document, operation);
    const viewer = plan.viewerDependent ? request.viewer : audienceOf(request.viewer);
    const values = this.#coerced(request, operation);
    // An absent variable has no value, not even null.
    const shown = plan.variables.filter((name) => Object.hasOwn(values, name));
    const key = valueKey([plan.text, shown.map((name) => [name, values[name]]), viewer]);
    const { templateIds } = source;
    return {
      kind: "opened",
      source,
      renderer: this.#rendererOf(key, { ...request, viewer }, source),
      execution: { key: valueKey([key, source.part]), fields: plan.fields, templateIds },
    };
  }

  /** What the execution makes of the variables: defaults for what is absent, and nothing that is not declared. */
  #coerced(
    { variables }: SubscribeRequest,
    { variableDefinitions = [] }: OperationDefinitionNode,
  ): { readonly [name: string]: unknown } {
    const { coerced } = getVariableValues(
      this.#options.schema,
      variableDefinitions,
      variables ?? {},
    );
    // GraphQL refused values that do not fit when it looked for the source.
    if (coerced === undefined) throw new Error("variables fit once and then no more");
    return coerced;
  }

  #rendererOf(
    key: string,
    request: SubscribeRequest,
    source: LiveSource,
  ): Renderer<Rendering, unknown> {
    const known = this.#renderers.get(key)?.deref();
    if (known !== undefined) return known;
    const contexts = this.#contexts(request.viewer, source.contextMs);
    const { field, idOf } = source;
    const renderer: Renderer<Rendering, unknown> = {
      render: (event) => this.#render(request, contexts, { [field]: event }, idOf(event)),
    };
    this.#renderers.set(key, new WeakRef(renderer));
    this.#dropped.register(renderer, key);
    return renderer;
  }

  /** Contexts for the executions of one renderer. */
  #contexts(viewer: Viewer, contextMs: number): Contexts {
    const { contextFor, clock } = this.#options;
    let kept: { readonly context: unknown; readonly until: number } | undefined;
    return {
      next() {
        if (contextMs === 0) return contextFor(viewer, noOrigin);
        const now = clock.monotonic();
        if (kept === undefined || now >= kept.until) {
          kept = { context: contextFor(viewer, noOrigin), until: now + contextMs };
        }
        return kept.context;
      },
      forget() {
        kept = undefined;
      },
    };
  }

  #render(
    request: SubscribeRequest,
    contexts: Contexts,
    rootValue: object,
    id: string | undefined,
  ): Rendering | Promise<Rendering> {
    const rendered = (result: ExecutionResult) => ({ id, text: this.#serialise(result, contexts) });
    const failed = (error: unknown) => rendered({ errors: [asGraphQLError(error as Error)] });
    try {
      const result = execute({
        schema: this.#options.schema,
        document: request.document,
        operationName: request.operationName,
        variableValues: request.variables,
        contextValue: contexts.next(),
        rootValue,
      });
      if (!(result instanceof Promise)) return rendered(result as ExecutionResult);
      return result.then(rendered, failed);
    } catch (error) {
      return failed(error);
    }
  }

  #serialise(result: ExecutionResult, contexts: Contexts): string {
    if (result.errors === undefined) return JSON.stringify(result);
    // What could not be read is remembered in the context.
    contexts.forget();
    const errors = result.errors.map((error) => {
      // Places in a text that others wrote otherwise mean nothing to them.
      const { locations: _locations, ...shown } = formatted(this.#options.maskError(error));
      return shown;
    });
    return JSON.stringify({ ...result, errors });
  }
}

/** Whom an execution is for that looks the same to all: guests see less than people. */
function audienceOf({ kind }: Viewer): Viewer {
  return kind === "guest" ? anyGuest : nobody;
}

/** graphql-js looks for the first field that is selected, and stumbles where conditions left none. */
function nothingSelected(error: unknown): ExecutionResult {
  if (!(error instanceof TypeError)) throw error;
  return { errors: [new GraphQLError("The subscription selects no field.")] };
}

/** An error as clients read it, without what only HTTP needs to know and never without a code. */
export function formatted(error: Error): GraphQLFormattedError {
  const shown = asGraphQLError(error).toJSON();
  const { http: _http, ...extensions } = shown.extensions ?? {};
  return {
    ...shown,
    message: shownText(shown.message),
    ...(shown.path && { path: shownPath(shown.path) }),
    extensions: { ...extensions, code: extensions["code"] ?? codeOf(shown) },
  };
}

/**
 * What GraphQL itself refuses while it executes has no code: values of variables, which have no path, and arguments
 * that turn out to be null. What else it finds then is an answer that does not fit the schema.
 */
function codeOf({ path, message }: GraphQLFormattedError): string {
  const isInput = path === undefined || message.startsWith("Argument ");
  return isInput ? "BAD_USER_INPUT" : "INTERNAL_SERVER_ERROR";
}

function asGraphQLError(error: Error): GraphQLError {
  return error instanceof GraphQLError
    ? error
    : new GraphQLError(error.message, { originalError: error });
}
