/** Every answer that nodes made to requests that can be sent again: all that say "applied" have to be the same. */
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type {
  ApplyOperationsOutcome,
  Applied,
  ConflictResolved,
  ResolveConflictOutcome,
} from "../../src/commands/outcomes.js";
import type { Truth } from "./truth.js";
import type { World } from "./world.js";

export class Answers {
  /** The first answer that said "applied", and the version back to which the log has to reach for it to be told again. */
  readonly #first = new Map<string, { readonly text: string; readonly since: number }>();

  constructor(
    private readonly world: World,
    private readonly truth: Truth,
  ) {}

  /** Takes in the answer to the request of that name; a choice is found only where the log reaches back to its base. */
  add(
    name: string,
    outcome: ApplyOperationsOutcome | ResolveConflictOutcome,
    choiceBase?: number,
  ): void {
    this.world.trace(`answer to ${name}: ${summaryOf(outcome)}`);
    const first = this.#first.get(name);
    if (outcome.kind === "applied" || outcome.kind === "resolved") {
      this.truth.acknowledge(name, outcome.operations);
      const text = comparableOf(outcome);
      if (first === undefined) {
        this.#first.set(name, { text, since: choiceBase ?? oldestOf(outcome) - 1 });
      } else if (first.text !== text) {
        this.world.violate("SIM-4", `${name} was answered\n${first.text}\nand then\n${text}`);
      }
    } else if (first !== undefined && first.since >= this.truth.prunedThrough) {
      this.world.violate("SIM-4", `${name} was applied and then answered ${summaryOf(outcome)}`);
    }
  }
}

function oldestOf({ operations, newVersion }: Applied | ConflictResolved): number {
  return Math.min(newVersion, ...operations.map(({ resultingVersion }) => resultingVersion));
}

/** All but what tells the first try from later ones. */
function comparableOf(outcome: Applied | ConflictResolved): string {
  const { operations, ...rest } = outcome;
  const ids = operations.map(({ id, resultingVersion }) => ({ id, resultingVersion }));
  return canonicalJson({ ...rest, duplicateOps: [], operations: ids } as never);
}

function summaryOf(outcome: ApplyOperationsOutcome | ResolveConflictOutcome): string {
  switch (outcome.kind) {
    case "applied":
    case "resolved":
      return `${outcome.kind} at ${outcome.newVersion}`;
    case "versionConflict":
      return `conflict of ${outcome.requestedVersion} at ${outcome.currentVersion}`;
    case "refused":
      return `refused with ${outcome.code}: ${outcome.message}`;
  }
}
