/** Templates, operations and documents as the suites of the stores write them. */
import { createHash, randomUUID } from "node:crypto";
import type { Design } from "../../src/domain/document/design.js";
import type { LogEntry } from "../../src/domain/history/logEntry.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import type {
  NewSnapshot,
  NewTemplate,
  TemplateStore,
} from "../../src/storage/templates/templateStore.js";

/** An instant with milliseconds, as all clocks here give them. */
export const instant = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A document that says which version it is of. */
export function designAt(version: number): Design {
  return { canvas: { version }, pages: [], audioLayers: [] };
}

export function newTemplate(authorId: string, overrides: Partial<NewTemplate> = {}): NewTemplate {
  return {
    templateId: randomUUID(),
    authorId,
    name: "Poster",
    description: null,
    category: null,
    tags: [],
    isPublic: false,
    design: designAt(1),
    versionHash: sha256("1"),
    createdAt: instant,
    ...overrides,
  };
}

/** An operation with a value in every column. */
export function operationAt(
  resultingVersion: number,
  overrides: Partial<LoggedOperation> = {},
): LoggedOperation {
  return {
    id: `op-${resultingVersion}`,
    type: "MOVE_ELEMENT",
    target: { pageId: "p1", elementId: "e1" },
    payload: { x: resultingVersion, y: 0.5 },
    baseVersion: resultingVersion - 1,
    resultingVersion,
    batchId: `batch-${resultingVersion}`,
    userId: null,
    clientId: "client",
    sessionSequence: 7,
    clientTimestamp: instant - 5,
    serverTimestamp: instant + resultingVersion,
    transformedFrom: [],
    requested: null,
    undoes: null,
    redoes: null,
    footprint: [{ kind: "blend", path: "/pages/p1/elements/e1", properties: ["x", "y"] }],
    inverse: [
      { type: "MOVE_ELEMENT", target: { pageId: "p1", elementId: "e1" }, payload: { x: 1 } },
    ],
    requestHash: sha256(`request ${resultingVersion}`),
    authorProof: { commitment: sha256("author"), salt: "5a".repeat(16) },
    versionHash: sha256(String(resultingVersion)),
    ...overrides,
  };
}

/** The entry of the operation as history for decisions holds it. */
export function entryAt(
  resultingVersion: number,
  overrides: Partial<LoggedOperation> = {},
): LogEntry {
  const {
    id,
    batchId,
    userId,
    clientId,
    clientTimestamp,
    serverTimestamp,
    undoes,
    redoes,
    footprint,
  } = operationAt(resultingVersion, overrides);
  const authorship = { batchId, userId, clientId, clientTimestamp, serverTimestamp };
  return { id, resultingVersion, ...authorship, undoes, redoes, footprint };
}

/** The operations after a version, up to and with another. */
export function operationsThrough(afterVersion: number, version: number): LoggedOperation[] {
  return Array.from({ length: version - afterVersion }, (_, i) =>
    operationAt(afterVersion + 1 + i),
  );
}

/** Commits operations until the template has the version; each commit must succeed. */
export async function commitThrough(
  store: TemplateStore,
  templateId: string,
  version: number,
): Promise<void> {
  const expectedVersion = (await store.heads([templateId])).get(templateId)?.version ?? 0;
  const operations = operationsThrough(expectedVersion, version);
  const outcome = await store.commit({ templateId, expectedVersion, operations });
  if (outcome.kind !== "committed") throw new Error(`the commit was ${outcome.kind}`);
}

export function snapshotAt(
  templateId: string,
  version: number,
  overrides: Partial<NewSnapshot> = {},
): NewSnapshot {
  return {
    id: randomUUID(),
    templateId,
    version,
    kind: "AUTO",
    name: null,
    reason: null,
    design: designAt(version),
    designHash: sha256(`design ${version}`),
    createdById: null,
    createdAt: instant,
    ...overrides,
  };
}
