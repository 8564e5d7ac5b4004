/** The one root field of a subscription, with the values of its arguments. */
import {
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

type Variables = { readonly [name: string]: unknown };

export interface RootField {
  readonly name: string;
  /** The key of its value in results: the alias, where there is one. */
  readonly responseKey: string;
  readonly args: { readonly [name: string]: unknown };
}

/** The root field of a validated document's subscription. Throws GraphQLError, or several in `errors` as a value. */
export function rootFieldOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): RootField | { readonly errors: readonly GraphQLError[] } {
  const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (values.errors !== undefined) return { errors: values.errors };
  const node = firstField(document, operation.selectionSet, values.coerced);
  const definition = node && schema.getSubscriptionType()?.getFields()[node.name.value];
  if (node === undefined || definition === undefined) {
    return {
      errors: [new GraphQLError("the subscription selects no field", { nodes: operation })],
    };
  }
  try {
    return {
      name: node.name.value,
      responseKey: node.alias?.value ?? node.name.value,
      args: getArgumentValues(definition, node, values.coerced),
    };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

function firstField(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  variables: Variables,
): FieldNode | undefined {
  for (const selection of selections) {
    if (!isIncluded(selection, variables)) continue;
    if (selection.kind === Kind.FIELD) return selection;
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : fragmentSelections(document, selection.name.value);
    const found = inner && firstField(document, inner, variables);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isIncluded(selection: SelectionNode, variables: Variables): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variables);
  return skip?.["if"] !== true && include?.["if"] !== false;
}

function fragmentSelections(document: DocumentNode, name: string): SelectionSetNode | undefined {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) {
      return definition.selectionSet;
    }
  }
  return undefined;
}
