import {
  Kind,
  parse,
  print,
  type DefinitionNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
} from "graphql";

/**
 * Where the schema does not keep the contract, as `Type.field: what is wrong`, or the bare name of what is missing.
 * Whatever the schema holds beyond the contract is fine.
 */
export function contractDifferences(contract: string, schema: string): string[] {
  const actual = definitionsOf(schema);
  return [...definitionsOf(contract)].flatMap(([name, promised]) => {
    const built = actual.get(name);
    if (built === undefined) return [name];
    if (built.kind !== promised.kind) return [`${name}: ${built.kind} instead of ${promised.kind}`];
    return differencesIn(name, promised, built);
  });
}

function definitionsOf(sdl: string): Map<string, DefinitionNode> {
  return new Map(
    parse(sdl).definitions.flatMap((node) =>
      "name" in node && node.name !== undefined ? [[node.name.value, node] as const] : [],
    ),
  );
}

function differencesIn(name: string, promised: DefinitionNode, built: DefinitionNode): string[] {
  return (["fields", "values", "types", "interfaces"] as const).flatMap((part) => {
    const actual = membersOf(built, part);
    return [...membersOf(promised, part)].flatMap(([member, node]) => {
      const counterpart = actual.get(member);
      const place = `${name}.${member}`;
      return counterpart === undefined ? [place] : differencesOf(place, node, counterpart);
    });
  });
}

type Member = { readonly kind: Kind; readonly name: { readonly value: string } };

function membersOf(
  node: DefinitionNode,
  part: "fields" | "values" | "types" | "interfaces",
): Map<string, Member> {
  const members = (node as unknown as Record<string, readonly Member[] | undefined>)[part] ?? [];
  return new Map(members.map((member) => [member.name.value, member]));
}

function differencesOf(place: string, promised: Member, built: Member): string[] {
  switch (promised.kind) {
    case Kind.FIELD_DEFINITION:
      return fieldDifferences(place, promised as FieldDefinitionNode, built as FieldDefinitionNode);
    case Kind.INPUT_VALUE_DEFINITION:
      return inputDifferences(
        place,
        promised as InputValueDefinitionNode,
        built as InputValueDefinitionNode,
      );
    default:
      return [];
  }
}

function fieldDifferences(
  place: string,
  promised: FieldDefinitionNode,
  built: FieldDefinitionNode,
): string[] {
  const types = typeDifference(place, promised, built);
  const args = new Map(built.arguments?.map((arg) => [arg.name.value, arg]));
  const missing = (promised.arguments ?? []).flatMap((arg) => {
    const counterpart = args.get(arg.name.value);
    const argPlace = `${place}(${arg.name.value})`;
    return counterpart === undefined ? [argPlace] : inputDifferences(argPlace, arg, counterpart);
  });
  // One more argument that must be given would break every client of the contract.
  const promisedNames = new Set(promised.arguments?.map((arg) => arg.name.value));
  const demanded = [...args.values()]
    .filter((arg) => arg.type.kind === Kind.NON_NULL_TYPE && arg.defaultValue === undefined)
    .filter((arg) => !promisedNames.has(arg.name.value))
    .map((arg) => `${place}(${arg.name.value}): must be given, but the contract does not know it`);
  return [...types, ...missing, ...demanded];
}

function inputDifferences(
  place: string,
  promised: InputValueDefinitionNode,
  built: InputValueDefinitionNode,
): string[] {
  const [wanted, got] = [promised, built].map(({ defaultValue }) =>
    defaultValue === undefined ? "none" : print(defaultValue),
  );
  return [
    ...typeDifference(place, promised, built),
    ...(wanted === got ? [] : [`${place}: default ${got} instead of ${wanted}`]),
  ];
}

function typeDifference(
  place: string,
  promised: FieldDefinitionNode | InputValueDefinitionNode,
  built: FieldDefinitionNode | InputValueDefinitionNode,
): string[] {
  const [wanted, got] = [print(promised.type), print(built.type)];
  return wanted === got ? [] : [`${place}: ${got} instead of ${wanted}`];
}
