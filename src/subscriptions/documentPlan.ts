/**
 * What a subscription's document says about sharing: what its events look like, which variables show in them, whether
 * who looks does, and what an execution costs. Worked out once per document, which Yoga hands out by its text.
 */
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export interface DocumentPlan {
  /**
   * What is selected of an event, printed: operations with equal texts and equal values of `variables` execute alike. Without
   * comments, the operation's name and other operations, and what only says what to follow.
   */
  readonly text: string;
  /** The variables that the events of the operation depend on; those that only say what to follow are not among them. */
  readonly variables: readonly string[];
  /** A field that looks different to each viewer is selected (`extensions.viewerDependent` in the schema). */
  readonly viewerDependent: boolean;
  /** Fields that are selected, each fragment counted where it is spread. */
  readonly fields: number;
}

export class DocumentPlans {
  readonly #schema: GraphQLSchema;
  readonly #plans = new WeakMap<OperationDefinitionNode, DocumentPlan>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The plan of a validated document's operation. */
  planOf(document: DocumentNode, operation: OperationDefinitionNode): DocumentPlan {
    const known = this.#plans.get(operation);
    if (known !== undefined) return known;
    const fragments = fragmentsIn(document);
    const reached = [...reachedFrom(operation, fragments)].sort();
    const root = this.#schema.getSubscriptionType()?.name;
    const parts = [
      eventsOf(operation),
      ...reached.map((name) => fragmentPart(fragments.get(name)!, root)),
    ];
    const plan: DocumentPlan = {
      text: parts.map((part) => print(part)).join("\n"),
      variables: [...new Set(parts.flatMap(variablesIn))].sort(),
      viewerDependent: selectsViewerDependent(this.#schema, document),
      fields: fieldsIn(operation.selectionSet, fragments, new Map()),
    };
    this.#plans.set(operation, plan);
    return plan;
  }
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function fragmentsIn({ definitions }: DocumentNode): Fragments {
  return new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

/** The operation without what says what to follow: the arguments of its field, the variables for them, its name. */
function eventsOf(operation: OperationDefinitionNode): OperationDefinitionNode {
  const { name: _name, ...rest } = operation;
  const selectionSet = withoutArguments(operation.selectionSet);
  return { ...rest, variableDefinitions: [], selectionSet };
}

function fragmentPart(
  fragment: FragmentDefinitionNode,
  root: string | undefined,
): FragmentDefinitionNode {
  if (fragment.typeCondition.name.value !== root) return fragment;
  return { ...fragment, selectionSet: withoutArguments(fragment.selectionSet) };
}

function withoutArguments(set: SelectionSetNode): SelectionSetNode {
  const selections = set.selections.map((selection) => {
    if (selection.kind === Kind.FIELD) return { ...selection, arguments: [] };
    if (selection.kind !== Kind.INLINE_FRAGMENT) return selection;
    return { ...selection, selectionSet: withoutArguments(selection.selectionSet) };
  });
  return { ...set, selections };
}

function variablesIn(part: ASTNode): string[] {
  const names: string[] = [];
  visit(part, { Variable: ({ name }) => void names.push(name.value) });
  return names;
}

/** The fragments that the node spreads, and those spread in them. */
function reachedFrom(
  node: ASTNode,
  fragments: Fragments,
  reached = new Set<string>(),
): ReadonlySet<string> {
  visit(node, {
    FragmentSpread: ({ name }) => {
      const fragment = fragments.get(name.value);
      if (fragment === undefined || reached.has(name.value)) return;
      reached.add(name.value);
      reachedFrom(fragment, fragments, reached);
    },
  });
  return reached;
}

function fieldsIn(
  { selections }: SelectionSetNode,
  fragments: Fragments,
  counted: Map<string, number>,
): number {
  let fields = 0;
  for (const selection of selections) {
    switch (selection.kind) {
      case Kind.FIELD:
        fields += 1;
        if (selection.selectionSet === undefined) break;
        fields += fieldsIn(selection.selectionSet, fragments, counted);
        break;
      case Kind.INLINE_FRAGMENT:
        fields += fieldsIn(selection.selectionSet, fragments, counted);
        break;
      case Kind.FRAGMENT_SPREAD: {
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (fragment !== undefined && !counted.has(name)) {
          counted.set(name, fieldsIn(fragment.selectionSet, fragments, counted));
        }
        fields += counted.get(name) ?? 0;
        break;
      }
    }
  }
  return fields;
}

function selectsViewerDependent(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  let found = false;
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: ({ name }) => {
        const parent = getNamedType(typeInfo.getParentType());
        // A field of an interface may be marked on one of the types that implement it.
        const types = isAbstractType(parent)
          ? [parent, ...schema.getPossibleTypes(parent)]
          : [parent];
        for (const type of types) {
          if (!isObjectType(type) && !isInterfaceType(type)) continue;
          if (type.getFields()[name.value]?.extensions["viewerDependent"] === true) found = true;
        }
      },
    }),
  );
  return found;
}
