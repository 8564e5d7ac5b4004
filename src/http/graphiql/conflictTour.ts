/** The tabs of GraphiQL about two people who change the same thing: merge, each way out of a conflict, and undo. */
import { demoNoteId, demoPageId } from "../../seed/demoDesign.js";

/** A tab's document, and its variables. */
type Parts = readonly [query: string, variables: object];

const note = { pageId: demoPageId, elementId: demoNoteId };

/** A new thing: what adds it collides with nothing. */
const star = (id: string) => ({
  id: `add-${id}`,
  type: "ADD_ELEMENT",
  target: { pageId: demoPageId, elementId: id },
  payload: { type: "text", x: 790, y: 20, text: "★", fontSize: 20 },
});

/** Text and what is new always merge, so this works on any head. `apply` is the mutation. */
export function merge(templateId: string, suffix: string, apply: string): Parts {
  const operations = [
    {
      id: `merge-text-${suffix}`,
      type: "EDIT_TEXT",
      target: note,
      payload: { delta: [{ retain: 17 }, { insert: "!" }] },
    },
    star(`merged-${suffix}`),
  ];
  return [
    `
# Also made on version 1. MERGE applies what does
# not collide: the star is new, and the text edit
# is transformed to its new position. "requested"
# holds the original where it differs: on a new
# template others typed 22 characters before it,
# so retain 17 became 39.
# onConflict can also be LAST_WRITER_WINS.
${apply.trim()}`,
    { input: { templateId, baseVersion: 1, onConflict: "MERGE", operations } },
  ];
}

/** `head` is where the template stands then. */
export function resolve(templateId: string, head: number, suffix: string): Parts {
  const colour = (name: string) => ({
    id: `${name}-colour-${suffix}`,
    type: "UPDATE_ELEMENT_PROPS",
    target: note,
    payload: { fill: "#ff8787" },
  });
  const choice = (resolution: string, headVersion: number, more: object) => ({
    templateId,
    baseVersion: 1,
    headVersion,
    resolution,
    clientId: clientOf(suffix),
    ...more,
  });
  const both = (name: string) => ({ clientOperations: [colour(name), star(`${name}-${suffix}`)] });
  const settled = {
    id: demoNoteId,
    type: "rect",
    x: 560,
    y: 24,
    width: 260,
    height: 120,
    fill: "#b2f2bb",
    // A text that stays changes by a delta, so that Merge fits on the next visit, too.
    text: "Welcome to Strata: settled",
  };
  const manualState = {
    canvas: {},
    pages: [{ id: demoPageId, name: "Settled", elements: [settled] }],
    audioLayers: [],
  };
  return [
    `
# Three strategies to resolve a conflict:
# - CLIENT_WINS keeps all of your operations,
# - SERVER_WINS drops those that collide,
# - MANUAL sets a complete document. Here it
#   keeps only the note; Undo, the next tab,
#   restores the rest.
#
# headVersion is the head that you saw when you
# chose. If the template has moved on, the
# result is VersionConflict. This page inserts
# the head when you press play.
mutation Resolve(
  $clientWins: ResolveConflictInput!
  $serverWins: ResolveConflictInput!
  $manual: ResolveConflictInput!
) {
  clientWins: resolveConflict(input: $clientWins) { ...Outcome }
  serverWins: resolveConflict(input: $serverWins) { ...Outcome }
  manual: resolveConflict(input: $manual) { ...Outcome }
}

fragment Outcome on ResolveConflictResult {
  __typename
  ... on ConflictResolved {
    newVersion
    discardedOps
    operations { id type payload resultingVersion }
  }
  ... on VersionConflict { message currentVersion conflictingOps }
  ... on RequestError { code message operationId path }
}`,
    {
      clientWins: choice("CLIENT_WINS", head, both("client")),
      serverWins: choice("SERVER_WINS", head + 2, both("server")),
      manual: choice("MANUAL", head + 3, { manualState }),
    },
  ];
}

/** Of what this visit resolved. */
export function undo(templateId: string, suffix: string): Parts {
  return [
    `
# Undoes your newest batch on this client; press
# play again for the one before. The batches are
# those of Resolve. Later changes of others stay
# and are listed in skipped. redo takes the same
# input.
mutation Undo($input: UndoInput!) {
  undo(input: $input) {
    __typename
    ... on OperationsApplied {
      newVersion
      operations { type target { pageId elementId } undoes resultingVersion }
      skipped { reason target { elementId } properties }
    }
    ... on VersionConflict { message conflicts { kind serverOperation properties } }
    ... on RequestError { code message }
  }
}`,
    { input: { templateId, clientId: clientOf(suffix) } },
  ];
}

function clientOf(suffix: string): string {
  return `tour-${suffix}`;
}
