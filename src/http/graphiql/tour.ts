/**
 * GraphiQL's first tabs: they walk a newcomer through create, draw, move, conflict, merge, the resolutions, undo, history,
 * revert, join, presence and changes. Each works as it stands, from left to right and again, on the demo template.
 */
import { merge, undo, resolve } from "./conflictTour.js";
import { join, presence } from "./presenceTour.js";
import { demoNoteId, demoPageId } from "../../seed/demoDesign.js";

/** The demo account as a page signs in to it. */
export interface DemoSession {
  readonly userId: string;
  readonly token: string;
  readonly templateId: string;
  /** Where the demo template stands now. */
  readonly version: number;
}

export interface Tab {
  readonly query: string;
  /** JSON. */
  readonly variables: string;
}

/** What Draw, Move and Merge commit: two, one and two. */
const OPERATIONS_BEFORE_RESOLVE = 5;

/** Stands for the template of who will sign in; the page puts its id there. */
export const TEMPLATE_PLACEHOLDER = "the template of the signed-in user";

const signedOut = { templateId: TEMPLATE_PLACEHOLDER, version: 1 };

/** The tabs for a demo session, or for whoever signs in on the page. `suffix` keeps the ids of two visits apart. */
export function tourTabs(session: DemoSession | undefined, suffix: string): Tab[] {
  const { templateId, version } = session ?? signedOut;
  return [
    read(templateId),
    create(suffix),
    draw(templateId, version, suffix),
    move(templateId, version, suffix),
    conflict(templateId, suffix),
    tab(...merge(templateId, suffix, apply("Merge", "requested { payload } payload"))),
    tab(...resolve(templateId, version + OPERATIONS_BEFORE_RESOLVE, suffix)),
    tab(...undo(templateId, suffix)),
    history(templateId),
    revert(templateId),
    tab(...join(templateId, suffix)),
    tab(...presence(templateId)),
    subscribe(templateId),
  ];
}

function tab(query: string, variables: object): Tab {
  return { query: `${query.trim()}\n`, variables: JSON.stringify(variables, null, 2) };
}

const refusal = "... on UserError { code message }";

function read(templateId: string): Tab {
  return tab(
    `
# Welcome! The tabs above walk you through
# Strata: press the play button in each, from
# left to right. The top of the page shows the
# signed-in user.
#
# This one reads a template: its version and its
# current document.
query Read($templateId: ID!) {
  viewer { name }
  template(id: $templateId) {
    name
    version
    versionHash
    designData
  }
}`,
    { templateId },
  );
}

function create(suffix: string): Tab {
  return tab(
    `
# A template of your own. Without designData
# it has one empty page.
mutation Create($input: CreateTemplateInput!) {
  createTemplate(input: $input) {
    __typename
    ... on TemplateCreated { template { id name version designData } }
    ${refusal}
  }
}`,
    {
      input: {
        name: `My first template ${suffix}`,
        tags: ["tour"],
        designData: {
          canvas: { background: "#ffffff" },
          pages: [{ id: "page-1", name: "First page", elements: [] }],
          audioLayers: [],
        },
      },
    },
  );
}

const apply = (name: string, told = "payload") => `
mutation ${name}($input: ApplyOperationsInput!) {
  applyOperations(input: $input) {
    __typename
    ... on OperationsApplied {
      newVersion
      appliedOps
      duplicateOps
      operations { type ${told} resultingVersion }
    }
    ... on VersionConflict {
      message
      requestedVersion
      currentVersion
      conflictingOps
      conflicts { kind serverOperation target { pageId elementId } properties }
      serverOperations { id type payload resultingVersion }
      suggestedResolution
      resolutionOptions {
        autoMerge { available reason }
        strategies { strategy description warning }
      }
    }
    ... on RequestError { code message operationId path }
  }
}`;

