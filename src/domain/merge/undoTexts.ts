/** The texts that an event of the line edited, with what others wrote into them since, for taking the event back. */
import type { LogEntry } from "../history/logEntry.js";
import type { OperationContent } from "../operations/operation.js";
import { invertDelta, type Delta } from "../text/delta.js";
import type { CancelledEdits } from "./cancelledEdits.js";
import { nodePath, type NodePath } from "./footprint.js";
import type { WholeOperation } from "./merge.js";
import { TextRebase } from "./textRebase.js";

export interface UndoTextsInput {
  /** Oldest first. */
  readonly history: readonly LogEntry[];
  /** Ids of what is taken back. */
  readonly own: ReadonlySet<string>;
  /** The elements whose texts it may be about. */
  readonly elements: ReadonlySet<NodePath>;
  /** What was undone again and can be taken out of the texts. */
  readonly cancelled: CancelledEdits;
  readonly whole: (operationId: string) => WholeOperation | undefined;
}

export class UndoTexts {
  private readonly texts = new Map<NodePath, TextRebase>();
  /** How many edits of each text had been collected when a cancelled pair was entered from its newer end. */
  private readonly sizes = new Map<string, ReadonlyMap<NodePath, number>>();
  private next: number;

  constructor(private readonly input: UndoTextsInput) {
    this.next = input.history.length - 1;
  }

  /** Ids of the edits that have to be read wholly first. */
  needed(): readonly string[] {
    const { history, whole } = this.input;
    return history.flatMap((entry) =>
      this.textOf(entry) !== undefined && whole(entry.id) === undefined ? entry.id : [],
    );
  }

  /** The text of an element, over what others wrote after the version that was collected last. */
  at({ target }: Pick<OperationContent, "target">): TextRebase {
    return this.on(elementPath(target));
  }

  /** Walks back to the version and collects the edits of others on the way. */
  collectAfter(version: number): void {
    const { history, cancelled, whole } = this.input;
    for (; this.next >= 0; this.next -= 1) {
      const entry = history[this.next];
      if (entry === undefined || entry.resultingVersion <= version) return;
      for (const pair of cancelled.newest.get(entry.id) ?? []) {
        this.sizes.set(pair, new Map([...this.texts].map(([path, text]) => [path, text.size])));
      }
      const path = this.textOf(entry);
      const edit = path === undefined ? undefined : whole(entry.id);
      if (path === undefined || edit === undefined) continue;
      const pair = cancelled.first.get(entry.id);
      if (pair === undefined) this.on(path).prepend(entry.id, deltaOf(edit));
      else this.exclude(path, edit, pair);
    }
  }

  /** Where the entry is an edit that one of the texts is rebased over: the element of that text. */
  private textOf({ id, footprint }: LogEntry): NodePath | undefined {
    const { own, cancelled, elements } = this.input;
    if (own.has(id) || cancelled.second.has(id)) return undefined;
    const edits = footprint.find(
      (touch) =>
        touch.kind === "blend" && touch.properties.includes("text") && elements.has(touch.path),
    );
    return edits?.path;
  }

  private exclude(path: NodePath, edit: WholeOperation, pair: string): void {
    const text = this.on(path);
    const newer = this.sizes.get(pair)?.get(path) ?? 0;
    const [inverse] = edit.inverse;
    const undoing =
      inverse?.type === "EDIT_TEXT" ? deltaOf(inverse) : invertDelta("", deltaOf(edit));
    text.exclude(undoing, text.size - newer);
  }

  private on(path: NodePath): TextRebase {
    const text = this.texts.get(path) ?? new TextRebase();
    this.texts.set(path, text);
    return text;
  }
}

/** The element that an operation is about. */
export function elementPath({ pageId, elementId }: OperationContent["target"]): NodePath {
  return nodePath("pages", pageId ?? "", "elements", elementId ?? "");
}

/** The delta of an edit of a text. */
export function deltaOf({ payload }: Pick<OperationContent, "payload">): Delta {
  return payload?.["delta"] as unknown as Delta;
}
