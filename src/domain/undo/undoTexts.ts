/** The texts that operations edited which are taken back, with every edit of them since. */
import { EditGroups } from "./editGroups.js";
import type { LogEntry, WholeOperation } from "../history/logEntry.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { deltaOf } from "../operations/traits.js";
import { CharacterLine, type TakenBack } from "../text/characterLine.js";
import { invertDelta, type Delta } from "../text/delta.js";
import { runsOf, type RichText } from "../text/richText.js";
import type { Steps } from "../steps.js";
import { nodePath, type NodePath } from "../operations/footprint.js";

export interface UndoTextsInput {
  /** Oldest first, what is taken back included. */
  readonly history: readonly LogEntry[];
  /** What is to be taken back. */
  readonly operations: readonly LoggedOperation[];
  readonly whole: (operationId: string) => WholeOperation | undefined;
  /** Whether the operation is one of others and in effect. */
  readonly isInEffect: (operationId: string) => boolean;
}

/** An entry that changes the text of the element. */
interface Edit {
  readonly entry: LogEntry;
  readonly path: NodePath;
}

/** How many edits are followed in one step. */
const STEP_EDITS = 50;

export class UndoTexts {
  private readonly groups = new EditGroups();
  private readonly lines = new Map<NodePath, CharacterLine>();
  private readonly edits: readonly Edit[];
  private readonly versions: ReadonlyMap<string, number>;
  /** By operation, the elements whose texts were edited by what it undid or redid. */
  private readonly behind: ReadonlyMap<string, ReadonlySet<NodePath>> = new Map();

  constructor(private readonly input: UndoTextsInput) {
    const { history, operations } = input;
    const edits = history.flatMap((entry) =>
      entry.footprint.flatMap((touch) => {
        const { kind, path } = touch;
        const changes = (kind === "blend" || kind === "write") && touch.properties.includes("text");
        return changes ? { entry, path } : [];
      }),
    );
    if (edits.length > 0) this.behind = pathsBehind(history, operations, edits);
    const elements = new Set(
      operations.flatMap((operation) => [
        ...[operation, ...operation.inverse].map(({ target }) => elementPath(target)),
        ...this.behindOf(operation),
      ]),
    );
    this.edits = edits.filter(({ path }) => elements.has(path));
    this.versions = new Map(this.edits.map(({ entry }) => [entry.id, entry.resultingVersion]));
  }

  /** Ids of the edits that have to be read wholly first. */
  needed(): readonly string[] {
    const ids = this.edits.map(({ entry }) => entry.id);
    return ids.filter((id) => this.input.whole(id) === undefined);
  }

  /** The elements whose texts were edited by what the operation undid or redid. */
  behindOf({ id }: LoggedOperation): ReadonlySet<NodePath> {
    return this.behind.get(id) ?? new Set();
  }

  /** Whether others edited the text after the operation, and that is in effect. */
  isEditedSince({ id, target, resultingVersion }: LoggedOperation): boolean {
    const path = elementPath(target);
    return this.edits.some(
      ({ entry, path: at }) =>
        at === path &&
        entry.id !== id &&
        entry.resultingVersion > resultingVersion &&
        this.input.isInEffect(entry.id),
    );
  }

  /** What takes the operation back in the text of an element, on the text as it is then. */
  *takeBack(
    { id, resultingVersion }: LoggedOperation,
    { target }: Pick<OperationContent, "target">,
  ): Steps<TakenBack> {
    const labels = this.groups.switchBack(id);

    const counts = (label: string) =>
      (this.versions.get(label) ?? 0) > resultingVersion && this.input.isInEffect(label);
    return yield* this.on(elementPath(target)).takeBack(labels, counts);
  }

  /** The operation is taken back by setting the text again, which is `now`. */
  *set({ id, target }: LoggedOperation, text: unknown, now: unknown): Steps<void> {
    const switched = this.groups.switchBack(id);
    yield* this.on(elementPath(target)).set(
      { label: `${id}~`, switched },
      insertsOf(text),
      insertsOf(now),
    );
  }

  /** Follows the texts up to now, which has to be done before anything is taken back. */
  *replay(): Steps<void> {
    const edits = new Map<string, NodePath[]>();
    for (const { entry, path } of this.edits) {
      edits.set(entry.id, [...(edits.get(entry.id) ?? []), path]);
    }
    if (edits.size === 0) return;
    for (const [index, entry] of this.input.history.entries()) {
      if (index % STEP_EDITS === STEP_EDITS - 1) yield;
      const switched = this.groups.enter(entry);
      const whole = this.input.whole(entry.id);
      for (const path of whole === undefined ? [] : (edits.get(entry.id) ?? [])) {
        yield* replayOn(this.on(path), entry.id, whole as WholeOperation, switched);
      }
    }
  }

  private on(path: NodePath): CharacterLine {
    const line = this.lines.get(path) ?? new CharacterLine(this.groups.off);
    this.lines.set(path, line);
    return line;
  }
}

/** For each of the operations that undid or redid others: the elements whose texts those edited. */
function pathsBehind(
  history: readonly LogEntry[],
  operations: readonly LoggedOperation[],
  edits: readonly Edit[],
): ReadonlyMap<string, ReadonlySet<NodePath>> {
  const behind = new Map<string, ReadonlySet<NodePath>>();
  if (operations.every(({ undoes, redoes }) => (undoes ?? redoes) === null)) return behind;
  const own = new Set(operations.map(({ id }) => id));
  const groups = new EditGroups();
  const pathsOf = new Map<ReadonlySet<string>, ReadonlySet<NodePath>>();
  for (const entry of history) {
    const labels = groups.enter(entry);
    if (labels === undefined || !own.has(entry.id)) continue;
    const known = pathsOf.get(labels);
    const paths =
      known ?? new Set(edits.flatMap(({ entry: { id }, path }) => (labels.has(id) ? path : [])));
    pathsOf.set(labels, paths);
    behind.set(entry.id, paths);
  }
  return behind;
}

function* replayOn(
  line: CharacterLine,
  label: string,
  { type, payload, inverse }: WholeOperation,
  switched: ReadonlySet<string> | undefined,
): Steps<void> {
  const [restored] = inverse;
  const old = insertsOf(restored?.payload?.["text"]);
  const delta = deltaOf({ type, payload });
  if (delta === undefined) yield* line.set({ label, switched }, insertsOf(payload?.["text"]), old);
  else {
    const back = (restored && deltaOf(restored)) ?? invertDelta("", delta);
    yield* line.replay({ label, delta, inverse: back, switched });
  }
}

function insertsOf(text: unknown): Delta {
  return text == null ? [] : runsOf(text as RichText);
}

/** The element that an operation is about. */
function elementPath({ pageId, elementId }: OperationContent["target"]): NodePath {
  return nodePath("pages", pageId ?? "", "elements", elementId ?? "");
}