function draw(templateId: string, baseVersion: number, suffix: string): Tab {
  const elementId = `sun-${suffix}`;
  return tab(
    `
# Two operations in one atomic batch: a circle
# and a text on the page "${demoPageId}".
#
# Press play twice: the log holds the ids of the
# operations, so the second request applies
# nothing.
${apply("Draw").trim()}`,
    {
      input: {
        templateId,
        baseVersion,
        onConflict: "FORCE",
        operations: [
          {
            id: `draw-${suffix}`,
            type: "ADD_ELEMENT",
            target: { pageId: demoPageId, elementId },
            payload: { type: "ellipse", x: 40, y: 40, width: 80, height: 80, fill: "#ffd43b" },
          },
          {
            id: `label-${suffix}`,
            type: "ADD_ELEMENT",
            target: { pageId: demoPageId, elementId: `label-${suffix}` },
            payload: { type: "text", x: 40, y: 130, text: "Hello from GraphiQL", fontSize: 20 },
          },
        ],
      },
    },
  );
}

function move(templateId: string, baseVersion: number, suffix: string): Tab {
  return tab(
    `
# Moves the note of the new template.
# Change x, y and the operation's id to move it
# again.
${apply("Move").trim()}`,
    {
      input: {
        templateId,
        baseVersion,
        onConflict: "FORCE",
        operations: [
          {
            id: `move-${suffix}`,
            type: "MOVE_ELEMENT",
            target: { pageId: demoPageId, elementId: demoNoteId },
            payload: { x: 240, y: 96 },
          },
        ],
      },
    },
  );
}

function conflict(templateId: string, suffix: string): Tab {
  return tab(
    `
# Made on version 1, but the color of the same
# note was changed since. REJECT applies nothing
# and returns the later operations and the
# collisions. FORCE applies it on top; the next
# tabs show the other policies.
${apply("Conflict").trim()}`,
    {
      input: {
        templateId,
        baseVersion: 1,
        onConflict: "REJECT",
        operations: [
          {
            id: `colour-${suffix}`,
            type: "UPDATE_ELEMENT_PROPS",
            target: { pageId: demoPageId, elementId: demoNoteId },
            payload: { fill: "#ff8787" },
          },
        ],
      },
    },
  );
}

function history(templateId: string): Tab {
  return tab(
    `
# The log, oldest first, and the document at any
# version.
query History($templateId: ID!, $version: Int!) {
  template(id: $templateId) {
    version
    versionHash
    operations(first: 20) {
      edges {
        node {
          resultingVersion
          type
          target { pageId elementId }
          payload
          serverTimestamp
          user { name }
        }
      }
      pageInfo { hasNextPage endCursor }
    }
    at(version: $version) { version designHash createdAt }
    snapshots(first: 5) { edges { node { version kind name reason } } }
  }
}`,
    { templateId, version: 2 },
  );
}

function revert(templateId: string): Tab {
  return tab(
    `
# Reverts to version 1. The revert is logged as
# operations at the head, so it can be undone.
mutation Revert($input: RevertTemplateInput!) {
  revertTemplate(input: $input) {
    __typename
    ... on TemplateReverted {
      revertedFrom
      revertedTo
      operationsRolledBack
      newVersion
    }
    ${refusal}
  }
}`,
    { input: { templateId, targetVersion: 1, reason: "the tour" } },
  );
}

function subscribe(templateId: string): Tab {
  return tab(
    `
# Press play here, then Draw or Move in a
# second window: each change arrives when it is
# committed, also after a restart of the server.
#
# fromVersion is the version that you hold: later
# changes are delivered first, without gaps.
subscription Changes($templateId: ID!, $fromVersion: Int) {
  templateChanged(templateId: $templateId, fromVersion: $fromVersion) {
    kind
    fromVersion
    toVersion
    operations { type target { pageId elementId } payload resultingVersion }
    serverTimestamp
  }
}`,
    { templateId, fromVersion: 1 },
  );
}
