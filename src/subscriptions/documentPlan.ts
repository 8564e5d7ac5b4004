/**
 * What a subscription's document says about sharing: which variables show in its events, and whether who looks
 * does. Worked out once per document, which Yoga hands out by its text.
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
  /** Documents with equal texts execute alike. */
  readonly text: string;
  /** The variables that the events of the operation depend on; those that only say what to follow are not among them. */
  readonly variables: readonly string[];
  /** A field that looks different to each viewer is selected (`extensions.viewerDependent` in the schema). */
  readonly viewerDependent: boolean;
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
    const plan: DocumentPlan = {
      text: document.loc?.source.body ?? print(document),
      variables: variablesOfEvents(document, operation),
      viewerDependent: selectsViewerDependent(this.#schema, document),
    };
    this.#plans.set(operation, plan);
    return plan;
  }
}

/** All variables but those that stand in the arguments of the root field alone. */
function variablesOfEvents(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const collect = (node: ASTNode): void => {
    visit(node, {
      Variable: ({ name }) => void names.add(name.value),
      FragmentSpread: ({ name }) => {
        const fragment = fragmentOf(document, name.value);
        if (fragment === undefined || seen.has(name.value)) return;
        seen.add(name.value);
        collect(fragment);
      },
    });
  };
  const roots = new Set<string>();
  const collectRoot = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const directive of selection.directives ?? []) collect(directive);
      if (selection.kind === Kind.FIELD) {
        if (selection.selectionSet !== undefined) collect(selection.selectionSet);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        collectRoot(selection.selectionSet);
      } else if (!roots.has(selection.name.value)) {
        roots.add(selection.name.value);
        const fragment = fragmentOf(document, selection.name.value);
        if (fragment !== undefined) collectRoot(fragment.selectionSet);
      }
    }
  };
  for (const directive of operation.directives ?? []) collect(directive);
  collectRoot(operation.selectionSet);
  return [...names].sort();
}

function fragmentOf(document: DocumentNode, name: string): FragmentDefinitionNode | undefined {
  return document.definitions.find(
    (definition): definition is FragmentDefinitionNode =>
      definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
  );
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
