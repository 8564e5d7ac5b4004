/** People at one document, and what the laws of undo read off it. */
import { documentOf } from "../../src/domain/document/fromDesign.js";
import type { Design } from "../../src/domain/document/design.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { append, type DocumentState } from "../../src/domain/history/append.js";
import type { JsonObject } from "../../src/domain/json.js";
import { unbounded } from "../../src/domain/limits.js";
import type { LoggedOperation, OperationContent } from "../../src/domain/operations/operation.js";
import { invertNewest } from "./invertNewest.js";
import { plainText } from "./oracle.js";

/** People who edit one document at its head, and undo. */
export class Table {
  state: DocumentState;
  readonly log: LoggedOperation[] = [];
  private count = 0;

  constructor(readonly start: Design) {
    this.state = { version: 1, versionHash: "", document: documentOf(start) };
  }

  get design(): Design {
    return designOf(this.state.document);
  }

  edit(person: string, contents: readonly OperationContent[]): void {
    this.count += 1;
    const operations = contents.map((content, index) => {
      const id = `${person}-${this.count}-${index}`;
      return { ...content, id, timestamp: null, requestHash: id };
    });
    const appended = append(this.state, operations, {
      authorship: {
        baseVersion: this.state.version,
        batchId: `${person}-${this.count}`,
        userId: person,
        clientId: person,
        sessionSequence: null,
        serverTimestamp: 0,
      },
      sha256: () => "",
      limits: unbounded,
    });
    if (!appended.ok) throw new Error(appended.error.failure.message);
    this.log.push(...appended.value.operations);
    this.state = appended.value.next;
  }

  /** All of the step or none of it; `nothing` where there is nothing to undo. */
  invert(person: string, direction: "undo" | "redo"): "undone" | "collides" | "nothing" {
    return this.invertPartly(person, direction, false);
  }

  /** What can be undone of the newest step of which anything can. */
  invertPartly(
    person: string,
    direction: "undo" | "redo",
    partial = true,
  ): "undone" | "collides" | "nothing" {
    this.count += 1;
    const { state, log } = this;
    const outcome = invertNewest({ state, log, person, direction, id: this.count, partial });
    if (outcome === undefined) return "nothing";
    if (outcome.kind === "refused") throw new Error(outcome.refusal.failure.message);
    if (outcome.kind === "collides") return "collides";
    this.log.push(...outcome.appended.operations);
    this.state = outcome.appended.next;
    return "undone";
  }
}

export const textTarget = { pageId: "p", elementId: "e" };

/** A table with one text: none, an empty one or three characters. */
export function textTable(start: number) {
  const text = start === 0 ? {} : { text: start === 1 ? "" : "abc" };
  const element = { id: "e", type: "text", x: 0, y: 0, ...text };
  const table = new Table({
    canvas: {},
    pages: [{ id: "p", elements: [element] }],
    audioLayers: [],
  });
  return { table, textNow: () => plainText(table.design.pages[0]!.elements[0]!["text"] ?? "") };
}

/** Deletes so many characters at a place and inserts others. */
export function textOperation(at: number, gone: number, fresh: string): OperationContent {
  const delta: JsonObject[] = [];
  if (at > 0) delta.push({ retain: at });
  if (fresh !== "") delta.push({ insert: fresh });
  if (gone > 0) delta.push({ delete: gone });
  return { type: "EDIT_TEXT", target: textTarget, payload: { delta } };
}
