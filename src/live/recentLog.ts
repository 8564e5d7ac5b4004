/**
 * The newest part of a template's log in memory, without a gap up to the head: answers most questions about history
 * and about ids without asking the database. Bounded in operations and bytes; the oldest leave first.
 */
import type { LoggedOperation } from "../domain/operations/operation.js";
import { heapBytes, jsonSize, sizeSum, type JsonSize } from "../domain/document/size.js";

/** What a row takes besides payload, what was asked for instead, and inverse, about. */
const ROW_BYTES = 600;

export class RecentLog {
  private operations: LoggedOperation[] = [];
  private sizes: number[] = [];
  private readonly byId = new Map<string, LoggedOperation>();
  /** Where the window starts in `operations`; what is before it is gone and cut off now and then. */
  private first = 0;
  private heldBytes = 0;

  /** `startVersion`: the version after which the window will hold everything. */
  constructor(
    private startVersion: number,
    private readonly operationsMax: number,
    private readonly bytesMax: number,
  ) {}

  /** The window holds every operation with a resulting version above this one. */
  get start(): number {
    return this.startVersion;
  }

  /** Bytes of heap held, about. */
  get bytes(): number {
    return this.heldBytes;
  }

  /** The operation under the id, if it is in the window. */
  find(operationId: string): LoggedOperation | undefined {
    return this.byId.get(operationId);
  }

  /** The operations above the version, oldest first; undefined where the window does not reach back. */
  since(version: number): readonly LoggedOperation[] | undefined {
    if (version < this.startVersion) return undefined;
    return this.operations.slice(this.first + version - this.startVersion);
  }

  /** Goes on after an operation that the window will not hold, nor any before it. */
  goOnAfter({ resultingVersion }: LoggedOperation): void {
    this.operations = [];
    this.sizes = [];
    this.byId.clear();
    this.first = 0;
    this.heldBytes = 0;
    this.startVersion = resultingVersion;
  }

  /** Adds the next operation; its bytes as JSON are returned. */
  add(operation: LoggedOperation): number {
    const size = contentSize(operation);
    const held = ROW_BYTES + heapBytes(size);
    this.operations.push(operation);
    this.sizes.push(held);
    this.byId.set(operation.id, operation);
    this.heldBytes += held;
    while (this.held > this.operationsMax || (this.heldBytes > this.bytesMax && this.held > 0)) {
      this.dropOldest();
    }
    return ROW_BYTES + size.bytes;
  }

  private get held(): number {
    return this.operations.length - this.first;
  }

  private dropOldest(): void {
    const oldest = this.operations[this.first];
    if (oldest === undefined) throw new Error("the recent log is empty");
    this.byId.delete(oldest.id);
    this.heldBytes -= this.sizes[this.first] ?? 0;
    this.startVersion = oldest.resultingVersion;
    this.first += 1;
    // Cutting a long array costs its length, so it is done once per so many, not each time.
    if (this.first > 1_000 && this.first > this.operations.length / 2) {
      this.operations = this.operations.slice(this.first);
      this.sizes = this.sizes.slice(this.first);
      this.first = 0;
    }
  }
}

function contentSize({ payload, requested, inverse }: LoggedOperation): JsonSize {
  let size = sizeSum(jsonSize(payload), jsonSize(requested?.payload ?? null));
  for (const content of inverse) size = sizeSum(size, jsonSize(content.payload));
  return size;
}
