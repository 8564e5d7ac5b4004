/** Looks ahead in a query, so that what nobody asked for is not read. */
import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionNode,
} from "graphql";

/**
 * Whether the field being resolved is selected down to the path of field names, through fragments; `@skip` and
 * `@include` count. Type conditions do not, since no list of ours is of an abstract type.
 */
export function selects(info: GraphQLResolveInfo, ...path: readonly string[]): boolean {
  let level: readonly FieldNode[] = info.fieldNodes;
  for (const name of path) {
    level = level
      .flatMap((field) => fieldsIn(field.selectionSet?.selections ?? [], info))
      .filter((field) => field.name.value === name);
  }
  return level.length > 0;
}

/** The fields of an operation for which more columns are read. */
const CONTENT_FIELDS = ["payload", "hasPayload", "requested"];

/** Whether what the operations of the field being resolved say is selected. */
export function selectsContent(info: GraphQLResolveInfo): boolean {
  return CONTENT_FIELDS.some((field) => selects(info, field));
}

/** As `selectsContent`, for a connection of operations. */
export function selectsContentOfItems(info: GraphQLResolveInfo): boolean {
  return CONTENT_FIELDS.some((field) => selectsOfItems(info, field));
}

/** As `selects`, for a field of a connection's items, whichever way they are selected. */
export function selectsOfItems(info: GraphQLResolveInfo, field: string): boolean {
  return selects(info, "edges", "node", field) || selects(info, "nodes", field);
}

function fieldsIn(selections: readonly SelectionNode[], info: GraphQLResolveInfo): FieldNode[] {
  return selections.flatMap((selection) => {
    if (!isIncluded(selection, info)) return [];
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
    return fieldsIn(fragment?.selectionSet.selections ?? [], info);
  });
}

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  if (skip?.["if"] === true) return false;
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return include?.["if"] !== false;
}
