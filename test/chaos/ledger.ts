/**
 * What clients of one template sent and were answered, against what the log says in the end. It knows the log by
 * `audit` alone, which takes it in pages, so that a long run is checked as it goes.
 */
import type { Design } from "../../src/domain/document/design.js";
import { Copy, textOf } from "./copy.js";
import type { ShownOperation } from "./documents.js";

/** Told of what must not be: the rule and what broke it. */
export type Violate = (rule: string, message: string) => void;

export class Ledger {
  /** The state that the audited part of the log leads to. */
  readonly copy: Copy;
  readonly #sent = new Set<string>();
  readonly #acknowledged = new Map<string, string>();
  /** Acknowledged, and not seen in the log yet. */
  readonly #expected = new Set<string>();
  readonly #logged = new Set<string>();
  /** What each version after the first is, as the log said it. */
  readonly #log: string[] = [];
  #newestAcknowledged = 1;

  constructor(
    readonly templateId: string,
    design: Design,
    private readonly violate: Violate,
  ) {
    this.copy = new Copy(1, design);
  }

  /** Operations that were acknowledged so far. */
  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  /** The newest version that somebody was told of: who reads from now on sees it. */
  get newestAcknowledged(): number {
    return this.#newestAcknowledged;
  }

  sent(operationIds: readonly string[]): void {
    for (const id of operationIds) this.#sent.add(id);
  }

  /** Takes an answer, which has to say the same each time. */
  acknowledged(who: string, operations: readonly ShownOperation[]): void {
    for (const operation of operations) {
      const { id, resultingVersion } = operation;
      const text = textOf(operation);
      const before = this.#acknowledged.get(id);
      if (before !== undefined && before !== text) {
        this.violate("FAIL-1", `${who} was answered ${text}, and before ${before}`);
      }
      if (before === undefined && !this.#logged.has(id)) this.#expected.add(id);
      else if (before === undefined) this.#compare("FAIL-1", resultingVersion, text, who);
      this.#acknowledged.set(id, text);
      this.#newestAcknowledged = Math.max(this.#newestAcknowledged, resultingVersion);
    }
  }

  /** Takes the next page of the log. */
  audit(operations: readonly ShownOperation[]): void {
    for (const operation of operations) {
      const { id, undoes, redoes } = operation;
      const text = textOf(operation);
      if (this.#logged.has(id)) this.violate("FAIL-2", `${id} is in the log twice`);
      const isStep = undoes !== null || redoes !== null;
      if (!this.#sent.has(rootOf(id)) && !isStep && !isEmptyChoice(operation)) {
        this.violate("FAIL-2", `nobody sent ${id}, which the log holds`);
      }
      const acknowledged = this.#acknowledged.get(id);
      if (acknowledged !== undefined && acknowledged !== text) {
        this.violate("FAIL-1", `${id} was answered as ${acknowledged}, the log says ${text}`);
      }
      const problem = this.copy.take(operation);
      if (problem !== undefined) this.violate("FAIL-2", `the log: ${problem}`);
      this.#logged.add(id);
      this.#expected.delete(id);
      this.#log.push(text);
    }
  }

  /** All that was answered has to be in the log by now. */
  checkComplete(): void {
    for (const id of this.#expected) {
      this.violate("FAIL-1", `${id} was acknowledged and is not in the log`);
    }
  }

  /** Compares what a subscriber was handed with the audited log. */
  checkDelivered(who: string, fromVersion: number, texts: readonly string[]): void {
    for (const [index, text] of texts.entries()) {
      this.#compare("FAIL-3", fromVersion + 1 + index, text, who);
    }
  }

  #compare(rule: string, version: number, text: string, who: string): void {
    const logged = this.#log[version - 2];
    if (logged !== text) {
      this.violate(rule, `${who} was told ${text}, the log says ${logged} at ${version}`);
    }
  }
}

/** What a merge had to bring back before an operation was logged under that one's id and a number. */
/** The row of a SERVER_WINS that keeps nothing, by which it is found again (RES-5). */
function isEmptyChoice({ id, type, payload }: ShownOperation): boolean {
  const isEmpty = type === "UPDATE_CANVAS" && Object.keys(payload ?? {}).length === 0;
  return isEmpty && /^kept-[0-9a-f]{64}-1$/.test(id);
}

function rootOf(id: string): string {
  return id.replace(/~\d+$/, "");
}
