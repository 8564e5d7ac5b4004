/**
 * What the different executions of subscriptions cost with each event, by person and by template. Who joins an execution
 * that is there already costs its template nothing more.
 */
import type { RateSettings } from "../rates/rateSettings.js";

/** What an execution costs beside its fields: an event is executed, serialised and handed over by itself. */
const COST_OF_ANY = 20;

export interface Execution {
  /** Executions with equal keys are one. */
  readonly key: string;
  /** Fields that are selected. */
  readonly fields: number;
  /** The templates that are followed. */
  readonly templateIds: readonly string[];
}

/** The executions that are held under one bound. */
class Bound {
  #cost = 0;
  readonly #held = new Map<string, { count: number; readonly cost: number }>();

  constructor(private readonly costMax: number) {}

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  hasRoom(key: string, cost: number): boolean {
    return this.#held.has(key) || this.#cost + cost <= this.costMax;
  }

  enter(key: string, cost: number): void {
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.count += 1;
      return;
    }
    this.#held.set(key, { count: 1, cost });
    this.#cost += cost;
  }

  leave(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.count -= 1;
    if (held.count > 0) return;
    this.#held.delete(key);
    this.#cost -= held.cost;
  }
}

export class ExecutionCosts {
  readonly #settings: RateSettings;
  readonly #bounds = new Map<string, Bound>();

  constructor(settings: RateSettings) {
    this.#settings = settings;
  }

  /** Takes an execution in for somebody; the function that is given takes it away again. Undefined for one too many. */
  enter(who: string, { key, fields, templateIds }: Execution): (() => void) | undefined {
    const cost = COST_OF_ANY + fields;
    const names = this.#namesOf(who, templateIds);
    const bounds = names.map(([name, costMax]) => this.#bounds.get(name) ?? new Bound(costMax));
    if (!bounds.every((bound) => bound.hasRoom(key, cost))) return undefined;
    for (const [index, [name]] of names.entries()) {
      bounds[index]!.enter(key, cost);
      this.#bounds.set(name, bounds[index]!);
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      for (const [name] of names) this.#leave(name, key);
    };
  }

  /** Bounds under which something is held. */
  get size(): number {
    return this.#bounds.size;
  }

  #namesOf(who: string, templateIds: readonly string[]): [name: string, costMax: number][] {
    const settings = this.#settings;
    return [
      [who, settings.subscriptionCostPerUserMax],
      ...[...new Set(templateIds)].flatMap((templateId): [string, number][] => [
        [JSON.stringify([templateId]), settings.subscriptionCostPerTemplateMax],
        [JSON.stringify([templateId, who]), settings.subscriptionCostPerUserAndTemplateMax],
      ]),
    ];
  }

  #leave(name: string, key: string): void {
    const bound = this.#bounds.get(name);
    bound?.leave(key);
    if (bound?.isEmpty === true) this.#bounds.delete(name);
  }
}
