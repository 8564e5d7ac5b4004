/**
 * PostgreSQL and the way to it: the memory twins of the stores behind calls that take their time, fail before or
 * after they took effect, or take effect after they failed. What takes effect is told to the truth.
 */
import { MemoryConflictStore } from "../twins/memoryConflictStore.js";
import type { LockStore } from "../../src/storage/locks/lockStore.js";
import { MemoryLockStore } from "../twins/memoryLockStore.js";
import { MemoryPermissionStore } from "../twins/memoryPermissionStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import type { PermissionStore } from "../../src/storage/access/permissionStore.js";
import type { ConflictStore } from "../../src/storage/conflicts/conflictStore.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";
import type {
  Checkpoint,
  Commit,
  LockedTemplate,
  NewSnapshot,
  TemplateStore,
} from "../../src/storage/templates/templateStore.js";
import type { FaultKind } from "./faults.js";
import { HeldLocks } from "./heldLocks.js";
import type { SimulatedProcess } from "./process.js";
import type { Random } from "./random.js";
import type { Truth } from "./truth.js";
import type { World } from "./world.js";

/** When those who found the database away may come again. */
const RETRY_MS = 200;

/** How a call to the store can fail; undefined kinds never do. */
interface Failing {
  readonly before: FaultKind;
  readonly after?: FaultKind;
  /** It fails at once and takes effect later. */
  readonly early?: FaultKind;
}

const failingOf: Readonly<Record<string, Failing>> = {
  commit: { before: "commitFailsBefore", after: "commitFailsAfter", early: "commitFailsEarly" },
  withLock: { before: "commitFailsBefore", after: "commitFailsAfter" },
  writeCheckpoint: { before: "copyFails", after: "commitFailsAfter", early: "commitFailsEarly" },
  addSnapshot: { before: "copyFails" },
  record: { before: "commitFailsBefore", after: "commitFailsAfter" },
  resolve: { before: "commitFailsBefore", after: "commitFailsAfter" },
};

/** Told of a commit that took effect, before anybody is answered. */
export type Committed = (process: SimulatedProcess, commit: Commit) => void;

export class SimulatedDisk {
  readonly templates: MemoryTemplateStore;
  /** Of sessions of which the simulation has none: whoever asks is one. */
  readonly locks: MemoryLockStore;
  readonly permissions: MemoryPermissionStore;
  readonly conflicts: MemoryConflictStore;
  readonly truths = new Map<string, Truth>();
  readonly copies: (Checkpoint | NewSnapshot)[] = [];
  away = false;
  readonly #random: Random;
  readonly #held = new HeldLocks();

  constructor(
    private readonly world: World,
    private readonly committed: Committed,
  ) {
    this.#random = world.random("disk");
    this.templates = new MemoryTemplateStore({}, () => world.scheduler.now);
    this.conflicts = new MemoryConflictStore(this.templates);
    this.locks = new MemoryLockStore(this.templates, () => true);
    this.permissions = new MemoryPermissionStore(this.templates, () => world.scheduler.now);
  }

  truth(templateId: string): Truth {
    const truth = this.truths.get(templateId);
    if (truth === undefined) throw new Error(`there is no template ${templateId}`);
    return truth;
  }

