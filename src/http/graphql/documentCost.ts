/**
 * What a document may cost, by type: a field counts 1, and what is selected below a list counts as often as the list
 * may be long: `first` or `last`, the longest page where a variable says it, and for other lists what is usual.
 */
import {
  getNamedType,
  GraphQLError,
  isListType,
  isNonNullType,
  Kind,
  type ASTVisitor,
  type FieldNode,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
  TypeInfo,
  ValidationContext,
} from "graphql";
import type { Plugin } from "graphql-yoga";
import {
  fullIntrospection,
  introspectionLength,
  introspectionTypeOf,
} from "./introspectionCost.js";

/** How long a list without pages is taken to be. */
const UNPAGED_LENGTH = 25;

interface Page {
  readonly longest: number;
  /** Where nobody says how long. */
  readonly usual: number;
}

const PAGE: Page = { longest: 100, usual: 20 };
const PAGES: { readonly [field: string]: Page } = {
  operations: { longest: 1_000, usual: 100 },
  auditLog: { longest: 500, usual: 50 },
};

/** Fields without selections whose values are large, or made from many rows: what they cost, as other fields do. */
const COSTLY_VALUES: { readonly [field: string]: number } = {
  targetSchema: 100,
  payloadSchema: 100,
  example: 50,
  unreadNotificationCount: 100,
};

/** The pages of a list by its field's name. */
export function pageOf(field: string): Page {
  return PAGES[field] ?? PAGE;
}

/** Refuses documents beyond the limit; `tooLarge` makes the error. */
export function costLimit(costMax: number, tooLarge: () => GraphQLError): Plugin {
  const rule = (context: ValidationContext): ASTVisitor => ({
    OperationDefinition(operation) {
      const schema = context.getSchema();
      const root = schema.getRootType(operation.operation) ?? undefined;
      const document = new DocumentCost(context);
      const cost = document.of(operation.selectionSet, root);
      if (cost <= costMax) return;
      // Tools ask for the whole schema, which is answered from memory.
      const free = Math.min(document.introspection, fullIntrospectionCost(schema));
      if (cost - free > costMax) context.reportError(tooLarge());
    },
  });
  return { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
}

const fullCosts = new WeakMap<GraphQLSchema, number>();

/** What the document costs that describes the whole schema. */
function fullIntrospectionCost(schema: GraphQLSchema): number {
  const known = fullCosts.get(schema);
  if (known !== undefined) return known;
  const document = fullIntrospection();
  const context = new ValidationContext(schema, document, new TypeInfo(schema), () => undefined);
  let cost = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    cost = new DocumentCost(context).of(
      definition.selectionSet,
      schema.getQueryType() ?? undefined,
    );
  }
  fullCosts.set(schema, cost);
  return cost;
}

class DocumentCost {
  /** What of the cost is that of describing the schema. */
  introspection = 0;
  /** By name; undefined while it is being counted: those that contain themselves are refused elsewhere. */
  readonly #fragments = new Map<string, number | undefined>();

  constructor(private readonly context: ValidationContext) {}

  of(selections: SelectionSetNode, type: GraphQLNamedType | undefined): number {
    let cost = 0;
    for (const selection of selections.selections) {
      switch (selection.kind) {
        case Kind.FIELD:
          cost += this.#ofField(selection, type);
          break;
        case Kind.INLINE_FRAGMENT:
          cost += this.of(selection.selectionSet, this.#typeOf(selection.typeCondition, type));
          break;
        case Kind.FRAGMENT_SPREAD:
          cost += this.#ofFragment(selection.name.value);
          break;
      }
    }
    return cost;
  }

  #ofFragment(name: string): number {
    if (this.#fragments.has(name)) return this.#fragments.get(name) ?? 0;
    this.#fragments.set(name, undefined);
    const fragment = this.context.getFragment(name);
    const cost =
      fragment == null
        ? 0
        : this.of(fragment.selectionSet, this.#typeOf(fragment.typeCondition, undefined));
    this.#fragments.set(name, cost);
    return cost;
  }

  #ofField(node: FieldNode, parent: GraphQLNamedType | undefined): number {
    if (node.name.value === "__typename") return 0;
    if (node.selectionSet === undefined) return COSTLY_VALUES[node.name.value] ?? 1;
    const described = introspectionTypeOf(node.name.value);
    if (described !== undefined) {
      const type = this.context.getSchema().getType(described);
      const cost = 1 + this.of(node.selectionSet, type);
      this.introspection += cost;
      return cost;
    }
    const field =
      parent !== undefined && "getFields" in parent
        ? (parent.getFields()[node.name.value] as GraphQLField<unknown, unknown> | undefined)
        : undefined;
    const below = this.of(node.selectionSet, field && getNamedType(field.type));
    if (field === undefined || parent === undefined) return 1 + below;
    return 1 + below * this.#lengthOf(node, field, parent);
  }

  /** A connection counts where its page is asked for, so that its own lists count once. */
  #lengthOf(
    node: FieldNode,
    { args, type }: GraphQLField<unknown, unknown>,
    parent: GraphQLNamedType,
  ): number {
    if (parent.name.startsWith("__")) {
      return introspectionLength(node.name.value, this.context.getSchema());
    }
    if (!args.some(({ name }) => name === "first")) {
      return isList(type) && !parent.name.endsWith("Connection") ? UNPAGED_LENGTH : 1;
    }
    const size = node.arguments?.find(
      ({ name }) => name.value === "first" || name.value === "last",
    );
    const value = size?.value;
    switch (value?.kind) {
      case undefined:
      case Kind.NULL:
        return pageOf(node.name.value).usual;
      case Kind.INT:
        return Math.max(1, Number(value.value));
      default:
        return pageOf(node.name.value).longest;
    }
  }

  #typeOf(
    condition: { readonly name: { readonly value: string } } | undefined,
    outer: GraphQLNamedType | undefined,
  ): GraphQLNamedType | undefined {
    return condition === undefined ? outer : this.context.getSchema().getType(condition.name.value);
  }
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
