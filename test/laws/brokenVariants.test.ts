/** Variants of the domain that are broken on purpose. The laws notice each of them, or they would prove nothing. */
import type { Steps } from "../../src/domain/steps.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Collision } from "../../src/domain/merge/collide.js";
import type { OperationType } from "../../src/domain/operations/operation.js";

const HISTORIES_MAX = 2_000;

/** The checks run on whatever modules are mocked by then. */
const laws = {
  async text() {
    const { checkTwoDeltas } = await import("./textLaw.js");
    checkTwoDeltas("a", [1]);
  },
  async pairs(type: OperationType) {
    const { checkPairs } = await import("./pairLaw.js");
    checkPairs(type);
  },
  async sequences() {
    const { checkSequences } = await import("./textLaw.js");
    checkSequences(500);
  },
  async resolutions() {
    const { checkResolutions } = await import("./resolutionLaw.js");
    await checkResolutions(0, 300);
  },
  async lastWriter() {
    const { checkLastWriter } = await import("./pairLaw.js");
    checkLastWriter();
  },
  async undoPlaces() {
    const { checkUndoPlaces } = await import("./placesLaw.js");
    checkUndoPlaces(2_000);
  },
  async mergePlaces() {
    const { checkMergePlaces } = await import("./placesLaw.js");
    checkMergePlaces(2_000);
  },
  async deletions() {
    const { checkDeletions } = await import("./deletionLaw.js");
    const { lastWriterWins } = await import("../../src/domain/merge/judging/verdict.js");
    checkDeletions(lastWriterWins(0));
  },
  async attributes() {
    (await import("./undoLaw.js")).checkAttributes(200);
  },
  async undoInAnyOrder() {
    (await import("./undoInAnyOrderLaw.js")).checkUndoInAnyOrder(500);
  },
  async parts() {
    (await import("./undoLaw.js")).checkProperties(100);
  },
  async nodes() {
    (await import("./nodesInAnyOrderLaw.js")).checkNodesInAnyOrder(500);
  },
  async nodesUndone() {
    (await import("./undoneByAllLaw.js")).checkNodesUndoneByAll(500);
  },
  async stepSizes() {
    (await import("./undoLaw.js")).checkStepSizes([1_500]);
  },
  async histories() {
    const { madeHistory } = await import("./histories.js");
    for (let seed = 0; seed < HISTORIES_MAX; seed += 1) {
      const { broken } = madeHistory(seed);
      if (broken !== undefined) throw broken;
    }
  },
};

const transform = "../../src/domain/text/transformDelta.js";
const collide = "../../src/domain/merge/collide.js";
const verdict = "../../src/domain/merge/judging/verdict.js";
const intent = "../../src/domain/merge/intent.js";
const traits = "../../src/domain/operations/traits.js";
const elementChange = "../../src/domain/operations/elements/elementChange.js";
const predict = "../../src/domain/client/predict.js";
const formerPlaces = "../../src/domain/merge/places/formerPlaces.js";
const textRebase = "../../src/domain/merge/textRebase.js";
const effectLedger = "../../src/domain/undo/effectLedger.js";
const inversion = "../../src/domain/undo/inversion.js";
const characterLine = "../../src/domain/text/characterLine.js";
const undoLine = "../../src/domain/undo/undoLine.js";

const deletionAsMeant = "../../src/domain/merge/deletionAsMeant.js";
const lostChanges = "../../src/domain/merge/lostChanges.js";
const met = "../../src/domain/merge/judging/met.js";

const leftOut = "../../src/domain/merge/leftOut.js";
const restorer = "../../src/domain/merge/restoring/restorer.js";
const overridden = "../../src/domain/merge/overridden.js";

interface Variant {
  readonly name: string;
  readonly law: keyof typeof laws;
  /** For `pairs`: the type that is committed first. */
  readonly type?: OperationType;
  readonly module: string;
  /** Exports that replace those of the module. */
  readonly broken: (original: any) => Record<string, unknown>;
}

