/**
 * When the next full copy of a document is due. A copy costs the document's size, so it waits until the log has grown
 * by about as much: what is stored per change then follows the change. The upper bound on versions keeps replays short.
 */
export class StorageCadence {
  private logBytes = 0;

  /** `version`: that of the newest copy there is. */
  constructor(
    private version: number,
    private readonly versionsMin: number,
    private readonly versionsMax: number,
  ) {}

  /** The version of the newest copy. */
  get storedVersion(): number {
    return this.version;
  }

  /** Counts an operation of so many bytes. */
  grew(bytes: number): void {
    this.logBytes += bytes;
  }

  /** Whether a copy of a document of that size should be stored at that version; `resting`: only if it has to. */
  due(version: number, documentBytes: number, resting: boolean): boolean {
    const versions = version - this.version;
    if (versions >= this.versionsMax) return true;
    return !resting && versions >= this.versionsMin && this.logBytes >= documentBytes;
  }

  /** A copy at this version is stored. */
  stored(version: number): void {
    if (version <= this.version) return;
    this.version = version;
    this.logBytes = 0;
  }
}
