/**
 * GraphQL for subscriptions: subscribers whose document, operation and variables are equal share one renderer, which
 * executes and serialises a change once for all of them. Where a selected field looks different to each viewer,
 * viewers don't share; where none does, the execution has no viewer at all, so that nothing can leak between them.
 */
import {
  execute,
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import type { Viewer } from "../domain/access/access.js";
import type { ChangeSource } from "./changeSource.js";
import { DocumentPlans } from "./documentPlan.js";
import type { Feeds } from "./feeds.js";
import { rootFieldOf } from "./rootField.js";
import type { SharedChange } from "./sharedChange.js";
import type { Renderer } from "./subscription.js";
import type { Viewport } from "./viewport.js";

export interface SharedExecutionOptions {
  readonly schema: GraphQLSchema;
  readonly feeds: Pick<Feeds, "follow">;
  /** A new GraphQL context; each execution gets one of its own. */
  readonly contextFor: (viewer: Viewer) => unknown;
  /** Replaces what clients must not read of an error. */
  readonly maskError: (error: unknown) => Error;
}

/** A validated document, and what the client sent with it. */
export interface SubscribeRequest {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: { readonly [name: string]: unknown } | null | undefined;
  readonly viewer: Viewer;
}

/** The JSON text of an ExecutionResult, the same for everybody in a group. */
export interface Rendering {
  readonly text: string;
}

export type Opened =
  | {
      readonly kind: "opened";
      readonly source: ChangeSource;
      readonly renderer: Renderer<Rendering>;
    }
  /** Refused; the errors are fit for clients. */
  | { readonly kind: "refused"; readonly result: ExecutionResult };

const nobody: Viewer = { kind: "anonymous" };

export class SharedExecution {
  readonly #options: SharedExecutionOptions;
  readonly #plans: DocumentPlans;
  /** By what is shared; as long as a group uses it. */
  readonly #renderers = new Map<string, WeakRef<Renderer<Rendering>>>();
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
    const { schema, feeds } = this.#options;
    const { document, viewer } = request;
    const operation = getOperationAST(document, request.operationName);
    if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
      return this.#refused([new GraphQLError("Unable to identify operation")]);
    }
    const field = rootFieldOf(schema, document, operation, request.variables ?? {});
    if ("errors" in field) return this.#refused(field.errors);
    if (field.name !== "templateChanged") throw new Error(`nothing serves ${field.name}`);
    const args = field.args as {
      templateId: string;
      fromVersion?: number | null;
      viewport?: Viewport | null;
    };
    const refused = (code: "UNAUTHENTICATED" | "NOT_FOUND", message: string) =>
      this.#refused([
        new GraphQLError(message, { path: [field.responseKey], extensions: { code } }),
      ]);
    if (viewer.kind === "anonymous") return refused("UNAUTHENTICATED", "Sign in first.");
    const source = await feeds.follow({ ...args, viewer });
    if (source === undefined) return refused("NOT_FOUND", "There is no such template.");
    return { kind: "opened", source, renderer: this.#rendererOf(request, operation) };
  }

  #refused(errors: readonly Error[]): Opened {
    return { kind: "refused", result: { errors: errors.map(asGraphQLError) } };
  }

  #rendererOf(request: SubscribeRequest, operation: OperationDefinitionNode): Renderer<Rendering> {
    const plan = this.#plans.planOf(request.document, operation);
    const viewer = plan.viewerDependent ? request.viewer : nobody;
    const variables = request.variables ?? {};
    const key = JSON.stringify([
      plan.text,
      operation.name?.value,
      plan.variables.map((name) => variables[name]),
      viewer,
    ]);
    const known = this.#renderers.get(key)?.deref();
    if (known !== undefined) return known;
    const renderer: Renderer<Rendering> = {
      render: (change) => this.#render(request, viewer, change),
    };
    this.#renderers.set(key, new WeakRef(renderer));
    this.#dropped.register(renderer, key);
    return renderer;
  }

  #render(
    request: SubscribeRequest,
    viewer: Viewer,
    change: SharedChange,
  ): Rendering | Promise<Rendering> {
    const { schema, contextFor } = this.#options;
    try {
      const result = execute({
        schema,
        document: request.document,
        operationName: request.operationName,
        variableValues: request.variables,
        contextValue: contextFor(viewer),
        rootValue: { templateChanged: change },
      });
      if (!(result instanceof Promise)) return this.#serialise(result as ExecutionResult);
      return result.then(
        (ready) => this.#serialise(ready),
        (error: unknown) => this.#serialise({ errors: [asGraphQLError(error as Error)] }),
      );
    } catch (error) {
      return this.#serialise({ errors: [asGraphQLError(error as Error)] });
    }
  }

  #serialise(result: ExecutionResult): Rendering {
    if (result.errors === undefined) return { text: JSON.stringify(result) };
    const errors = result.errors.map((error) => formatted(this.#options.maskError(error)));
    return { text: JSON.stringify({ ...result, errors }) };
  }
}

/** An error as clients read it, without what only HTTP needs to know. */
export function formatted(error: Error): GraphQLFormattedError {
  const shown = asGraphQLError(error).toJSON();
  if (shown.extensions?.["http"] === undefined) return shown;
  const { http: _http, ...extensions } = shown.extensions;
  return { ...shown, extensions };
}

function asGraphQLError(error: Error): GraphQLError {
  return error instanceof GraphQLError
    ? error
    : new GraphQLError(error.message, { originalError: error });
}