const variants: readonly Variant[] = [
  {
    name: "all that was deleted with it comes back",
    law: "resolutions",
    module: restorer,
    broken: ({ Restorer }) => ({
      Restorer: class extends Restorer {
        bring(path: string) {
          super.bring(path.split("/").slice(0, 3).join("/"), true);
          super.bring(path, true);
        }
      },
    }),
  },
  {
    name: "a warning does not name what comes back",
    law: "resolutions",
    module: overridden,
    broken: ({ overriddenSteps }) => ({
      *overriddenSteps(...args: unknown[]): Steps<unknown> {
        const told = yield* overriddenSteps(...args) as Steps<{ kind: string }[]>;
        return told.filter(({ kind }) => kind !== "restores");
      },
    }),
  },
  {
    name: "what goes on from an operation that is dropped is kept",
    law: "resolutions",
    module: leftOut,
    broken: ({ LeftOut }) => ({
      LeftOut: class extends LeftOut {
        isBuiltOn() {
          return false;
        }
      },
    }),
  },
  {
    name: "what a dropped operation would have taken elsewhere is deleted",
    law: "resolutions",
    module: leftOut,
    broken: ({ LeftOut }) => ({
      LeftOut: class extends LeftOut {
        deletesMoved() {
          return false;
        }
      },
    }),
  },
  {
    name: "each side puts its own inserts first",
    law: "text",
    module: transform,
    broken: ({ transformDelta }) => ({
      transformDelta: (delta: unknown, over: unknown) => transformDelta(delta, over, "earlier"),
    }),
  },
  {
    name: "later and earlier are swapped",
    law: "text",
    module: transform,
    broken: ({ transformDelta }) => ({
      transformDelta: (delta: unknown, over: unknown, side: string) =>
        transformDelta(delta, over, side === "later" ? "earlier" : "later"),
    }),
  },
  {
    name: "a delete does not collide with a change",
    law: "pairs",
    type: "DELETE_ELEMENT",
    module: collide,
    broken: ({ collisionsWith }) => ({
      collisionsWith: (...args: unknown[]) =>
        (collisionsWith(...args) as Collision[]).filter(({ kind }) => kind !== "DELETED_TARGET"),
    }),
  },
  {
    name: "two moves into each other do not collide",
    law: "pairs",
    type: "REORDER_ELEMENT",
    module: collide,
    broken: ({ collisionsWith }) => ({
      collisionsWith: (...args: unknown[]) =>
        (collisionsWith(...args) as Collision[]).filter(({ kind }) => kind !== "CONCURRENT_EDIT"),
    }),
  },
  {
    name: "a text is not rebased",
    law: "pairs",
    type: "EDIT_TEXT",
    module: textRebase,
    broken: ({ TextRebase }) => ({
      TextRebase: class extends TextRebase {
        next(delta: unknown) {
          return { delta, changedBy: [] };
        }
      },
    }),
  },
  {
    name: "the committed edits of a text are not carried on to the next operation",
    law: "sequences",
    module: textRebase,
    broken: ({ TextRebase }) => ({
      TextRebase: class extends TextRebase {
        private readonly edits: readonly { id: string; delta: unknown }[];
        constructor(edits: readonly { id: string; delta: unknown }[] = []) {
          super(edits);
          this.edits = edits;
        }
        next(delta: unknown) {
          return new TextRebase(this.edits).next(delta);
        }
      },
    }),
  },
  {
    name: "what a group held is told from the head",
    law: "pairs",
    type: "DELETE_ELEMENT",
    module: intent,
    broken: () => ({ intendedPages: () => new Set() }),
  },
  {
    name: "a footprint forgets which group a deleted element was in",
    law: "histories",
    module: elementChange,
    broken: ({ elementNode }) => ({
      deletion: (_: unknown, target: unknown) => ({ kind: "delete", path: elementNode(target) }),
    }),
  },
  {
    name: "a delete of what is deleted is refused",
    law: "pairs",
    type: "DELETE_PAGE",
    module: traits,
    broken: () => ({ deletedPath: () => undefined }),
  },
  {
    name: "a client overlooks all but the last commit",
    law: "histories",
    module: predict,
    broken: ({ predict: whole }) => ({
      predict: (confirmed: any, operations: any, history: readonly unknown[], rules: any) =>
        whole(confirmed, operations, history.slice(-1), rules),
    }),
  },
  {
    name: "who deletes goes by the clock, too",
    law: "deletions",
    module: verdict,
    broken: ({ lastWriterWins }) => ({
      lastWriterWins: (skewMs: number) => {
        const judge = lastWriterWins(skewMs);
        const byClock = (collision: any, ...rest: unknown[]) => {
          return collision.kind === "DELETED_TARGET" ? "server" : judge(collision, ...rest);
        };
        return Object.assign(byClock, judge);
      },
    }),
  },
  {
    name: "a group that is deleted takes along what others put into it",
    law: "deletions",
    module: deletionAsMeant,
    broken: () => ({
      deletionAsMeant: (_: unknown, content: unknown) => ({ before: [], content }),
    }),
  },
  {
    name: "who won over a change does not name it",
    law: "deletions",
    module: met,
    broken: () => ({ newestBeaten: () => [] }),
  },
  {
    name: "what was to be made on a page that others deleted is changed all the same",
    law: "histories",
    module: lostChanges,
    broken: ({ LostChanges }) => ({
      LostChanges: class extends LostChanges {
        neededBy() {
          return undefined;
        }
      },
    }),
  },
  {
    name: "a tie between writers goes to who comes last",
    law: "lastWriter",
    module: verdict,
    broken: ({ lastWriterWins }) => ({
      lastWriterWins: (skewMs: number) => {
        const judge = lastWriterWins(skewMs);
        return (collision: unknown, property: unknown, incoming: any, committed: any) => {
          const isTie = incoming.timestamp === committed.clientTimestamp;
          return isTie && property !== undefined
            ? "client"
            : judge(collision, property, incoming, committed);
        };
      },
    }),
  },
  {
    name: "what comes back forgets where it was",
    law: "undoPlaces",
    module: formerPlaces,
    broken: ({ FormerPlaces }) => ({
      FormerPlaces: class extends FormerPlaces {
        formerNeighbour = () => undefined;
      },
    }),
  },
  {
    name: "what came back is no neighbour of what comes back after it",
    law: "undoPlaces",
    module: formerPlaces,
    broken: ({ FormerPlaces }) => ({
      FormerPlaces: class extends FormerPlaces {
        cameBack = () => undefined;
      },
    }),
  },
  {
    name: "a neighbour that is gone means on top",
    law: "mergePlaces",
    module: formerPlaces,
    broken: ({ FormerPlaces }) => ({
      FormerPlaces: class extends FormerPlaces {
        neighbourInPlaceOf = () => undefined;
      },
    }),
  },
  {
    name: "the batch's own places are forgotten",
    law: "mergePlaces",
    module: formerPlaces,
    broken: ({ FormerPlaces }) => ({
      FormerPlaces: class extends FormerPlaces {
        placed = () => undefined;
      },
    }),
  },
  {
    name: "an undo overrides what others set on characters since",
    law: "attributes",
    module: characterLine,
    broken: ({ CharacterLine }) => ({
      CharacterLine: class extends CharacterLine {
        stylesMeant({ before }: { before: unknown }) {
          return before;
        }
      },
    }),
  },
  {
    name: "characters that an undo brought back are taken for others",
    law: "undoInAnyOrder",
    module: characterLine,
    broken: ({ CharacterLine }) => ({
      CharacterLine: class extends CharacterLine {
        shown(end: number, text: string) {
          return { end, text };
        }
      },
    }),
  },
  {
    name: "an undo gives back the value from before the step, whatever was undone since",
    law: "parts",
    module: effectLedger,
    broken: ({ EffectLedger }) => ({
      EffectLedger: class extends EffectLedger {
        values() {
          return new Map();
        }
      },
    }),
  },
  {
    name: "what others kept stays when they undid it, too",
    law: "nodes",
    module: effectLedger,
    broken: ({ EffectLedger }) => ({
      EffectLedger: class extends EffectLedger {
        existence() {}
      },
    }),
  },
  {
    name: "an undo brings back what its author has undone since",
    law: "nodesUndone",
    module: inversion,
    broken: ({ Inversion }) => ({
      Inversion: class extends Inversion {
        constructor(...args: unknown[]) {
          super(...args);
          this.withdrawn.length = 0;
        }
      },
    }),
  },
  {
    name: "of a step so many operations are found",
    law: "stepSizes",
    module: undoLine,
    broken: ({ operationsOf }) => ({
      operationsOf: (...args: unknown[]) => operationsOf(...args).slice(-1_000),
    }),
  },
];

describe("a broken domain is noticed", () => {
  afterEach(() => {
    for (const { module } of variants) vi.doUnmock(module);
    vi.resetModules();
  });

  test.each(variants)("$name", async ({ law, type, module, broken }) => {
    vi.resetModules();
    vi.doMock(module, async (importOriginal) => {
      const original = await importOriginal<object>();
      return { ...original, ...broken(original) };
    });
    await expect(laws[law](type ?? "EDIT_TEXT")).rejects.toThrow();
  });
});
