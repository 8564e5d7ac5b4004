/**
 * Refused attempts of whoever is not signed in. Each address has a few entries an hour; what is beyond is counted, and one
 * entry an address tells how many there were of which kind: the log only grows, and nobody may fill it.
 */
import type { AuditEntry } from "../domain/audit/auditEntry.js";
import type { Clock } from "../platform/clock.js";

const HOUR_MS = 3_600_000;
/** Addresses that are told apart; those beyond are counted together, without an address. */
const ADDRESSES_MAX = 10_000;
/** Kinds that an entry names; those beyond are counted together. */
const KINDS_MAX = 20;

interface Attempts {
  entries: number;
  counted: number;
  readonly kinds: Map<string, number>;
}

/** How many attempts of one address were counted, by what they were and why they were refused. */
export interface CountedAttempts {
  readonly address: string | null;
  readonly details: { readonly [kind: string]: number };
}

export class AnonymousAttempts {
  #addresses = new Map<string | null, Attempts>();
  #since: number;

  constructor(
    private readonly clock: Pick<Clock, "monotonic">,
    private readonly entriesPerHourMax: number,
  ) {
    this.#since = clock.monotonic();
  }

  /** Whether an attempt from there gets an entry of its own; if not, what comes of it is to be counted. */
  takeEntry(address: string | null): boolean {
    this.#beginHour();
    const attempts = this.#of(address);
    if (attempts.entries >= this.entriesPerHourMax) return false;
    attempts.entries += 1;
    return true;
  }

  count({ address, action, code }: AuditEntry): void {
    const attempts = this.#of(address);
    const kind = `${action} ${code ?? ""}`.trim();
    const name = attempts.kinds.has(kind) || attempts.kinds.size < KINDS_MAX ? kind : "OTHERS";
    attempts.kinds.set(name, (attempts.kinds.get(name) ?? 0) + 1);
    attempts.counted += 1;
  }

  /** What was counted since the last call. */
  takeCounted(): CountedAttempts[] {
    const counted: CountedAttempts[] = [];
    for (const [address, attempts] of this.#addresses) {
      if (attempts.counted === 0) continue;
      const details = { attempts: attempts.counted, ...Object.fromEntries(attempts.kinds) };
      counted.push({ address, details });
      attempts.counted = 0;
      attempts.kinds.clear();
    }
    return counted;
  }

  #of(address: string | null): Attempts {
    const key = address === null ? null : networkOf(address);
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    if (this.#addresses.size >= ADDRESSES_MAX && key !== null) return this.#of(null);
    const made = { entries: 0, counted: 0, kinds: new Map<string, number>() };
    this.#addresses.set(key, made);
    return made;
  }

  #beginHour(): void {
    const now = this.clock.monotonic();
    if (now - this.#since < HOUR_MS) return;
    this.#since = now;
    for (const [address, attempts] of this.#addresses) {
      attempts.entries = 0;
      if (attempts.counted === 0) this.#addresses.delete(address);
    }
  }
}

/** Of IPv6 the first 64 bits, as an address: whoever has one address of a network has all. */
function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array.from({ length: zeros }, () => "0"), ...rest];
  return `${all.slice(0, 4).join(":")}::`;
}
