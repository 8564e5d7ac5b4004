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
  type SelectionSetNode,
  type ValidationContext,
} from "graphql";
import type { Plugin } from "graphql-yoga";

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

/** The pages of a list by its field's name. */
export function pageOf(field: string): Page {
  return PAGES[field] ?? PAGE;
}

/** Refuses documents beyond the limit; `tooLarge` makes the error. */
export function costLimit(costMax: number, tooLarge: () => GraphQLError): Plugin {
  const rule = (context: ValidationContext): ASTVisitor => ({
    OperationDefinition(operation) {
      const root = context.getSchema().getRootType(operation.operation) ?? undefined;
      const cost = new DocumentCost(context).of(operation.selectionSet, root);
      if (cost > costMax) context.reportError(tooLarge());
    },
  });
  return { onValidate: ({ addValidationRule }) => addValidationRule(rule) };
}

class DocumentCost {
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
    // What describes the schema is the same for all and made without looking anything up.
    if (node.name.value.startsWith("__")) return 0;
    if (node.selectionSet === undefined) return 1;
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