  /** The stores as a process reaches them. */
  storesOf(process: SimulatedProcess): {
    templates: TemplateStore;
    conflicts: ConflictStore;
    locks: LockStore;
    permissions: PermissionStore;
  } {
    const effects: Partial<TemplateStore> = {
      commit: async (commit) => {
        const outcome = await this.templates.commit(commit);
        if (outcome.kind === "committed") this.#tookEffect(process, [commit]);
        return outcome;
      },
      withLock: (templateId, work) => this.#underLock(process, templateId, work),
      writeCheckpoint: async (checkpoint) => {
        await this.templates.writeCheckpoint(checkpoint);
        this.copies.push(checkpoint);
      },
      addSnapshot: async (snapshot) => {
        const stored = await this.templates.addSnapshot(snapshot);
        this.copies.push(snapshot);
        return stored;
      },
    };
    return {
      templates: this.#remote(process, this.templates, effects),
      conflicts: this.#remote(process, this.conflicts, {}),
      permissions: this.#remote(process, this.permissions, {}),
      locks: this.#remote(process, this.locks, {
        acquire: async (request, refuse) => {
          const outcome = await this.locks.acquire(request, refuse);
          if (outcome.kind === "acquired") this.#held.acquired(request.templateId, outcome.lock);
          return outcome;
        },
        release: async (templateId, path, holder) => {
          const lock = await this.locks.release(templateId, path, holder);
          if (lock !== undefined) this.#held.released(templateId, path);
          return lock;
        },
      }),
    };
  }

  /** The store with every method behind a call that takes its time and may fail. */
  #remote<T extends object>(process: SimulatedProcess, target: T, effects: Partial<T>): T {
    return new Proxy(target, {
      get: (_, name) => {
        const method = (effects as Record<PropertyKey, unknown>)[name] ?? Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...parameters: unknown[]) =>
          this.#call(process, String(name), () =>
            Promise.resolve(Reflect.apply(method, target, parameters)),
          );
      },
    });
  }

  #call<T>(process: SimulatedProcess, method: string, effect: () => Promise<T>): Promise<T> {
    const { scheduler, faults } = this.world;
    const failing = failingOf[method] ?? { before: "storeFails" };
    const strikes = (kind: FaultKind | undefined) =>
      kind !== undefined && faults.strikes(kind, this.#random);
    return new Promise((resolve, reject) => {
      const reply = (settle: () => void) =>
        scheduler.after(this.#latency(), () => process.alive && settle());
      const fail = (why: string) => {
        this.world.trace(`${process.name} ${method} fails ${why}`);
        reply(() => reject(new StorageUnavailable(RETRY_MS)));
      };
      const arrive = async (): Promise<void> => {
        if (this.away) return fail("while the database is away");
        if (strikes(failing.before)) return fail("before it took effect");
        if (strikes(failing.early)) {
          fail("and takes effect later");
          scheduler.after(
            this.#random.between(0, 2_000),
            () => void effect().catch(() => undefined),
          );
          return;
        }
        try {
          const result = await effect();
          if (strikes(failing.after)) return fail("after it took effect");
          reply(() => resolve(result));
        } catch (error) {
          reply(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      scheduler.after(this.#latency(), () => void arrive());
    });
  }

  /** A transaction: what it writes is there when it ends well, and nothing is where its process dies. */
  async #underLock<T>(
    process: SimulatedProcess,
    templateId: string,
    work: (locked: LockedTemplate) => Promise<T>,
  ): Promise<T> {
    const written: Commit[] = [];
    const died = process.death.then(() => {
      throw new Error("the connection was lost");
    });
    died.catch(() => undefined);
    const result = await this.templates.withLock(templateId, (locked) => {
      const statement = async <R>(effect: () => Promise<R>): Promise<R> => {
        await this.world.scheduler.sleep(this.#latency());
        if (!process.alive) throw new Error("the connection was lost");
        if (this.away) throw new StorageUnavailable(RETRY_MS);
        return effect();
      };
      const remote: LockedTemplate = {
        head: () => statement(() => locked.head()),
        readLog: (range) => statement(() => locked.readLog(range)),
        readHistory: (range) => statement(() => locked.readHistory(range)),
        findOperations: (ids) => statement(() => locked.findOperations(ids)),
        readLocks: () => statement(() => locked.readLocks()),
        commit: (commit) =>
          statement(async () => {
            const outcome = await locked.commit(commit);
            if (outcome.kind === "committed") written.push(commit);
            return outcome;
          }),
      };
      return Promise.race([work(remote), died]);
    });
    if (written.length > 0) this.#tookEffect(process, written);
    return result;
  }

  #tookEffect(process: SimulatedProcess, commits: readonly Commit[]): void {
    for (const commit of commits) {
      const ids = commit.operations.map(({ id }) => id).join();
      this.world.trace(`${process.name} commits ${ids} after version ${commit.expectedVersion}`);
      const violation = this.#held.violation(commit, this.world.scheduler.now);
      if (violation !== undefined) this.world.violate("SIM-13", violation);
      this.truth(commit.templateId).committed(commit);
      this.committed(process, commit);
    }
  }

  #latency(): number {
    return this.#random.latency(6, 300);
  }
}
