/**
 * Whether a template may still grow. Edits do not wait for the answer: what is stored is measured beside them, anew after
 * a while, so that for so long more than the bound may be added, at the rate that edits have.
 */
import {
  isBeyondEditing,
  type HoldersUse,
  type QuotaHolder,
  type Quotas,
} from "../domain/quotas.js";
import type { Clock } from "../platform/clock.js";

const MEASURE_AGAIN_MS = 60_000;
/** Not while the edit that asks is under way. */
const MEASURE_AFTER_MS = 1_000;
/** Those that nobody edits for long are forgotten first. */
const TEMPLATES_MAX = 20_000;

interface Measured {
  readonly full: QuotaHolder | undefined;
  /** By the monotonic clock. */
  readonly at: number;
}

export class EditQuota {
  readonly #known = new Map<string, Measured>();
  /** Those whose measuring is due or under way. */
  readonly #measuring = new Set<string>();

  constructor(
    private readonly parts: {
      readonly store: { readHoldersUse(templateId: string): Promise<HoldersUse | undefined> };
      readonly quotas: Quotas;
      readonly clock: Clock;
    },
  ) {}

  /** Who stores so much that the template may not grow; undefined where it may, as far as is known. */
  fullHolder(templateId: string): QuotaHolder | undefined {
    const known = this.#known.get(templateId);
    const age = known === undefined ? Infinity : this.parts.clock.monotonic() - known.at;
    if (age >= MEASURE_AGAIN_MS && !this.#measuring.has(templateId)) {
      this.#measuring.add(templateId);
      this.parts.clock.after(MEASURE_AFTER_MS, () => void this.measure(templateId));
    }
    return known?.full;
  }

  /** Measures what is stored now; where the database does not answer, what was known stays. */
  async measure(templateId: string): Promise<void> {
    try {
      const use = await this.parts.store.readHoldersUse(templateId);
      const holders = ["person", "team"] as const;
      const full = holders.find((holder) => {
        const stored = use?.[holder];
        return stored != null && isBeyondEditing(this.parts.quotas, holder, stored);
      });
      this.#known.delete(templateId);
      this.#known.set(templateId, { full, at: this.parts.clock.monotonic() });
      const [oldest] = this.#known.keys();
      if (this.#known.size > TEMPLATES_MAX && oldest !== undefined) this.#known.delete(oldest);
    } catch {
      // The next edit after this one asks again; a database that is away refuses the edit itself.
    } finally {
      this.#measuring.delete(templateId);
    }
  }
}
