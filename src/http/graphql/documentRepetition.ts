/**
 * How often a document selects the same. Validation compares all selections of one field at one place with each other,
 * through fragments too: some kilobytes can take it a second, and fragments that contain each other the whole stack. So
 * this is counted before, over the places of the answer that the document describes, and never beyond its limit.
 */
import {
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from "graphql";

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Throws what `tooLarge` makes where validating takes more comparisons, and GraphQLError for fragments in a circle. */
export function requireFewRepetitions(
  document: DocumentNode,
  comparisonsMax: number,
  tooLarge: () => GraphQLError,
): void {
  const fragments = fragmentsOf(document);
  requireNoCircles(fragments);
  const repetition = new Repetition(fragments, comparisonsMax, tooLarge);
  for (const definition of document.definitions) {
    if ("selectionSet" in definition) repetition.count([definition.selectionSet]);
  }
}

function fragmentsOf({ definitions }: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  return fragments;
}

function requireNoCircles(fragments: Fragments): void {
  const finished = new Set<string>();
  const open = new Set<string>();
  const follow = (name: string): void => {
    const fragment = fragments.get(name);
    if (fragment === undefined || finished.has(name)) return;
    if (open.has(name)) throw circle(fragment);
    open.add(name);
    visit(fragment, { FragmentSpread: (spread) => follow(spread.name.value) });
    open.delete(name);
    finished.add(name);
  };
  for (const name of fragments.keys()) follow(name);
}

function circle(fragment: FragmentDefinitionNode): GraphQLError {
  return new GraphQLError(`Fragment "${fragment.name.value}" contains itself.`, {
    nodes: [fragment],
    extensions: { code: "GRAPHQL_VALIDATION_FAILED", http: { spec: true, status: 400 } },
  });
}

/** What stands at one place of the answer. */
interface Place {
  readonly fields: Map<string, { count: number; readonly below: SelectionSetNode[] }>;
  readonly fragments: Set<string>;
}

class Repetition {
  #comparisons = 0;

  constructor(
    private readonly fragments: Fragments,
    private readonly comparisonsMax: number,
    private readonly tooLarge: () => GraphQLError,
  ) {}

  /** Counts one place, which all the selections describe, and those below it. */
  count(selections: readonly SelectionSetNode[]): void {
    const place: Place = { fields: new Map(), fragments: new Set() };
    for (const set of selections) this.#collect(set, place);
    for (const { below } of place.fields.values()) if (below.length > 0) this.count(below);
  }

  #collect({ selections }: SelectionSetNode, place: Place): void {
    for (const selection of selections) {
      switch (selection.kind) {
        case Kind.FIELD: {
          const name = (selection.alias ?? selection.name).value;
          const field = place.fields.get(name) ?? { count: 0, below: [] };
          place.fields.set(name, field);
          field.count += 1;
          if (selection.selectionSet !== undefined) field.below.push(selection.selectionSet);
          this.#add(field.count);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          this.#collect(selection.selectionSet, place);
          break;
        case Kind.FRAGMENT_SPREAD:
          this.#collectFragment(selection.name.value, place);
          break;
      }
    }
  }

  #collectFragment(name: string, place: Place): void {
    const fragment = this.fragments.get(name);
    if (fragment === undefined || place.fragments.has(name)) return;
    place.fragments.add(name);
    this.#add(place.fragments.size);
    this.#collect(fragment.selectionSet, place);
  }

  /** One more of what is there so often already: it is compared with each of them. */
  #add(comparisons: number): void {
    this.#comparisons += comparisons;
    if (this.#comparisons > this.comparisonsMax) throw this.tooLarge();
  }
}
