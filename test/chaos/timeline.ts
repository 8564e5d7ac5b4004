/** What happened in a run, in order, and the end of a run that broke a promise. */

/** A promise of SPEC.md that did not hold. */
export class Violation extends Error {
  override readonly name = "Violation";

  constructor(
    readonly rule: string,
    message: string,
  ) {
    super(`${rule}: ${message}`);
  }
}

const LINES_KEPT = 400;

/** The newest lines, each with the seconds since the start; what breaks a promise is kept until somebody asks. */
export class Timeline {
  readonly #startedAt = performance.now();
  readonly #lines: string[] = [];
  #violation: Violation | undefined;

  /** `echo`: gets each line as well. */
  constructor(private readonly echo: (line: string) => void = () => undefined) {}

  get lines(): readonly string[] {
    return this.#lines;
  }

  note(text: string): void {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const line = `${seconds.toFixed(3).padStart(9)} ${text}`;
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    this.echo(line);
  }

  /** Keeps the first one; the run ends with it at the next `check`. */
  violate(rule: string, message: string): void {
    this.note(`VIOLATION ${rule}: ${message}`);
    this.#violation ??= new Violation(rule, message);
  }

  /** Throws the violation that was met, where one was. */
  check(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }
}
