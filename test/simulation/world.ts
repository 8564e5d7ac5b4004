/** What all parts of one simulated run share: time, faults, the trace, and the first promise that was broken. */
import { Faults, faultsOf, type FaultKind } from "./faults.js";
import { Random } from "./random.js";
import { Scheduler } from "./scheduler.js";

/** How much goes on in a run; what is absent is drawn by the seed. */
export interface RunOptions {
  readonly clients?: number;
  /** Actions per client. */
  readonly actions?: number;
  /** Faults to leave out. */
  readonly without?: readonly FaultKind[];
  /** The faults of the run, in the place of those that the seed draws. */
  readonly only?: readonly FaultKind[];
}

export class World {
  readonly scheduler = new Scheduler();
  readonly faults: Faults;
  readonly lines: string[] = [];
  /** The first promise that was broken. */
  violation: string | undefined;
  #ids = 0;

  constructor(
    readonly seed: number,
    readonly options: RunOptions = {},
  ) {
    this.faults =
      options.only === undefined
        ? faultsOf(this.random("faults"), new Set(options.without))
        : new Faults(new Set(options.only));
  }

  /** The random numbers of one part. */
  random(part: string): Random {
    return new Random(this.seed, part);
  }

  newId(prefix: string): string {
    this.#ids += 1;
    return `${prefix}-${this.#ids}`;
  }

  trace(line: string): void {
    this.lines.push(`${this.scheduler.elapsedMs} ${line}`);
  }

  /** Notes that a promise was broken; the run ends. `rule` is the number in SPEC.md. */
  violate(rule: string, message: string): void {
    this.trace(`VIOLATION ${rule}: ${message}`);
    this.violation ??= `${rule}: ${message}`;
  }

  /** Runs a part of the simulation; what it throws is a broken promise. */
  start(name: string, part: () => Promise<void>): void {
    part().catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.violate("SIM-10", `${name} failed: ${text}`);
    });
  }
}
