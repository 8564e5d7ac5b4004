/**
 * The newest operations of one template, bounded in number and bytes: what live subscribers are served from, and
 * those who are a little behind, without asking the log. The operations follow each other without a gap.
 */
import type { Json } from "../../domain/json.js";
import type { ChangeOperation } from "../../bus/changeBus.js";

export interface ChangeRingLimits {
  readonly ringOperationsMax: number;
  /** Of the operations' JSON, approximately. */
  readonly ringBytesMax: number;
}

/** How much one event may carry. */
export interface PageLimits {
  readonly pageOperationsMax: number;
  readonly pageBytesMax: number;
}

export class ChangeRing {
  readonly #limits: ChangeRingLimits;
  #operations: ChangeOperation[] = [];
  #sizes: number[] = [];
  /** Where the ring begins in both arrays; what is before it was dropped. */
  #start = 0;
  #bytes = 0;
  #toVersion: number;

  constructor(version: number, limits: ChangeRingLimits) {
    this.#toVersion = version;
    this.#limits = limits;
  }

  /** The version that the newest operation led to. */
  get toVersion(): number {
    return this.#toVersion;
  }

  /** The oldest version from which the ring leads to `toVersion`. */
  get fromVersion(): number {
    return this.#toVersion - (this.#operations.length - this.#start);
  }

  /** Average bytes of an operation in the ring; a guess where it is empty. */
  get operationBytes(): number {
    const count = this.#operations.length - this.#start;
    return count === 0 ? 1_000 : this.#bytes / count;
  }

  /** Forgets everything and goes on from the version. */
  reset(version: number): void {
    this.#operations = [];
    this.#sizes = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#toVersion = version;
  }

  /** Adds the operation that leads from `toVersion` to the next version. */
  append(operation: ChangeOperation): void {
    if (operation.resultingVersion !== this.#toVersion + 1) {
      throw new Error(`operation ${operation.resultingVersion} after version ${this.#toVersion}`);
    }
    const size = approximateBytes(operation);
    this.#operations.push(operation);
    this.#sizes.push(size);
    this.#bytes += size;
    this.#toVersion = operation.resultingVersion;
    this.#shrink();
  }

  /**
   * The operations that follow the version, as many as one event may carry and at least one; undefined where the
   * ring does not reach back that far or holds nothing newer.
   */
  after(version: number, limits: PageLimits): [ChangeOperation, ...ChangeOperation[]] | undefined {
    if (version < this.fromVersion || version >= this.#toVersion) return undefined;
    const begin = this.#start + (version - this.fromVersion);
    let end = begin + 1;
    let bytes = this.#sizes[begin] ?? 0;
    while (end < this.#operations.length && end - begin < limits.pageOperationsMax) {
      bytes += this.#sizes[end] ?? 0;
      if (bytes > limits.pageBytesMax) break;
      end += 1;
    }
    const [first, ...rest] = this.#operations.slice(begin, end);
    return first === undefined ? undefined : [first, ...rest];
  }

  #shrink(): void {
    const { ringOperationsMax, ringBytesMax } = this.#limits;
    while (
      this.#operations.length - this.#start > ringOperationsMax ||
      (this.#bytes > ringBytesMax && this.#start < this.#operations.length)
    ) {
      this.#bytes -= this.#sizes[this.#start] ?? 0;
      this.#start += 1;
    }
    // Moving the rest to the front costs as much as was dropped before: constant per operation.
    if (this.#start > 64 && this.#start * 2 > this.#operations.length) {
      this.#operations = this.#operations.slice(this.#start);
      this.#sizes = this.#sizes.slice(this.#start);
      this.#start = 0;
    }
  }
}

/** Memory an operation takes, close enough for a bound: what surrounds a payload is some 300 bytes. */
function approximateBytes(operation: ChangeOperation): number {
  return 300 + jsonBytes(operation.payload) + operation.footprint.length * 64;
}

function jsonBytes(value: Json): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 8;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += 1 + jsonBytes(item);
    return bytes;
  }
  for (const [key, item] of Object.entries(value)) bytes += key.length + 4 + jsonBytes(item);
  return bytes;
}
