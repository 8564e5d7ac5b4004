/**
 * What is true about one template, told by the commits that took effect and nothing else: every operation, and the
 * state at every version, by a replay of its own. All that nodes say and clients hold is compared with it.
 */
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { DocumentState } from "../../src/domain/history/append.js";
import { replay } from "../../src/domain/history/replay.js";
import { initialHash, nextHash } from "../../src/domain/history/versionHash.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import type { Commit } from "../../src/storage/templates/templateStore.js";
import { changeOperationOf } from "../../src/bus/changeBus.js";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type { SimulatedProcess } from "./process.js";
import { sha256 } from "./sha256.js";
import type { World } from "./world.js";

/** No commit takes effect so long after it failed. */
const LATE_MS = 3_000;

export class Truth {
  /** The operation that led to version `index + 2`. */
  readonly operations: LoggedOperation[] = [];
  /** The state at version `index + 1`. */
  readonly #states: DocumentState[];
  readonly #byId = new Map<string, LoggedOperation>();
  readonly #canonical = new Map<number, string>();
  /** Operations as subscribers see them, in canonical form, by version. */
  readonly #seen: string[] = [];
  /** The newest version that somebody was told of. */
  acknowledged = 1;
  /** The bases of the batches that nodes work on at this moment. */
  readonly basesInWork: number[] = [];
  /** The log was cut through this version. */
  prunedThrough = 1;

  constructor(
    private readonly world: World,
    readonly templateId: string,
    design: Design,
  ) {
    const versionHash = initialHash(sha256, design);
    this.#states = [{ version: 1, versionHash, document: documentOf(design) }];
  }

  get version(): number {
    return this.operations.length + 1;
  }

  stateAt(version: number): DocumentState {
    const state = this.#states[version - 1];
    if (state === undefined) throw new Error(`there is no version ${version}`);
    return state;
  }

  /** The document at the version in canonical form. */
  canonicalAt(version: number): string {
    const known = this.#canonical.get(version);
    if (known !== undefined) return known;
    const canonical = canonicalJson(designOf(this.stateAt(version).document));
    this.#canonical.set(version, canonical);
    return canonical;
  }

  /** Whether a design is the document at the version. */
  isAt(version: number, design: Design): boolean {
    return (
      version >= 1 && version <= this.version && canonicalJson(design) === this.canonicalAt(version)
    );
  }

  /** Takes in a commit at the moment it takes effect. */
  committed({ operations }: Commit): void {
    for (const operation of structuredClone(operations)) {
      const { id, resultingVersion } = operation;
      if (this.#byId.has(id)) {
        this.world.violate(
          "SIM-4",
          `operation ${id} was applied as version ${resultingVersion} again`,
        );
      }
      const before = this.stateAt(this.version);
      if (operation.versionHash !== nextHash(sha256, before.versionHash, operation)) {
        this.world.violate("SIM-5", `the hash of version ${resultingVersion} does not follow`);
      }
      this.#states.push(replay(before, [operation]));
      this.operations.push(operation);
      this.#seen.push(canonicalJson(changeOperationOf(operation) as never));
      this.#byId.set(id, operation);
    }
  }

  /** Keeps the log behind the base until the work is done: what is retried is younger than what retention cuts. */
  keepingLog<T>(baseVersion: number, { death }: SimulatedProcess, work: Promise<T>): Promise<T> {
    const isDone = this.keepLog(baseVersion);
    Promise.race([work, death]).then(isDone, isDone);
    return work;
  }

  /** Keeps the log behind the version until what is returned was called, and a while longer. */
  keepLog(version: number): () => void {
    this.basesInWork.push(version);
    const forget = () => void this.basesInWork.splice(this.basesInWork.indexOf(version), 1);
    // A commit that failed may take effect yet, and what was sent twice arrive.
    return () => void this.world.scheduler.after(LATE_MS, forget);
  }

  /** Checks operations that a node answered as committed; whoever is told so may rely on it. */
  acknowledge(what: string, operations: readonly LoggedOperation[]): void {
    for (const operation of operations) {
      const logged = this.#byId.get(operation.id);
      if (logged === undefined) {
        this.world.violate("SIM-2", `${what}: ${operation.id} was answered and is not in the log`);
      } else if (canonicalJson(plain(logged)) !== canonicalJson(plain(operation))) {
        this.world.violate("SIM-2", `${what}: ${operation.id} was answered other than logged`);
      }
      this.acknowledged = Math.max(this.acknowledged, operation.resultingVersion);
    }
  }

  /** Checks what a subscriber is handed: nothing that is not in the log, or is there otherwise. */
  delivered(who: string, change: SharedChange): void {
    if (change.toVersion > this.version) {
      this.world.violate("SIM-3", `${who} was told of version ${change.toVersion} before it was`);
      return;
    }
    if (change.kind === "RESYNC") {
      if (change.designData === null || !this.isAt(change.toVersion, change.designData)) {
        this.world.violate(
          "SIM-5",
          `${who} was handed another state than version ${change.toVersion}`,
        );
      }
      return;
    }
    const expected = this.#seen.slice(change.fromVersion - 1, change.toVersion - 1);
    const given = change.operations.map((operation) =>
      canonicalJson(changeOperationOf(operation) as never),
    );
    if (given.join() === expected.join()) return;
    const versions = change.operations.map(({ resultingVersion }) => resultingVersion).join();
    this.world.violate(
      "SIM-3",
      `${who} was handed other operations (${versions}) as ${change.fromVersion}..${change.toVersion}`,
    );
  }
}

/** The value as it is after a way through JSON. */
function plain(value: object): never {
  return JSON.parse(JSON.stringify(value)) as never;
}
