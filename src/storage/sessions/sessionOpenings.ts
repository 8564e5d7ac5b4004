/** Decides over sessions that open together on one template as if they came one after the other. */
import type { NewSession } from "./sessionStore.js";

/** How many sessions of one person and colour there are on the template. */
export interface SessionsHere {
  readonly userId: string;
  readonly color: string;
  readonly count: number;
}

export class SessionOpenings {
  #here = 0;
  readonly #ofUserHere = new Map<string, number>();
  readonly #ofUser: Map<string, number>;
  readonly #ofColor = new Map<string, number>();

  /** `ofUser` counts a person's sessions on all templates, this one included. */
  constructor(here: readonly SessionsHere[], ofUser: ReadonlyMap<string, number>) {
    this.#ofUser = new Map(ofUser);
    for (const { userId, color, count } of here) this.#addHere(userId, color, count);
  }

  /** The colour of the next session, which counts from now on; undefined where a bound is reached. */
  next({ userId, palette, bounds }: Pick<NewSession, "userId" | "palette" | "bounds">) {
    const isFull =
      this.#here >= bounds.sessionsPerTemplateMax ||
      countIn(this.#ofUser, userId) >= bounds.sessionsPerUserMax ||
      countIn(this.#ofUserHere, userId) >= bounds.sessionsPerUserAndTemplateMax;
    if (isFull) return undefined;
    const color = this.#leastUsed(palette);
    add(this.#ofUser, userId, 1);
    this.#addHere(userId, color, 1);
    return color;
  }

  #addHere(userId: string, color: string, count: number): void {
    this.#here += count;
    add(this.#ofUserHere, userId, count);
    add(this.#ofColor, color, count);
  }

  #leastUsed(palette: readonly string[]): string {
    const [first, ...others] = palette;
    if (first === undefined) throw new Error("a palette has at least one colour");
    const uses = (color: string) => countIn(this.#ofColor, color);
    return others.reduce((least, color) => (uses(color) < uses(least) ? color : least), first);
  }
}

function countIn(counts: ReadonlyMap<string, number>, key: string): number {
  return counts.get(key) ?? 0;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, countIn(counts, key) + count);
}
