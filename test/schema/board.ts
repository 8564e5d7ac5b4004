/** A template with two rectangles that people change at the same time, as the tests of conflicts use the API. */
import type { Client } from "./api.js";

// Answers have the shape that the query asks for, which no type here knows.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any;

const OPERATION = `id type payload baseVersion resultingVersion batchId clientId transformedFrom undoes redoes
  requested { id type target { pageId elementId } payload timestamp }`;
const CONFLICT = `
  currentVersion requestedVersion conflictingOps suggestedResolution
  serverOperations { id type payload }
  conflicts { kind clientOperation serverOperation target { pageId elementId } properties }
  resolutionOptions { autoMerge { available reason preview } strategies { strategy description warning discardedOps overriddenOps } }
`;
const SKIPPED = `
  batchId operationId reason type target { pageId elementId audioLayerId clipId } properties attributes
  causes { operationId user { id } }
`;
const REFUSAL = `... on UserError { code message } ... on RequestError { operationId path }`;
const APPLIED = `
  __typename ${REFUSAL}
  ... on OperationsApplied {
    newVersion appliedOps duplicateOps supersededOps passedOver skipped { ${SKIPPED} } template { version } operations { ${OPERATION} }
  }
  ... on VersionConflict { ${CONFLICT} }
`;

const APPLY = `mutation ($input: ApplyOperationsInput!) { result: applyOperations(input: $input) { ${APPLIED} } }`;
const UNDO = `mutation ($input: UndoInput!) { result: undo(input: $input) { ${APPLIED} } }`;
const REDO = `mutation ($input: UndoInput!) { result: redo(input: $input) { ${APPLIED} } }`;
const RESOLVE = `
  mutation ($input: ResolveConflictInput!) {
    result: resolveConflict(input: $input) {
      __typename ${REFUSAL}
      ... on ConflictResolved {
        newVersion discardedOps resolvedAt template { version } operations { ${OPERATION} }
      }
      ... on VersionConflict { ${CONFLICT} }
    }
  }
`;
const RULES = `
  mutation ($input: UpdateMergeRulesInput!) {
    result: updateMergeRules(input: $input) {
      __typename ${REFUSAL}
      ... on MergeRulesUpdated { template { mergeRules { version rules { elementType property policy } } } }
    }
  }
`;

const target = { pageId: "p1", elementId: "e1" };

const startDesign = {
  canvas: {},
  pages: [
    {
      id: "p1",
      name: "Page",
      elements: [
        { id: "e1", type: "rect", x: 0, y: 0 },
        { id: "e2", type: "rect", x: 50, y: 0 },
      ],
    },
  ],
  audioLayers: [],
};

export class Board {
  private constructor(
    readonly owner: Client,
    readonly id: string,
  ) {}

  static async open(owner: Client, details: object = {}): Promise<Board> {
    const input = { name: "Board", designData: startDesign, ...details };
    return new Board(owner, await owner.createTemplate(input));
  }

  /** On version 1 unless told otherwise: stale once somebody else was there. */
  apply(operations: readonly object[], options: object = {}, client = this.owner): Promise<Data> {
    return this.result(client, APPLY, { baseVersion: 1, operations, ...options });
  }

  /** On the head, whatever that is. */
  async edit(operations: readonly object[], options: object = {}): Promise<Data> {
    const answer = await this.apply(operations, { onConflict: "FORCE", ...options });
    if (answer.__typename !== "OperationsApplied") throw new Error(JSON.stringify(answer));
    return answer;
  }

  resolve(input: object, client = this.owner): Promise<Data> {
    return this.result(client, RESOLVE, { baseVersion: 1, ...input });
  }

  undo(clientId?: string, client = this.owner, more: object = {}): Promise<Data> {
    return this.result(client, UNDO, { clientId, ...more });
  }

  redo(clientId?: string, client = this.owner, more: object = {}): Promise<Data> {
    return this.result(client, REDO, { clientId, ...more });
  }

  setRules(expectedVersion: number, rules: readonly object[], client = this.owner): Promise<Data> {
    return this.result(client, RULES, { expectedVersion, rules });
  }

  /** Fields of the template. */
  async read(fields: string, client = this.owner): Promise<Data> {
    return (await client.data(`{ template(id: "${this.id}") { ${fields} } }`)).template;
  }

  async elements(): Promise<Data[]> {
    return (await this.read("designData")).designData.pages[0].elements;
  }

  /** The rectangle `e1`. */
  async first(): Promise<Data> {
    return (await this.elements()).find(({ id }) => id === "e1");
  }

  async version(): Promise<number> {
    return (await this.read("version")).version;
  }

  private async result(client: Client, source: string, input: object): Promise<Data> {
    return (await client.data(source, { input: { templateId: this.id, ...input } })).result;
  }
}

export function set(id: string, properties: object, more: object = {}, elementId = "e1") {
  return {
    id,
    type: "UPDATE_ELEMENT_PROPS",
    target: { pageId: "p1", elementId },
    payload: properties,
    ...more,
  };
}

export function text(id: string, ...delta: readonly object[]) {
  return { id, type: "EDIT_TEXT", target, payload: { delta } };
}

export function remove(id: string, elementId = "e1") {
  return { id, type: "DELETE_ELEMENT", target: { pageId: "p1", elementId } };
}

export function add(id: string, elementId: string, properties: object = {}, pageId = "p1") {
  return {
    id,
    type: "ADD_ELEMENT",
    target: { pageId, elementId },
    payload: { type: "rect", x: 1, y: 2, ...properties },
  };
}
