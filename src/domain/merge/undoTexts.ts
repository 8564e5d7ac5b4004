/** The texts that an event of the line edited, with what others wrote into them since, for taking the event back. */
import type { LogEntry } from "../history/logEntry.js";
import type { OperationContent } from "../operations/operation.js";
import { invertDelta, type Delta } from "../text/delta.js";
import { remainingDelta } from "../text/remainingDelta.js";
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

/** What undid a cancelled edit of a text, among the edits of that text that were collected. */
interface Undoing {
  /** How many edits are newer. */
  readonly newer: number;
  /** How many of the edits that undid it are not yet accounted for: the newest of those that are not newer. */
  open: number;
}

export class UndoTexts {
  private readonly texts = new Map<NodePath, TextRebase>();
  /** By pair and element. */
  private readonly undoings = new Map<string, Map<NodePath, Undoing>>();
  /** The cancelled pairs of which something set a whole text: each is taken to leave no trace. */
  private readonly whole: ReadonlySet<string>;
  private next: number;

  constructor(private readonly input: UndoTextsInput) {
    this.next = input.history.length - 1;
    this.whole = new Set(input.history.flatMap((entry) => this.pairSetting(entry) ?? []));
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
      for (const pair of cancelled.newest.get(entry.id) ?? []) this.enter(pair);
      const path = this.textOf(entry);
      const edit = path === undefined ? undefined : whole(entry.id);
      if (path === undefined || edit === undefined) continue;
      const pair = cancelled.first.get(entry.id);
      if (pair === undefined) this.collect(path, edit);
      else this.exclude(path, edit, pair);
    }
  }

  /** Where the entry is an edit that one of the texts is rebased over: the element of that text. */
  private textOf(entry: LogEntry): NodePath | undefined {
    const { own, cancelled } = this.input;
    const undone = cancelled.second.get(entry.id);
    if (own.has(entry.id) || (undone !== undefined && this.whole.has(undone))) return undefined;
    return this.editedText(entry);
  }

  private editedText({ footprint }: LogEntry): NodePath | undefined {
    const edits = footprint.find(
      (touch) =>
        touch.kind === "blend" &&
        touch.properties.includes("text") &&
        this.input.elements.has(touch.path),
    );
    return edits?.path;
  }

  /** The pair of a cancelled entry that sets a whole text. */
  private pairSetting(entry: LogEntry): string | undefined {
    const { first, second } = this.input.cancelled;
    const pair = first.get(entry.id) ?? second.get(entry.id);
    return pair === undefined || this.editedText(entry) !== undefined ? undefined : pair;
  }

  /** Enters a cancelled pair from its newer end. */
  private enter(pair: string): void {
    const sizes = [...this.texts].map(([path, { size }]): [NodePath, Undoing] => [
      path,
      { newer: size, open: 0 },
    ]);
    this.undoings.set(pair, new Map(sizes));
  }

  private collect(path: NodePath, edit: WholeOperation): void {
    const undone = this.input.cancelled.second.get(edit.id);
    if (undone === undefined) {
      this.on(path).prepend(edit.id, deltaOf(edit));
      return;
    }
    // An edit that undoes counts as far as it does more than that: it may take back what others undid, too.
    this.on(path).prepend(edit.id, remainingDelta([], deltaOf(edit)));
    this.undoingOf(undone, path).open += 1;
  }

  private exclude(path: NodePath, edit: WholeOperation, pair: string): void {
    const text = this.on(path);
    const undoing = this.undoingOf(pair, path);
    const [inverse] = edit.inverse;
    const back = inverse?.type === "EDIT_TEXT" ? deltaOf(inverse) : invertDelta("", deltaOf(edit));
    const count = text.size - undoing.newer - undoing.open;
    const done = remainingDelta([], text.exclude(back, count));
    if (this.whole.has(pair) || done.length === 0) return;
    if (undoing.open === 0) text.insert(count, edit.id, remainingDelta(done, []));
    else {
      text.reduce(count, done);
      undoing.open -= 1;
    }
  }

  private undoingOf(pair: string, path: NodePath): Undoing {
    const undoings = this.undoings.get(pair) ?? new Map<NodePath, Undoing>();
    this.undoings.set(pair, undoings);
    const undoing = undoings.get(path) ?? { newer: 0, open: 0 };
    undoings.set(path, undoing);
    return undoing;
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
