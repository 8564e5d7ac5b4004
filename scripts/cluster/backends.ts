/** The nodes behind the proxy, and which of them take new work: asked of their health endpoint again and again. */
import { preferenceOf } from "./rendezvous.js";

export interface Backend {
  readonly host: string;
  readonly port: number;
}

const ASK_MS = 500;
const ANSWER_MS_MAX = 2_500;

export class Backends {
  readonly #byName: ReadonlyMap<string, Backend>;
  readonly #ready = new Set<string>();
  #turn = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(backends: readonly Backend[]) {
    this.#byName = new Map(backends.map((backend) => [nameOf(backend), backend]));
  }

  /** How many take new work. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** Asks all of them now and at a pace from then on. */
  async watch(): Promise<void> {
    await Promise.all([...this.#byName].map(([name, backend]) => this.#ask(name, backend)));
    if (!this.#closed) this.#timer = setTimeout(() => void this.watch(), ASK_MS);
  }

  /**
   * The nodes to try, one after the other: with a key the same ones first each time, without one in turn. Those that
   * drain or do not answer are left out.
   */
  candidates(key: string | undefined): Backend[] {
    const ready = [...this.#ready].sort();
    const names = key === undefined ? this.#inTurn(ready) : preferenceOf(key, ready);
    return names.flatMap((name) => this.#byName.get(name) ?? []);
  }

  /** It could not be connected to: nothing more until it answers again. */
  failed(backend: Backend): void {
    this.#ready.delete(nameOf(backend));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #inTurn(names: readonly string[]): string[] {
    if (names.length === 0) return [];
    const first = (this.#turn += 1) % names.length;
    return [...names.slice(first), ...names.slice(0, first)];
  }

  async #ask(name: string, { host, port }: Backend): Promise<void> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS_MAX);
      const { ok } = await fetch(`http://${host}:${port}/health/ready`, { signal });
      if (ok) this.#ready.add(name);
      else this.#ready.delete(name);
    } catch {
      this.#ready.delete(name);
    }
  }
}

function nameOf({ host, port }: Backend): string {
  return `${host}:${port}`;
}
